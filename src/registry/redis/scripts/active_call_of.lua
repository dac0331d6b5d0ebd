-- account. OK, its active call.
local refused = fence_and_settled()
if refused then return refused end

return {'OK', call('HGET', key('a:' .. ARGV[FIRST]), 'ac') or ''}
