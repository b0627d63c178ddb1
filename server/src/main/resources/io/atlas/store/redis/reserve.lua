-- Holds the demand on every meter, or writes nothing.
--
-- KEYS  the record of the reservation, the index of expiries, the mark of the node that asks, then a meter for each limit
-- ARGV  1: packed: the time or 0, how long it lives in microseconds, 1 to hold again what the server has lost, whatever
--          there is; for each limit its kind, the amount, the most that it lets through,
--          and what the kind says of itself
--       2: the id of the reservation
-- Replies with the outcome, the time, and for each limit its reading before.

local args = doubles(ARGV[1])
local now, expires = clock(args[1]), 0
local values = call('MGET', unpack(KEYS))
local record = values[1]
if record == ENDED then return {CLOSED, now} end

-- What the node has counted is not here: the server was emptied since, or never knew it.
if not values[3] and args[3] == 0 then return {EMPTY, now} end

local reply, meters, ways, fits = {GRANTED, now}, {}, {}, true
for i = 4, #KEYS do
    local at = 4 + (i - 4) * 5
    local meter, does = meterOf(args[at], KEYS[i], values[i], args[at + 3], args[at + 4], now)
    if not meter then return {STALE, now} end
    meters[i], ways[i] = meter, does
    if args[at + 1] > does.left(meter, args[at + 2]) then fits = false end
    local n = #reply
    reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4] = does.reading(meter)
end
if record then
    reply[1] = REPLAYED
    return reply
end
if not fits and args[3] == 0 then
    reply[1] = REFUSED
    return reply
end

expires = now + args[2]
local held = {expires, 0}
for i = 4, #KEYS do
    local at, n = 4 + (i - 4) * 5, #held
    local kind, amount = args[at], args[at + 1]
    local hold = ways[i].take(meters[i], amount)
    local bucket = ways[i] == Bucket
    if bucket then meters[i].rate = args[at + 3] end
    ways[i].save(meters[i], args[at + 4], now)
    held[n + 1], held[n + 2], held[n + 3], held[n + 4], held[n + 5] = kind, amount, hold, bucket and args[at + 4] or -1, 0
end
local n = #writes
writes[n + 1] = KEYS[1]
writes[n + 2] = recordOf(held, table.concat(KEYS, '\n', 4))
written()
call('ZADD', KEYS[2], expires, ARGV[2])
return reply
