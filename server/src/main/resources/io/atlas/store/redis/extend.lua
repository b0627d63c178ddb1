-- Says that the owner is alive, and what it was last seen to have used.
--
-- KEYS  the record of the reservation, the index of expiries
-- ARGV  1: packed: the time or 0, how long it lives from now on in microseconds, and the amount seen for each limit
--       2: the id of the reservation
-- Replies with the moment that it expires at, or with 0 where it has ended.

local args = arguments(ARGV[1])
local now = clock(args[1])
local record = call('GET', KEYS[1])
if not record or record == ENDED then return 0 end
local held, names = heldIn(record)
held[1] = math.max(held[1], now + args[2])
for i = 1, #args - 2 do held[3 + i * 5] = args[2 + i] end
call('SET', KEYS[1], recordOf(held, string.sub(record, names)))
call('ZADD', KEYS[2], held[1], ARGV[2])
return held[1]
