-- OK.
local refused = fence()
if refused then return refused end

call('HSET', key('n:' .. ME), 'left', 1)
call('HDEL', key('n:' .. ME), 'epoch')
call('ZADD', key('nodes'), 'XX', now_ms(), ME)
return {'OK'}
