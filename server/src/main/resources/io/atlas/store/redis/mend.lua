-- Sets what one node has charged to windows to what its ledger holds against them, where it is still as it was said to be.
--
-- KEYS  a meter for each limit
-- ARGV  1: packed: the time or 0; for each limit its kind, the amount, what was said before, and where the window begins
--          and ends
--       2: the name of the node
-- Replies with 1 for each limit that was set, and with 0 for each that was not.

local args = arguments(ARGV[1])
local now = clock(args[1])
local values = call('MGET', unpack(KEYS))
local set = {}
for i = 1, #KEYS do
    local at = 2 + (i - 1) * 5
    local meter = meterOf(args[at], KEYS[i], values[i], args[at + 3], args[at + 4], now)
    set[i] = 0
    if meter and meter.kind == WINDOW and not meter.turned then
        local before = tonumber(call('HGET', meter.key .. ':n', ARGV[2]) or 0)
        if before == args[at + 2] and meter.start == args[at + 3] then
            charge(meter, args[at + 1] - before, ARGV[2])
            meter.node, meter.charged = ARGV[2], args[at + 1] - before
            save(meter, nil, now)
            set[i] = 1
        end
    end
end
flush()
return set
