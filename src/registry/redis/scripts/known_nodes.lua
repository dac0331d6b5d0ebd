-- lease in ms, numbers of nodes that the store knows as alive. OK.
local refused = fence()
if refused then return refused end

local until_ms = now_ms() + tonumber(ARGV[FIRST])
for i = FIRST + 1, #ARGV do
    if call('HEXISTS', key('lost'), ARGV[i]) == 0 then call('ZADD', key('nodes'), 'NX', until_ms, ARGV[i]) end
end
call('SET', key('counted'), 1)
settle_if_all_told()
return {'OK'}
