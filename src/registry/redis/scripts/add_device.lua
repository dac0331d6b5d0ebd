-- account, role, device, the node's wall time. OK, changes, active call, kept events.
local who, role, device, wall = ARGV[FIRST], ARGV[FIRST + 1], ARGV[FIRST + 2], tonumber(ARGV[FIRST + 3])
local refused = fence_and_settled()
if refused then return refused end

local realm = realm_of(device)
local p = load(who)
p.role = role
add_device(p, device)
clear_linger(p, realm)

local handed, others = {}, {}
for _, text in ipairs(call('LRANGE', key('k:' .. who), 0, -1)) do
    local its_realm, until_ms = string.match(text, '^(%d) (%d+) ')
    if tonumber(until_ms) > wall then
        local to = tonumber(its_realm) == realm and handed or others
        to[#to + 1] = text
    end
end
if #handed > 0 then
    local left = call('PTTL', key('k:' .. who))
    call('DEL', key('k:' .. who))
    if #others > 0 then
        call('RPUSH', key('k:' .. who), unpack(others))
        if left > 0 then call('PEXPIRE', key('k:' .. who), left) end
    end
end

report(p)
save(p)
announce()
return {'OK', changes, active_text(p.active), handed}
