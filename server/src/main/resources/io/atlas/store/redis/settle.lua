-- Charges what was really used and frees the rest. A second ending changes nothing; that of one that is not known leaves
-- a mark, so that a reservation that comes too late holds nothing.
--
-- KEYS  the record of the reservation, the index of expiries, then a meter for each limit
-- ARGV  1: packed: the time or 0, and the amount for each limit
--       2: the id of the reservation
-- Replies with 1 where this call ended it, else with 0.

local args = arguments(ARGV[1])
local now = clock(args[1])
local index = table.remove(KEYS, 2)
local values = call('MGET', unpack(KEYS))
local record = values[1]
if not record or record == ENDED then
    call('SET', KEYS[1], ENDED, 'PX', TOMBSTONE_MILLIS)
    return 0
end
finish(KEYS, values, heldIn(record), args, index, ARGV[2], now)
return 1
