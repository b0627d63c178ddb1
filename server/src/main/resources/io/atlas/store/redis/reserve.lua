-- Holds the demand on every meter, or writes nothing.
--
-- KEYS  the record of the reservation, the index of expiries, the mark of the node that asks, then a meter for each limit
-- ARGV  1: packed: the time or 0, how long it lives in microseconds, 1 to hold again what the server has lost, whatever
--          there is; for each limit its kind, the amount, the most that it lets through,
--          and what the kind says of itself
--       2: the id of the reservation
-- Replies with the outcome, the time, and for each limit its reading before.

local args = arguments(ARGV[1])
local now = clock(args[1])
local values = call('MGET', unpack(KEYS))
local record = values[1]
if record == ENDED then return {CLOSED, now} end

-- What the node has counted is not here: the server was emptied since, or never knew it.
if not values[3] and args[3] == 0 then return {EMPTY, now} end

local reply, fits = places(4 * #KEYS - 10), true
reply[1], reply[2] = GRANTED, now
for i = 4, #KEYS do
    local at, n = 5 * i - 16, 4 * i - 14
    local meter = meterOf(args[at], KEYS[i], values[i], args[at + 3], args[at + 4], now)
    if not meter then return {STALE, now} end
    values[i] = meter
    -- What is held of a bucket lies in its level.
    local counted, held, third, fourth = reading(meter)
    reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4] = counted, held, third, fourth
    if meter.kind ~= BUCKET then counted = counted + held end
    if args[at + 1] > args[at + 2] - counted then fits = false end
end
if record then
    reply[1] = REPLAYED
    return reply
end
if not fits and args[3] == 0 then
    reply[1] = REFUSED
    return reply
end
hold(args, values, now + args[2], 0, now)
return reply
