-- A node says something of itself at a backend, and hears what is its: io.atlas.kernel.order.Order, which is the
-- specification, as one step over one key.
--
-- KEYS  the order of the backend
-- ARGV  1: the word, as JSON; 2: the places of the backend; 3: the time in microseconds, or 0 for the server's
-- Replies with how many places the node may use and -1, or with 0 and the number of each bid that is called.

local ALIVE, FRESH, MOST_CALLS, PARTS, LARGEST_REQUESTS, MILLION = 3000000, 500000, 32, 64, 4, 1000000
local FORGOTTEN_SECONDS = 3600

local word = cjson.decode(ARGV[1])
local leaves = word.hold.intent == 'LEAVES'
local places = tonumber(ARGV[2])
local now = tonumber(ARGV[3])
if now == 0 then
    local time = redis.call('TIME')
    now = time[1] * 1000000 + time[2]
end

local stored = redis.call('GET', KEYS[1])
local state = stored and cmsgpack.unpack(stored) or {born = now, nodes = {}, counters = {}, least = {}, credits = {}}
for name, seen in pairs(state.nodes) do
    if now - seen.at > ALIVE then
        state.nodes[name] = nil
    end
end
if next(state.nodes) == nil then
    state.born = now
end
local before = state.nodes[word.node]
if before and word.number <= before.number then
    return {0}
end

local function lineOf(line)
    return line.priority .. ' ' .. line.tenant
end

local function counter(line)
    return state.counters[line] or 0
end

local function parts(cost, weight)
    return math.ceil(cost * PARTS / weight)
end

-- All bids that count, by node, as each has told them.
local function opened()
    local open, names = {}, {}
    for name in pairs(state.nodes) do
        names[#names + 1] = name
    end
    table.sort(names)
    for _, name in ipairs(names) do
        local seen = state.nodes[name]
        if now - seen.at <= FRESH then
            for i, bid in ipairs(seen.bids) do
                open[#open + 1] = {
                    line = lineOf(bid.line), priority = bid.line.priority, weight = bid.weight, cost = bid.cost,
                    sure = bid.sureMillionths, index = i - 1, node = name, since = seen.at - bid.ageMicros,
                    left = bid.waiting
                }
            end
        end
    end
    return open
end

local function earn(band, cost, most)
    local key = tostring(band)
    state.credits[key] = math.max(-most, math.min(most, (state.credits[key] or 0) + cost))
end

local function charge(line, priority, weight, cost, open)
    state.counters[line] = counter(line) + parts(cost, weight)
    local largest, contended, sure = 1, false, {}
    for _, one in ipairs(open) do
        largest = math.max(largest, one.cost)
        contended = contended or one.priority ~= priority
        sure[one.priority] = one.sure
    end
    local most = LARGEST_REQUESTS * largest
    for band, millionths in pairs(sure) do
        earn(band, math.floor(cost * millionths / MILLION), most)
    end
    if contended then
        earn(priority, -cost, most)
    end
end

local function remember(open)
    local least = {}
    for _, one in ipairs(open) do
        local key = tostring(one.priority)
        least[key] = math.min(least[key] or math.huge, counter(one.line))
    end
    for key, value in pairs(least) do
        state.least[key] = value
    end
end

local function held()
    local sum = 0
    for _, seen in pairs(state.nodes) do
        sum = sum + seen.slots
    end
    return sum
end

-- After nobody was heard, nothing more is held until all whom this node knows have said what they have, or had time to.
local function early()
    local count = 0
    for _ in pairs(state.nodes) do
        count = count + 1
    end
    return now - state.born < ALIVE and count < word.hold.nodes
end

local function runningAndStaying()
    local running, staying = 0, 0
    for _, seen in pairs(state.nodes) do
        running = running + seen.running
        staying = staying + (seen.leaves and 0 or 1)
    end
    return running, staying
end

local function lease()
    local running, staying = runningAndStaying()
    local spare = leaves and 0 or math.max(1, math.ceil(math.max(0, places - running) / staying))
    local wanted = early() and word.hold.slots or word.hold.running + spare
    local free = places - held() + word.hold.slots
    return math.max(word.hold.running, math.min(free, wanted))
end

local function nextOf(open)
    local highest, due
    for _, one in ipairs(open) do
        if one.left > 0 then
            highest = math.max(highest or one.priority, one.priority)
            if (state.credits[tostring(one.priority)] or 0) > 0 then
                due = math.max(due or one.priority, one.priority)
            end
        end
    end
    local band, found = due or highest, nil
    for _, one in ipairs(open) do
        if one.left > 0 and one.priority == band then
            local difference = found and counter(one.line) - counter(found.line)
            if not found or difference < 0 or difference == 0 and one.since < found.since then
                found = one
            end
        end
    end
    return found
end

local function copy(of)
    local result = {}
    for key, value in pairs(of) do
        result[key] = value
    end
    return result
end

local function waiting(open)
    local some = {}
    for _, one in ipairs(open) do
        if one.left > 0 then
            some[#some + 1] = one
        end
    end
    return some
end

local function call(open, all)
    local free = early() and 0 or math.min(MOST_CALLS, places - held())
    local counters, credits, calls = copy(state.counters), copy(state.credits), {}
    for _ = 1, free do
        local found = nextOf(open)
        if not found then
            break
        end
        if found.node == word.node then
            calls[#calls + 1] = found
        end
        charge(found.line, found.priority, found.weight, found.cost, open)
        found.since = now
        found.left = found.left - 1
        open = waiting(open)
    end
    state.counters, state.credits = counters, credits
    for _, called in ipairs(calls) do
        charge(called.line, called.priority, called.weight, called.cost, all)
    end
    return calls
end

local open = opened()
for _, work in ipairs(word.works) do
    charge(lineOf(work.line), work.line.priority, work.weight, work.cost, open)
end
remember(open)
local seen = {
    number = word.number, slots = word.hold.slots, running = word.hold.running, leaves = leaves, at = now, bids = word.bids
}
state.nodes[word.node] = seen
local there = {}
for _, one in ipairs(open) do
    there[one.line] = true
end
for _, bid in ipairs(word.bids) do
    local line = lineOf(bid.line)
    if not there[line] then
        local lifted = (state.least[tostring(bid.line.priority)] or 0) - parts(bid.credit, bid.weight)
        state.counters[line] = math.max(counter(line), lifted)
    end
end
open = opened()
remember(open)
local answer = {}
if #open == 0 and runningAndStaying() == 0 then
    state.counters, state.least, state.credits = {}, {}, {}
end
local able = waiting(open)
if #able == 0 then
    local slots = lease()
    seen.slots = math.max(word.hold.slots, slots)
    answer = {slots, -1}
else
    local calls = call(able, open)
    seen.slots = word.hold.slots + #calls
    answer[1] = 0
    for _, called in ipairs(calls) do
        answer[#answer + 1] = called.index
    end
end
redis.call('SET', KEYS[1], cmsgpack.pack(state), 'EX', FORGOTTEN_SECONDS)
return answer
