-- Ends reservations whose owner is dead by what they were last seen to have used, the oldest first. A lease is used up:
-- what was given out of it nobody can say.
--
-- KEYS  the index of expiries
-- ARGV  1: packed: the time or 0, how many at most
--       2: what the record of a reservation is called without its id
-- Replies with the ids of those that this call ended. Their meters are named in their records: all are of one hash tag.

local args = arguments(ARGV[1])
local now = clock(args[1])
local ended = {}

local function seen(held, at) return held[2] == LEASE and held[at + 1] or held[at + 4] end

for _, id in ipairs(call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, args[2])) do
    local key = ARGV[2] .. id
    local record = call('GET', key)
    if not record or record == ENDED then
        call('ZREM', KEYS[1], id)
    else
        finishById(key, KEYS[1], id, record, seen, now)
        ended[#ended + 1] = id
    end
end
return ended
