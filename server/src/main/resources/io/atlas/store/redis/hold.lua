-- What a command needs that holds something.

-- A hold is known by its layer, or by where its window begins.
local function take(m, amount)
    m.held = m.held + amount
    if m.kind == WINDOW then return m.start end
    if m.kind == SLOTS then return 0 end
    drain(m)
    if m.top ~= 0 then push(m, m.top, m.amount, m.holds) end
    m.last = m.last + 1
    m.top, m.amount, m.holds = m.last, m.loose + amount, 1
    m.loose = 0
    m.level = m.level + amount
    return m.last
end

-- Holds those amounts on all meters, and writes the record. What was asked of each meter (its kind, the amount, one that
-- is not read, and what the kind says of itself) becomes what is held of it, in the same places.
local function hold(asked, meters, expires, lease, now)
    for i = 4, #KEYS do
        local at, meter = 5 * i - 16, meters[i]
        local number, period = take(meter, asked[at + 1]), -1
        if meter.kind == BUCKET then
            meter.rate, period = asked[at + 3], asked[at + 4]
        end
        save(meter, period, now)
        asked[at + 2], asked[at + 3], asked[at + 4] = number, period, 0
    end
    asked[1], asked[2], asked[3] = expires, lease, 0
    write(KEYS[1], recordOf(asked, table.concat(KEYS, '\n', 4)))
    flush()
    call('ZADD', KEYS[2], expires, ARGV[2])
end
