-- call. OK, changes.
local refused = fence()
if refused then return refused end

local c = load_call(ARGV[FIRST])
if c then
    release(c)
    announce()
end
return {'OK', changes}
