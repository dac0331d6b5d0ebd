-- call. OK, and node and shard of its home when it is known.
local refused = fence_and_settled()
if refused then return refused end

local home = call('HMGET', key('c:' .. ARGV[FIRST]), 'node', 'shard')
if not home[1] then return {'OK'} end
return {'OK', home[1], home[2]}
