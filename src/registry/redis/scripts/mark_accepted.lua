-- call. OK, changes.
local refused = fence()
if refused then return refused end

local c = load_call(ARGV[FIRST])
if c and c.st == 1 then
    c.st = 2
    call('HSET', key('c:' .. c.id), 'st', 2)
    call('ZREM', key('due'), c.id)
    for _, who in ipairs({c.f, c.t}) do
        local p = load(who)
        if p.active and p.active.call == c.id then
            p.active.accepted = true
            report(p)
            save(p)
        end
    end
    announce()
end
return {'OK', changes}
