-- Charges what the ledger holds already, at the moment it was used.
--
-- KEYS  a meter for each limit
-- ARGV  1: packed: the moment; for each limit its kind, the amount, one that is not read, and what the kind says of itself
--       2: the name of the node whose ledger it is
-- Replies with 1.

local args = arguments(ARGV[1])
local values = call('MGET', unpack(KEYS))
for i = 1, #KEYS do
    local at = 2 + (i - 1) * 5
    local meter = meterOf(args[at], KEYS[i], values[i], args[at + 3], args[at + 4], args[1])
    if meter and meter.kind ~= SLOTS then
        if meter.kind == BUCKET then
            drain(meter)
            meter.rate = args[at + 3]
        end
        if meter.kind == BUCKET or args[1] >= meter.start then charge(meter, args[at + 1], ARGV[2]) end
        save(meter, args[at + 4], args[1])
    end
end
flush()
return 1
