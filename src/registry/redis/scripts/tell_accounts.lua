-- For each account six: account, role, its devices of this node, its lingers (`realm number ms_left;`, number 0:
-- not numbered yet), what was last
-- heard of its presence (`presence version presence version`, of telecaller and peer), when it was last seen in each
-- realm. OK, changes.
local refused = fence()
if refused then return refused end

local now = now_ms()
local highest = tonumber(call('GET', key('version')) or 0)
for i = FIRST, #ARGV, 6 do
    local p = load(ARGV[i])
    local held = {}
    for device in string.gmatch(ARGV[i + 2], '([^;]+);') do held[device] = true end
    for n = #p.devices, 1, -1 do
        local device = p.devices[n]
        if node_of(device) == ME and not held[device] then remove_device(p, device) end
    end
    for device in string.gmatch(ARGV[i + 2], '([^;]+);') do
        p.role = ARGV[i + 1]
        add_device(p, device)
        call('SADD', key('n:' .. ME .. ':d'), p.id)
        clear_linger(p, realm_of(device))
    end
    for realm, number, left in string.gmatch(ARGV[i + 3], '(%d) (%d+) (%d+);') do
        realm = tonumber(realm)
        if not is_reachable(p, realm) then
            if #p.devices == 0 then p.role = ARGV[i + 1] end
            if number == '0' then number = digits(call('INCR', key('version'))) end
            set_linger(p, realm, number, now + tonumber(left))
        end
    end
    local s1, v1, s2, v2 = string.match(ARGV[i + 4], '^(%d) (%d+) (%d) (%d+)$')
    for realm, last in pairs({{s1, v1}, {s2, v2}}) do
        if tonumber(last[2]) > tonumber(p.version[realm]) then
            p.version[realm] = last[2]
            set_shown(p, realm, tonumber(last[1]))
            highest = math.max(highest, tonumber(last[2]))
        end
    end
    local seen = {string.match(ARGV[i + 5], '^(%d+) (%d+) (%d+)$')}
    for realm = 0, 2 do
        local at = seen[realm + 1]
        if tonumber(at) > tonumber(p.seen[realm] or 0) then p.seen[realm] = at end
    end
    report(p)
    save(p)
    call('SREM', key('n:' .. ME .. ':old'), p.id)
end
if highest > tonumber(call('GET', key('version')) or 0) then call('SET', key('version'), digits(highest)) end
announce()
return {'OK', changes}
