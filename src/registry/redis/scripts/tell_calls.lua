-- For each call eight: call, shard of its home, caller, its realm, callee, its realm, state (1 RINGING, 2 ACCEPTED, 0
-- released), how long it may still ring in ms. OK, changes.
local refused = fence()
if refused then return refused end

local now = now_ms()
for i = FIRST, #ARGV, 8 do
    local c = {
        id = ARGV[i], node = ME, shard = ARGV[i + 1], f = ARGV[i + 2], fr = ARGV[i + 3], t = ARGV[i + 4], tr = ARGV[i + 5],
        st = tonumber(ARGV[i + 6])
    }
    local known = load_call(c.id)
    if known and known.st > 0 and c.st == 0 then release(known) end
    save_call(c)
    if c.st == 1 then
        call('ZADD', key('due'), now + tonumber(ARGV[i + 7]), c.id)
    else
        call('ZREM', key('due'), c.id)
    end
    for side, who in pairs(c.st > 0 and {['0'] = c.f, ['1'] = c.t} or {}) do
        local p = load(who)
        if not p.active or p.active.call == c.id then
            involve(p, c, side)
            if tonumber(p.active.realm) == TELECALLER then p.role = '1' end -- its own node may have told nothing yet
            report(p)
            save(p)
        end
    end
    call('SREM', key('n:' .. ME .. ':oldc'), c.id)
end
announce()
return {'OK', changes}
