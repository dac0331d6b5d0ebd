-- OK, accounts with a device on `/user`, on `/telecaller`.
local refused = fence_and_settled()
if refused then return refused end

local connected = call('HMGET', key('connected'), '0', '1')
return {'OK', connected[1] or '0', connected[2] or '0'}
