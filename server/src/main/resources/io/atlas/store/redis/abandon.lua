-- Ends reservations whose node is certain that they hold nothing any more: nothing of them is charged.
--
-- KEYS  the index of expiries
-- ARGV  1: packed: the time or 0
--       2: what the record of a reservation is called without its id
--       3 and on: the ids
-- Replies with how many were open.

local now = clock(arguments(ARGV[1])[1])
local ended = 0

local function nothing() return 0 end

for i = 3, #ARGV do
    local key = ARGV[2] .. ARGV[i]
    local record = call('GET', key)
    if record and record ~= ENDED then
        finishById(key, KEYS[1], ARGV[i], record, nothing, now)
        ended = ended + 1
    end
end
return ended
