-- A shard has a new connection: what it sent on the old one and is still under way is not to be carried out any more.
local known = call('HMGET', key('n:' .. ME), 'epoch', 's' .. SHARD)
if known[1] and tonumber(known[2] or 0) < SESSION then call('HSET', key('n:' .. ME), 's' .. SHARD, ARGV[3]) end
return {'OK'}
