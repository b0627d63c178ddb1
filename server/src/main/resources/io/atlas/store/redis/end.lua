-- What a command needs that ends what is held, or a part of it.

-- The highest layer of the pile's lower part with no larger number.
local function atMost(b, number)
    if b.below == 0 then return nil end
    local found = call('ZREVRANGEBYSCORE', b.key .. ':p', number, '-inf', 'LIMIT', 0, 1)
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
    local above = call('ZRANGEBYSCORE', b.key .. ':p', layer.number, '+inf', 'LIMIT', 0, 1)
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
        local taken = min(left, layer.amount)
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

local function settleBucket(b, number, amount, actual, closed)
    drain(b)
    local top, unused = number >= b.top, amount - actual
    -- Nearly always: no layer becomes empty, and none needs to be looked at but the highest.
    if top and unused < b.amount then
        b.level = b.level - unused
        if unused > 0 then b.amount = b.amount - unused else b.loose = b.loose - unused end
        closeTop(b, closed)
        return
    end
    local layer = top and {number = b.top, amount = b.amount, holds = b.holds} or atMost(b, number)
    if unused > 0 then
        layer = refund(b, layer, unused)
    else
        b.loose = b.loose - unused
        b.level = b.level - unused
    end
    if top then
        if layer.number ~= b.top then remove(b, layer.number) end
        b.top, b.amount, b.holds = layer.number, layer.amount, layer.holds
        closeTop(b, closed)
    else
        closeLower(b, layer, closed)
    end
end

-- The name of the node that made what has that id.
local function nodeOf(id) return string.match(id, '^[^:]*') end

-- What was used instead of a whole hold, or of a part of one: then none is closed.
local function replace(m, number, part, actual, node, closed)
    if m.kind == WINDOW and number ~= m.start then return end
    m.held = m.held - part
    if m.kind == BUCKET then
        settleBucket(m, number, part, actual, closed)
    else
        charge(m, actual, node)
    end
end

-- Replaces a part of what is held of a meter by what was used of it, or where one is closed all of what is left of it.
local function settle(key, value, held, at, part, actual, now, node, closed)
    local kind, period = held[at], held[at + 3]
    -- A window that is over needs no other to be named: what belongs to it is asked for no more.
    local meter = meterOf(kind, key, value, -1, period, now)
    if not meter then
        meter = windowOf(key, value)
        if kind > BRIEF then meter.brief = true end
    end
    replace(meter, held[at + 2], part, actual, node, closed)
    save(meter, period, now)
end

-- Ends a reservation as its record has it: every meter counts what was used instead of what was held. The record is the
-- first of the keys, the others are its meters. Its id begins with the name of the node that made it, and a colon.
local function finish(keys, values, held, actuals, index, id, now)
    local node = nodeOf(id)
    for i = 2, #keys do
        local at = 5 * i - 6
        if values[i] then settle(keys[i], values[i], held, at, held[at + 1], actuals[i], now, node, 1) end
    end
    flush()
    -- What is settled was made before, and only once. The node of a lease that others ended may still ask for it.
    if held[2] == LEASE then
        call('SET', keys[1], ENDED, 'PX', TOMBSTONE_MILLIS)
    else
        call('DEL', keys[1])
    end
    call('ZREM', index, id)
end

-- Ends one of which nothing but its id is known. What was used of each meter is said by where it stands in what is held.
local function finishById(key, index, id, record, used, now)
    local held, from = heldIn(record)
    local keys, actuals = {key}, {}
    for name in string.gmatch(string.sub(record, from), '[^\n]+') do
        keys[#keys + 1] = name
        actuals[#keys] = used(held, 5 * #keys - 6)
    end
    finish(keys, call('MGET', unpack(keys)), held, actuals, index, id, now)
end
