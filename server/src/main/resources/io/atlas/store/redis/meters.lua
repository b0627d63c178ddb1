-- What every command needs: the meters of the kernel, on values of Redis. It stands in front of each of them. What only
-- some need is in files of its own, as every function in a script takes its time, be it called or not.
--
-- All numbers are doubles, and every one of them is an integer below 2^53; so is every product and sum that is made
-- here. Lua writes a number of more than 14 digits rounded, so none is ever joined to a string: they travel packed, or
-- as arguments of a call.

local BUCKET, WINDOW, SLOTS, BRIEF = 1, 2, 3, 10
local STATE = '<ddddddddddd'
local LAYER = '<ddd'
local EXACT = 2 ^ 53
local SLACK_MILLIS = 7200000
local LONGEST_MILLIS = 4e12
local TOMBSTONE_MILLIS = '60000'
local ENDED = 'E'
local LEASE = 2
local GRANTED, REFUSED, REPLAYED, CLOSED, STALE, EMPTY = 1, 2, 3, 4, 5, 6

local KEYS, call, floor, min = KEYS, redis.call, math.floor, math.min
local pack, unpacked = struct.pack, struct.unpack

-- A caller that gives no time is told the server's.
local function clock(given)
    if given ~= 0 then return given end
    local time = call('TIME')
    return time[1] * 1000000 + time[2]
end

-- A list with that many places, for a table that grows is laid out again and again, which takes longer than all the rest.
-- For the same reason a meter is made with all its fields.
local function places(n) return {unpack({}, 1, n)} end

-- So many doubles, from that byte on.
local function doubles(packed, count, from)
    local list = {unpacked('<' .. string.rep('d', count), packed, from)}
    list[count + 1] = nil
    return list
end

local function arguments(packed) return doubles(packed, #packed / 8, 1) end

-- The whole units that leak in that time and the fraction that is kept: (elapsed * rate + fraction) / period, where the
-- product has up to 106 bits. Elapsed and rate are each written as a multiple of the period and a rest; the product of
-- the rests, below 2^64, is taken in two halves of the second. Whatever is left is below the level, or below 2^53.
local function leaked(elapsed, rate, period, fraction)
    local restElapsed, restRate = elapsed % period, rate % period
    local high = floor(restRate / 65536)
    local upper = restElapsed * high
    local restUpper = upper % period
    local lower = restUpper * 65536 + restElapsed * (restRate - high * 65536) + fraction
    local rest = lower % period
    return (elapsed - restElapsed) / period * rate + restElapsed * ((rate - restRate) / period)
        + (upper - restUpper) / period * 65536 + (lower - rest) / period, rest
end

-- A bucket: see TokenBucket of the kernel. Its highest layer is in its value, the ones below in a sorted set, by their
-- numbers, which grow. A hold remembers the number of its own layer; where that was merged into the one below, it is in
-- the highest layer that is left with no larger number. How many lie below is in the value too: mostly there are none, and
-- nobody has to ask.
local function bucketOf(key, value, now)
    local at, level, held, fraction, loose, rate, last, top, amount, holds, below = now, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    if value then
        at, level, held, fraction, loose, rate, last, top, amount, holds, below = unpacked(STATE, value)
    end
    return {
        kind = BUCKET, key = key, brief = false, drain = 0, at = at, level = level, held = held, fraction = fraction,
        loose = loose, rate = rate, last = last, top = top, amount = amount, holds = holds, below = below
    }
end

-- Only counts: a question and a refusal write nothing. What is taken from the layers is taken in drain().
local function leak(b, period, now)
    if now <= b.at then return end
    local elapsed = now - b.at
    b.at = now
    if b.level == 0 then
        b.fraction = 0
        return
    end
    local units, product = b.level, elapsed * b.rate + b.fraction
    if product < EXACT then
        local rest = product % period
        units, b.fraction = (product - rest) / period, rest
        if units > b.level then units = b.level end
    elseif elapsed * (b.rate / period) <= b.level * 1.000000001 + 10 then
        units, b.fraction = leaked(elapsed, b.rate, period, b.fraction)
        if units > b.level then units = b.level end
    end
    b.level = b.level - units
    b.drain = b.drain + units
    if b.level == 0 then b.fraction = 0 end
end

-- A calendar window, see CalendarWindow of the kernel. Which one the moment lies in is the caller's to say. Beside it
-- stands what each node has charged to it: that part is set anew when the node's ledger is summed.
local function windowOf(key, value)
    local start, till, used, held = 0, 0, 0, 0
    if value then start, till, used, held = unpacked('<dddd', value) end
    return {kind = WINDOW, key = key, start = start, till = till, used = used, held = held}
end

-- False where the window has to be turned, and the one that was named is not that of the moment.
local function turn(w, start, till, now)
    if now < w.till then return true end
    if now < start or now >= till then return false end
    w.turned = w.start ~= 0
    w.start, w.till, w.used, w.held = start, till, 0, 0
    return true
end

-- Requests at once, see Slots of the kernel.
local function slotsOf(key, value)
    return {kind = SLOTS, key = key, held = value and unpacked('<d', value) or 0}
end

-- The meter of a kind as it is at that moment; nothing where it cannot be said. What kinds say of themselves: a bucket
-- its rate and its period, a window where the named one begins and ends. The kind of what is not in force is larger by
-- BRIEF.
local function meterOf(kind, key, value, first, second, now)
    local brief = kind > BRIEF
    if brief then kind = kind - BRIEF end
    local meter
    if kind == BUCKET then
        meter = bucketOf(key, value, now)
        leak(meter, second, now)
    elseif kind == WINDOW then
        meter = windowOf(key, value)
        if not turn(meter, first, second, now) then return nil end
    else
        meter = slotsOf(key, value)
    end
    if brief then meter.brief = true end
    return meter
end

-- What its reader makes a Count of the kernel of.
local function reading(m)
    if m.kind == BUCKET then return m.level, m.held, m.at, m.fraction end
    if m.kind == WINDOW then return m.used, m.held, m.start, m.till end
    return 0, m.held, 0, 0
end

