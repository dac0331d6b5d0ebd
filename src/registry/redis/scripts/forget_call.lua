-- call. OK, changes.
local refused = fence()
if refused then return refused end

local c = load_call(ARGV[FIRST])
if c then
    forget(c)
    announce()
end
return {'OK', changes}
