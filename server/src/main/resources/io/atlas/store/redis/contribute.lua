-- Sets what one node has charged to the limits to what its ledger holds against them; what others have charged stays.
-- A bucket does not know who charged it: it is filled only where there is none.
--
-- KEYS  a meter for each limit
-- ARGV  1: packed: the time or 0; for each limit its kind, the amount, the moment the ledger holds it at, and what the
--          kind says of itself
--       2: the name of the node
-- Replies with 1, or with 5 where a named window is not that of the moment.

local args = arguments(ARGV[1])
local now = clock(args[1])
local values = call('MGET', unpack(KEYS))
local meters = {}
for i = 1, #KEYS do
    local at = 2 + (i - 1) * 5
    meters[i] = meterOf(args[at], KEYS[i], values[i], args[at + 3], args[at + 4], now)
    if not meters[i] then return 5 end
end
for i = 1, #KEYS do
    local at = 2 + (i - 1) * 5
    local meter, amount, moment = meters[i], args[at + 1], args[at + 2]
    if meter.kind == WINDOW then
        local before = meter.turned and 0 or tonumber(call('HGET', meter.key .. ':n', ARGV[2]) or 0)
        if moment < meter.start or moment >= meter.till then amount = 0 end
        charge(meter, amount - before, ARGV[2])
        meter.node, meter.charged = ARGV[2], amount - before
        save(meter, nil, now)
    elseif meter.kind == BUCKET and not values[i] and amount > 0 then
        meter.at, meter.rate = moment, args[at + 3]
        charge(meter, amount)
        save(meter, args[at + 4])
    end
end
flush()
return 1
