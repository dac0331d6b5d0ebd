-- realm, accounts. OK, the presence of each.
local refused = fence_and_settled()
if refused then return refused end

local found = {}
for i = FIRST + 1, #ARGV do
    found[#found + 1] = call('HGET', key('here:' .. ARGV[FIRST]), ARGV[i]) or '0'
end
return {'OK', found}
