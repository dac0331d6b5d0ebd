-- realm. OK, accounts and presences in turn.
local refused = fence_and_settled()
if refused then return refused end

return {'OK', call('HGETALL', key('here:' .. ARGV[FIRST]))}
