-- call. OK, changes, whether it is known and this node is its home (1), so that nobody else has ended it.
local refused = fence()
if refused then return refused end

local c = load_call(ARGV[FIRST])
local is_home = c ~= nil and c.node == ME
if is_home then
    release(c)
    announce()
end
return {'OK', changes, is_home and 1 or 0}
