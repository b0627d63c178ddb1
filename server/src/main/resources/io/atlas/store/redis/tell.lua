-- Takes a node's word for one of its leases: what is left of it, and what was charged to it since it was made. The word
-- is the whole truth, so that it may be lost, repeated, or late.
--
-- KEYS  the record of the lease, the index of expiries, then a meter for each limit
-- ARGV  1: packed: the time or 0, 1 where the lease ends; for each limit what is left, and what was charged
--       2: the id of the lease
-- Replies with 1, or with 0 where the lease has ended already.

local args = doubles(ARGV[1])
local now = clock(args[1])
local record = call('GET', KEYS[1])
if not record or record == ENDED then
    call('SET', KEYS[1], ENDED, 'PX', TOMBSTONE_MILLIS)
    return 0
end
local size = unpacked('<d', record)
local held = doubles(string.sub(record, 9, 8 + 8 * size))
held[size + 1] = nil
local values = call('MGET', unpack(KEYS))
local node = nodeOf(ARGV[2])
for i = 3, #KEYS do
    local at, said = 3 + (i - 3) * 5, 3 + (i - 3) * 2
    local kind, amount, hold, period, charged = held[at], held[at + 1], held[at + 2], held[at + 3], held[at + 4]
    local part = args[2] == 1 and amount or math.max(0, amount - args[said])
    local actual = math.max(0, args[said + 1] - charged)
    if values[i] and (part > 0 or actual > 0 or args[2] == 1) then
        settled(KEYS[i], values[i], kind, hold, period, part, actual, now, node, args[2])
    end
    held[at + 1], held[at + 4] = amount - part, charged + actual
end
if args[2] == 1 then
    written()
    call('SET', KEYS[1], ENDED, 'PX', TOMBSTONE_MILLIS)
    call('ZREM', KEYS[2], ARGV[2])
    return 1
end
local n = #writes
writes[n + 1] = KEYS[1]
writes[n + 2] = recordOf(held, string.sub(record, 9 + 8 * size))
written()
return 1
