-- How full the meters are; writes nothing.
--
-- KEYS  a meter for each limit
-- ARGV  1: packed: the time or 0; for each limit its kind, two that are not read, and what the kind says of itself
-- Replies with 1 and the time, or 5 and the time where a named window is not that of the moment; and with the readings.

local args = arguments(ARGV[1])
local now = clock(args[1])
local values = call('MGET', unpack(KEYS))
local reply = {1, now}
for i = 1, #KEYS do
    local at = 2 + (i - 1) * 5
    local meter = meterOf(args[at], KEYS[i], values[i], args[at + 3], args[at + 4], now)
    if not meter then return {5, now} end
    local n = #reply
    reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4] = reading(meter)
end
return reply
