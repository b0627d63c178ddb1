-- Takes a node's word for one of its leases: what is left of it, and what was charged to it since it was made. The word
-- is the whole truth, so that it may be lost, repeated, or late.
--
-- KEYS  the record of the lease, the index of expiries, then a meter for each limit
-- ARGV  1: packed: the time or 0, 1 where the lease ends; for each limit what is left, and what was charged
--       2: the id of the lease
-- Replies with 1, or with 0 where the lease has ended already.

local args = arguments(ARGV[1])
local now = clock(args[1])
local index = table.remove(KEYS, 2)
local values = call('MGET', unpack(KEYS))
local record = values[1]
if not record or record == ENDED then
    call('SET', KEYS[1], ENDED, 'PX', TOMBSTONE_MILLIS)
    return 0
end
local held, names = heldIn(record)
local node, ends = nodeOf(ARGV[2]), args[2]
for i = 2, #KEYS do
    local at, said = 5 * i - 6, 2 * i - 1
    local amount, charged = held[at + 1], held[at + 4]
    local part = ends == 1 and amount or math.max(0, amount - args[said])
    local actual = math.max(0, args[said + 1] - charged)
    if values[i] and (part > 0 or actual > 0 or ends == 1) then
        settle(KEYS[i], values[i], held, at, part, actual, now, node, ends)
    end
    held[at + 1], held[at + 4] = amount - part, charged + actual
end
if ends == 1 then
    flush()
    call('SET', KEYS[1], ENDED, 'PX', TOMBSTONE_MILLIS)
    call('ZREM', index, ARGV[2])
    return 1
end
write(KEYS[1], recordOf(held, string.sub(record, names)))
flush()
return 1
