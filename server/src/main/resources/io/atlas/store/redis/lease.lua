-- Holds in advance on every meter what a node needs, and more where there is more; or writes nothing.
--
-- KEYS  the record of the lease, the index of expiries, the mark of the node that asks, then a meter for each limit
-- ARGV  1: packed: the time or 0, how long it lives in microseconds, into how many shares what is left is divided,
--          0 to hold again what the server has lost; for
--          each limit its kind, the need, the most that it lets through, and what the kind says of itself
--       2: the id of the lease
--       3: packed: for each limit what is wanted beyond the need, and what would be spare
-- Replies with the outcome, the time, for each limit its reading before, and then for each the amount of the lease.

local args, beyond = arguments(ARGV[1]), arguments(ARGV[3])
local now = clock(args[1])
local values = call('MGET', unpack(KEYS))
local record = values[1]
if record == ENDED then return {CLOSED, now} end

-- What was held before the server lost it is held again, whatever there is.
local again = args[3] == 0
if not values[3] and not again then return {EMPTY, now} end

-- What still fits below that. What is held of a bucket lies in its level.
local function left(m, capacity)
    if m.kind == BUCKET then return capacity - m.level end
    if m.kind == WINDOW then return capacity - m.used - m.held end
    return capacity - m.held
end

local reply, fits = places(5 * #KEYS - 13), true
reply[1], reply[2] = GRANTED, now
for i = 4, #KEYS do
    local at, n, more = 5 * i - 16, 4 * i - 14, 2 * i - 7
    local meter = meterOf(args[at], KEYS[i], values[i], args[at + 3], args[at + 4], now)
    if not meter then return {STALE, now} end
    values[i] = meter
    local room = left(meter, args[at + 2]) - args[at + 1]
    if room < 0 then
        fits = false
    elseif not again then
        local wanted = min(beyond[more], room)
        args[at + 1] = args[at + 1] + wanted + min(beyond[more + 1], floor((room - wanted) / args[3]))
    end
    reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4] = reading(meter)
end
local function withAmounts(held)
    for i = 4, #KEYS do reply[4 * #KEYS - 13 + i] = held[5 * i - 15] end
    return reply
end
if record then
    reply[1] = REPLAYED
    return withAmounts(heldIn(record))
end
if not fits and not again then
    reply[1] = REFUSED
    return reply
end
hold(args, values, now + args[2], LEASE, now)
return withAmounts(args)
