-- What every command needs: the meters of the kernel, on values of Redis. It stands in front of each of them.
--
-- All numbers are doubles, and every one of them is an integer below 2^53; so is every product and sum that is made
-- here. Lua writes a number of more than 14 digits rounded, so none is ever joined to a string: they travel packed, or
-- as arguments of a call.

local BUCKET, WINDOW, BRIEF = 1, 2, 10
local STATE = '<dddddddddd'
local LAYER = '<ddd'
local SLACK_MILLIS = 7200000
local LONGEST_MILLIS = 4e12
local TOMBSTONE_MILLIS = 60000
local ENDED = 'E'
local LEASE = 2
local GRANTED, REFUSED, REPLAYED, CLOSED, STALE, EMPTY = 1, 2, 3, 4, 5, 6

local call, floor = redis.call, math.floor
local pack, unpacked = struct.pack, struct.unpack

-- The values of a step are written together, at its end: as many SETs would take longer than all the rest. What was
-- never put in force, and nobody would ever let go of, has a time to live instead, and is written for itself.
local writes = {}

local function write(meter, value, millis)
    if meter.brief then
        call('SET', meter.key, value, 'PX', millis)
    else
        local n = #writes
        writes[n + 1], writes[n + 2] = meter.key, value
    end
end

local function written()
    if writes[1] then call('MSET', unpack(writes)) end
    writes = {}
end

-- A caller that gives no time is told the server's.
local function clock(given)
    if given ~= 0 then return given end
    local time = call('TIME')
    return time[1] * 1000000 + time[2]
end

local function doubles(packed)
    return {unpacked('<' .. string.rep('d', #packed / 8), packed)}
end

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
-- the highest layer that is left with no larger number.
local Bucket = {}

-- A table that grows is laid out again and again, which takes longer than all the rest: each is made with all its fields.
local function bucketOf(key, value, now)
    local at, level, held, fraction, loose, rate, last, top, amount, holds = now, 0, 0, 0, 0, 0, 0, 0, 0, 0
    if value then
        at, level, held, fraction, loose, rate, last, top, amount, holds = unpacked(STATE, value)
    end
    return {
        key = key, pile = key .. ':p', brief = false, drain = 0, at = at, level = level, held = held, fraction = fraction,
        loose = loose, rate = rate, last = last, top = top, amount = amount, holds = holds
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
    local units = b.level
    if elapsed * (b.rate / period) <= b.level * 1.000000001 + 10 then
        units, b.fraction = leaked(elapsed, b.rate, period, b.fraction)
        if units > b.level then units = b.level end
    end
    b.level = b.level - units
    b.drain = b.drain + units
    if b.level == 0 then b.fraction = 0 end
end

local function popTop(b)
    local found = call('ZPOPMAX', b.pile)
    if found[1] then
        b.top, b.amount, b.holds = unpacked(LAYER, found[1])
    else
        b.top, b.amount, b.holds = 0, 0, 0
    end
end

local function push(b, layer, amount, holds)
    call('ZADD', b.pile, layer, pack(LAYER, layer, amount, holds))
end

local function remove(b, layer)
    call('ZREMRANGEBYSCORE', b.pile, layer, layer)
end

-- Takes what has leaked from the top of the pile.
local function drain(b)
    local left = b.drain
    b.drain = 0
    local taken = math.min(left, b.loose)
    b.loose = b.loose - taken
    left = left - taken
    while left > 0 do
        taken = math.min(left, b.amount)
        b.amount = b.amount - taken
        left = left - taken
        if b.amount == 0 then
            local top, holds = b.top, b.holds
            popTop(b)
            if b.top == 0 then
                b.top, b.holds = top, holds
                return
            end
            b.holds = b.holds + holds
        end
    end
end

function Bucket.take(b, amount)
    drain(b)
    if b.top ~= 0 then push(b, b.top, b.amount, b.holds) end
    b.last = b.last + 1
    b.top, b.amount, b.holds = b.last, b.loose + amount, 1
    b.loose = 0
    b.level = b.level + amount
    b.held = b.held + amount
    return b.last
end

-- The highest layer of the pile's lower part with no larger number.
local function atMost(b, number)
    local found = call('ZREVRANGEBYSCORE', b.pile, number, '-inf', 'LIMIT', 0, 1)
    if not found[1] then return nil end
    local layer, amount, holds = unpacked(LAYER, found[1])
    return {number = layer, amount = amount, holds = holds}
end

local function closeTop(b, closed)
    b.holds = b.holds - closed
    if b.holds == 0 then
        b.loose = b.loose + b.amount
        popTop(b)
    end
end

local function closeLower(b, layer, closed)
    remove(b, layer.number)
    layer.holds = layer.holds - closed
    if layer.holds > 0 then
        push(b, layer.number, layer.amount, layer.holds)
        return
    end
    if layer.amount == 0 then return end
    local above = call('ZRANGEBYSCORE', b.pile, layer.number, '+inf', 'LIMIT', 0, 1)
    if above[1] then
        local number, amount, holds = unpacked(LAYER, above[1])
        remove(b, number)
        push(b, number, amount + layer.amount, holds)
    else
        b.amount = b.amount + layer.amount
    end
end

-- Takes from the layer and those beneath. An empty one is merged into the one beneath; says which the hold is in then.
local function refund(b, layer, units)
    local left = units
    while left > 0 do
        local taken = math.min(left, layer.amount)
        layer.amount = layer.amount - taken
        b.level = b.level - taken
        left = left - taken
        if layer.amount == 0 then
            local below = atMost(b, layer.number - 1)
            if not below then return layer end
            remove(b, layer.number)
            below.holds = below.holds + layer.holds
            layer = below
        end
    end
    return layer
end

-- A whole hold, or a part of one: then none is closed.
function Bucket.settle(b, number, amount, actual, _, closed)
    drain(b)
    b.held = b.held - amount
    local top = number >= b.top
    local layer = top and {number = b.top, amount = b.amount, holds = b.holds} or atMost(b, number)
    if actual < amount then
        layer = refund(b, layer, amount - actual)
    else
        b.loose = b.loose + actual - amount
        b.level = b.level + actual - amount
    end
    if top then
        if layer.number ~= b.top then remove(b, layer.number) end
        b.top, b.amount, b.holds = layer.number, layer.amount, layer.holds
        closeTop(b, closed)
    else
        closeLower(b, layer, closed)
    end
end

function Bucket.charge(b, amount)
    drain(b)
    b.loose = b.loose + amount
    b.level = b.level + amount
end

-- A value goes by itself once a fresh one could take its place, and nothing that is open can still come back to it.
function Bucket.save(b, period)
    local millis = 0
    if b.brief then
        millis = floor(math.min(LONGEST_MILLIS, b.level / b.rate * period / 1000 + SLACK_MILLIS))
        if b.top ~= 0 then call('PEXPIRE', b.pile, millis) end
    end
    write(b, pack(STATE, b.at, b.level, b.held, b.fraction, b.loose, b.rate, b.last, b.top, b.amount, b.holds), millis)
end

function Bucket.reading(b) return b.level, b.held, b.at, b.fraction end

function Bucket.left(b, capacity) return capacity - b.level end

-- A calendar window, see CalendarWindow of the kernel. Which one the moment lies in is the caller's to say. Beside it
-- stands what each node has charged to it: that part is set anew when the node's ledger is summed.
local Window = {}

local function windowOf(key, value)
    local start, till, used, held = 0, 0, 0, 0
    if value then start, till, used, held = unpacked('<dddd', value) end
    return {
        key = key, brief = false, start = start, till = till, used = used, held = held, turned = false, node = false, charged = false
    }
end

-- False where the window has to be turned, and the one that was named is not that of the moment.
local function turn(w, start, till, now)
    if now < w.till then return true end
    if now < start or now >= till then return false end
    w.turned = w.start ~= 0
    w.start, w.till, w.used, w.held = start, till, 0, 0
    return true
end

function Window.take(w, amount)
    w.held = w.held + amount
    return w.start
end

function Window.settle(w, start, amount, actual, node)
    if start ~= w.start then return end
    w.held = w.held - amount
    Window.charge(w, actual, node)
end

function Window.charge(w, amount, node)
    w.used = w.used + amount
    if amount > 0 then w.node, w.charged = node, amount end
end

function Window.save(w, _, now)
    local millis = floor(math.max(0, w.till - now) / 1000) + SLACK_MILLIS
    write(w, pack('<dddd', w.start, w.till, w.used, w.held), millis)
    if w.turned then call('DEL', w.key .. ':n') end
    if w.charged and call('HINCRBY', w.key .. ':n', w.node, w.charged) == w.charged and w.brief then
        call('PEXPIRE', w.key .. ':n', millis)
    end
end

function Window.reading(w) return w.used, w.held, w.start, w.till end

function Window.left(w, capacity) return capacity - w.used - w.held end

-- Requests at once, see Slots of the kernel.
local Slots = {}

local function slotsOf(key, value)
    return {key = key, brief = false, held = value and unpacked('<d', value) or 0}
end

function Slots.take(s, amount)
    s.held = s.held + amount
    return 0
end

function Slots.settle(s, _, amount) s.held = s.held - amount end

function Slots.save(s) write(s, pack('<d', s.held), SLACK_MILLIS) end

function Slots.reading(s) return 0, s.held, 0, 0 end

function Slots.left(s, capacity) return capacity - s.held end

-- The meter of a kind as it is at that moment, and what it can do; nothing where it cannot be said. What kinds say of
-- themselves: a bucket its rate and its period, a window where the named one begins and ends. The kind of what is not in
-- force is larger by BRIEF.
local function meterOf(kind, key, value, first, second, now)
    local brief = kind > BRIEF
    if brief then kind = kind - BRIEF end
    local meter, does
    if kind == BUCKET then
        meter, does = bucketOf(key, value, now), Bucket
        leak(meter, second, now)
    elseif kind == WINDOW then
        meter, does = windowOf(key, value), Window
        if not turn(meter, first, second, now) then return nil end
    else
        meter, does = slotsOf(key, value), Slots
    end
    meter.brief = brief
    return meter, does
end

-- The name of the node that made what has that id.
local function nodeOf(id) return string.match(id, '^[^:]*') end

-- Replaces a part of a hold by what was used of it, or where one is closed all of what is left of it.
local function settled(key, value, kind, hold, period, part, actual, now, node, closed)
    -- A window that is over needs no other to be named: what belongs to it is asked for no more.
    local meter, does = meterOf(kind, key, value, -1, period, now)
    if not meter then
        meter, does = windowOf(key, value), Window
        meter.brief = kind > BRIEF
    end
    does.settle(meter, hold, part, actual, node, closed)
    does.save(meter, period, now)
end

-- Ends a reservation as its record has it: every meter counts what was used instead of what was held. Its id begins with
-- the name of the node that made it, and a colon.
local function finish(record, index, id, keys, held, actuals, now)
    local values = call('MGET', unpack(keys))
    local node = nodeOf(id)
    for i = 1, #keys do
        local at = 3 + (i - 1) * 5
        local kind, amount, hold, period = held[at], held[at + 1], held[at + 2], held[at + 3]
        if values[i] then settled(keys[i], values[i], kind, hold, period, amount, actuals[i], now, node, 1) end
    end
    written()
    call('SET', record, ENDED, 'PX', TOMBSTONE_MILLIS)
    call('ZREM', index, id)
end

-- The record of what is held: when it expires, whether it is a lease, and for each meter its kind, the amount, the hold,
-- the period, and of a request what it was last seen to have used, of a lease what was charged to it.
local function recordOf(held, names)
    return pack('<d' .. string.rep('d', #held), #held, unpack(held)) .. names
end

