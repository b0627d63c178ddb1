-- What a command needs that writes: meters are saved, and what is held has a record.

-- The values of a step are written together, at its end: as many SETs would take longer than all the rest. What was
-- never put in force, and nobody would ever let go of, has a time to live instead, and is written for itself.
local writes, written = places(2 * #KEYS), 0

local function write(key, value)
    writes[written + 1], writes[written + 2] = key, value
    written = written + 2
end

-- What write() does is written out here, as every call of a function takes its time.
local function writeMeter(meter, value, millis)
    if meter.brief then
        call('SET', meter.key, value, 'PX', millis)
    else
        writes[written + 1], writes[written + 2] = meter.key, value
        written = written + 2
    end
end

local function flush()
    if written > 0 then call('MSET', unpack(writes, 1, written)) end
    written = 0
end

local function popTop(b)
    if b.below == 0 then
        b.top, b.amount, b.holds = 0, 0, 0
        return
    end
    b.below = b.below - 1
    b.top, b.amount, b.holds = unpacked(LAYER, call('ZPOPMAX', b.key .. ':p')[1])
end

local function push(b, layer, amount, holds)
    b.below = b.below + 1
    call('ZADD', b.key .. ':p', layer, pack(LAYER, layer, amount, holds))
end

local function remove(b, layer)
    b.below = b.below - call('ZREMRANGEBYSCORE', b.key .. ':p', layer, layer)
end

-- Takes what has leaked from the top of the pile.
local function drain(b)
    local left = b.drain
    b.drain = 0
    local taken = min(left, b.loose)
    b.loose = b.loose - taken
    left = left - taken
    while left > 0 do
        taken = min(left, b.amount)
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

-- What nobody holds. Slots count only what is held.
local function charge(m, amount, node)
    if m.kind == BUCKET then
        drain(m)
        m.loose, m.level = m.loose + amount, m.level + amount
    elseif m.kind == WINDOW then
        m.used = m.used + amount
        if amount > 0 then m.node, m.charged = node, amount end
    end
end

-- A value goes by itself once a fresh one could take its place, and nothing that is open can still come back to it.
local function saveBucket(b, period)
    local millis = 0
    if b.brief then
        millis = floor(min(LONGEST_MILLIS, b.level / b.rate * period / 1000 + SLACK_MILLIS))
        if b.below > 0 then call('PEXPIRE', b.key .. ':p', millis) end
    end
    local state = pack(
        STATE, b.at, b.level, b.held, b.fraction, b.loose, b.rate, b.last, b.top, b.amount, b.holds, b.below)
    writeMeter(b, state, millis)
end

local function saveWindow(w, now)
    local millis = floor(math.max(0, w.till - now) / 1000) + SLACK_MILLIS
    writeMeter(w, pack('<dddd', w.start, w.till, w.used, w.held), millis)
    if w.turned then call('DEL', w.key .. ':n') end
    if w.charged and call('HINCRBY', w.key .. ':n', w.node, w.charged) == w.charged and w.brief then
        call('PEXPIRE', w.key .. ':n', millis)
    end
end

local function save(m, period, now)
    if m.kind == BUCKET then
        saveBucket(m, period)
    elseif m.kind == WINDOW then
        saveWindow(m, now)
    else
        writeMeter(m, pack('<d', m.held), SLACK_MILLIS)
    end
end

-- The record of what is held: when it expires, whether it is a lease, a number that is not read, and for each meter its
-- kind, the amount, the hold, the period, and of a request what it was last seen to have used, of a lease what was
-- charged to it; then the names of the meters.
local function recordOf(held, names)
    return pack('<d' .. string.rep('d', #held), #held, unpack(held)) .. names
end

-- What a record holds, as recordOf() has it, and where the names of its meters begin.
local function heldIn(record)
    local size = unpacked('<d', record)
    return doubles(record, size, 9), 9 + 8 * size
end
