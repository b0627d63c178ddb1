-- Ends reservations whose node is certain that they hold nothing any more: nothing of them is charged.
--
-- KEYS  the index of expiries
-- ARGV  1: packed: the time or 0
--       2: what the record of a reservation is called without its id
--       3 and on: the ids
-- Replies with how many were open.

local now = clock(doubles(ARGV[1])[1])
local ended = 0
for i = 3, #ARGV do
    local key = ARGV[2] .. ARGV[i]
    local record = call('GET', key)
    if record and record ~= ENDED then
        local size = unpacked('<d', record)
        local held = doubles(string.sub(record, 9, 8 + 8 * size))
        local keys, actuals = {}, {}
        for name in string.gmatch(string.sub(record, 9 + 8 * size), '[^\n]+') do
            keys[#keys + 1] = name
            actuals[#keys] = 0
        end
        finish(key, KEYS[1], ARGV[i], keys, held, actuals, now)
        ended = ended + 1
    end
end
return ended
