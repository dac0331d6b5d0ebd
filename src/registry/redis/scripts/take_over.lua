-- call, node and shard of its new home, caller, its realm, callee, its realm. OK, changes, the caller's devices, the
-- callee's. Devices of nodes that are lost do not count: they are only not dropped yet.
local c = {
    id = ARGV[FIRST], node = ARGV[FIRST + 1], shard = ARGV[FIRST + 2], f = ARGV[FIRST + 3], fr = ARGV[FIRST + 4],
    t = ARGV[FIRST + 5], tr = ARGV[FIRST + 6], st = 2
}
local refused = fence()
if refused then return refused end

local before = load_call(c.id)
if before and before.node ~= c.node then
    call('SREM', key('n:' .. before.node .. ':c'), c.id)
    call('SREM', key('n:' .. before.node .. ':oldc'), c.id)
end
call('ZREM', key('due'), c.id)
save_call(c)

local function take(who, side)
    local p = load(who)
    involve(p, c, side)
    if tonumber(p.active.realm) == TELECALLER then p.role = '1' end -- no device has said so yet
    report(p)
    save(p)
    local there = {}
    for _, device in ipairs(devices_in(p, tonumber(p.active.realm))) do
        if call('HEXISTS', key('lost'), node_of(device)) == 0 then there[#there + 1] = device end
    end
    return there
end
local callers = take(c.f, '0')
local callees = take(c.t, '1')
announce()
return {'OK', changes, callers, callees}
