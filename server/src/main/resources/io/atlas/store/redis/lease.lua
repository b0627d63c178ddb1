-- Holds in advance on every meter what a node needs, and more where there is more; or writes nothing.
--
-- KEYS  the record of the lease, the index of expiries, the mark of the node that asks, then a meter for each limit
-- ARGV  1: packed: the time or 0, how long it lives in microseconds, into how many shares what is left is divided,
--          0 to hold again what the server has lost; for
--          each limit its kind, the need, the most that it lets through, and what the kind says of itself
--       2: the id of the lease
--       3: packed: for each limit what is wanted beyond the need, and what would be spare
-- Replies with the outcome, the time, for each limit its reading before, and then for each the amount of the lease.

local args, beyond = doubles(ARGV[1]), doubles(ARGV[3])
local now = clock(args[1])
local values = call('MGET', unpack(KEYS))
local record = values[1]
if record == ENDED then return {CLOSED, now} end

-- What was held before the server lost it is held again, whatever there is.
local again = args[3] == 0
if not values[3] and not again then return {EMPTY, now} end

local reply, meters, ways, amounts, fits = {GRANTED, now}, {}, {}, {}, true
for i = 4, #KEYS do
    local at, more = 4 + (i - 4) * 5, 1 + (i - 4) * 2
    local meter, does = meterOf(args[at], KEYS[i], values[i], args[at + 3], args[at + 4], now)
    if not meter then return {STALE, now} end
    meters[i], ways[i] = meter, does
    local room = does.left(meter, args[at + 2]) - args[at + 1]
    amounts[i] = args[at + 1]
    if room < 0 then
        fits = false
    elseif not again then
        local wanted = math.min(beyond[more], room)
        amounts[i] = amounts[i] + wanted + math.min(beyond[more + 1], floor((room - wanted) / args[3]))
    end
    local n = #reply
    reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4] = does.reading(meter)
end
if record then
    local held = doubles(string.sub(record, 9, 8 + 8 * unpacked('<d', record)))
    for i = 4, #KEYS do reply[#reply + 1] = held[4 + (i - 4) * 5] end
    reply[1] = REPLAYED
    return reply
end
if not fits and not again then
    reply[1] = REFUSED
    return reply
end

local expires = now + args[2]
local held = {expires, LEASE}
for i = 4, #KEYS do
    local at, n = 4 + (i - 4) * 5, #held
    local hold = ways[i].take(meters[i], amounts[i])
    local bucket = ways[i] == Bucket
    if bucket then meters[i].rate = args[at + 3] end
    ways[i].save(meters[i], args[at + 4], now)
    held[n + 1], held[n + 2], held[n + 3], held[n + 4], held[n + 5] =
        args[at], amounts[i], hold, bucket and args[at + 4] or -1, 0
    reply[#reply + 1] = amounts[i]
end
local n = #writes
writes[n + 1] = KEYS[1]
writes[n + 2] = recordOf(held, table.concat(KEYS, '\n', 4))
written()
call('ZADD', KEYS[2], expires, ARGV[2])
return reply
