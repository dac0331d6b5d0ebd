-- account, realm. OK, its presence.
local refused = fence_and_settled()
if refused then return refused end

return {'OK', derive(load(ARGV[FIRST]), tonumber(ARGV[FIRST + 1]))}
