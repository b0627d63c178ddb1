-- From this moment on the limits say this; what leaks has leaked by what they said before.
--
-- KEYS  a meter for each limit
-- ARGV  1: packed: the time or 0; for each limit its kind, two that are not read, and what the kind says of itself
-- Replies with 1.

local args = arguments(ARGV[1])
local now = clock(args[1])
local values = call('MGET', unpack(KEYS))
for i = 1, #KEYS do
    local at = 2 + (i - 1) * 5
    local meter = meterOf(args[at], KEYS[i], values[i], args[at + 3], args[at + 4], now)
    if meter then
        if meter.kind == BUCKET then
            drain(meter)
            meter.rate = args[at + 3]
        end
        save(meter, args[at + 4], now)
    end
end
flush()
return 1
