-- action, subject, limit. OK, whether it is admitted. A sliding minute by Redis' clock; a refused attempt is not counted.
local k, limit = key('l:' .. ARGV[FIRST] .. ':' .. ARGV[FIRST + 1]), tonumber(ARGV[FIRST + 2])
local minute = 60000
local now = now_ms()
local first = call('LINDEX', k, 0)
while first and tonumber(first) <= now - minute do
    call('LPOP', k)
    first = call('LINDEX', k, 0)
end
if call('LLEN', k) >= limit then return {'OK', 0} end
call('RPUSH', k, digits(now))
call('PEXPIRE', k, minute)
return {'OK', 1}
