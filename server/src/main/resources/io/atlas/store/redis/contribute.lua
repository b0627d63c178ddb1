-- Sets what one node has charged to the limits to what its ledger holds against them; what others have charged stays.
-- A bucket does not know who charged it: it is filled only where there is none.
--
-- KEYS  a meter for each limit
-- ARGV  1: packed: the time or 0; for each limit its kind, the amount, the moment the ledger holds it at, and what the
--          kind says of itself
--       2: the name of the node
-- Replies with 1, or with 5 where a named window is not that of the moment.

local args = doubles(ARGV[1])
local now = clock(args[1])
local values = call('MGET', unpack(KEYS))
for i = 1, #KEYS do
    local at = 2 + (i - 1) * 5
    if args[at] == WINDOW and not meterOf(WINDOW, KEYS[i], values[i], args[at + 3], args[at + 4], now) then return 5 end
end
for i = 1, #KEYS do
    local at = 2 + (i - 1) * 5
    local amount, moment = args[at + 1], args[at + 2]
    if args[at] == WINDOW then
        local w = meterOf(WINDOW, KEYS[i], values[i], args[at + 3], args[at + 4], now)
        local before = w.turned and 0 or tonumber(call('HGET', w.key .. ':n', ARGV[2]) or 0)
        if moment < w.start or moment >= w.till then amount = 0 end
        Window.charge(w, amount - before, ARGV[2])
        w.node, w.charged = ARGV[2], amount - before
        Window.save(w, nil, now)
    elseif args[at] == BUCKET and not values[i] and amount > 0 then
        local b = bucketOf(KEYS[i], false, moment)
        b.rate = args[at + 3]
        Bucket.charge(b, amount)
        Bucket.save(b, args[at + 4])
    end
end
return 1
