-- What every script begins with. KEYS[1] is the hash tag that all keys share, so that one slot of a Redis Cluster holds
-- them. ARGV begins with who speaks: node number, shard, its session there and the epoch that it knows. Every answer is
-- an array whose first item is OK or why nothing was done.
--
-- An account: role; d: devices, each `realm node shard slot generation;`; l0 l1 l2: number of the linger by realm;
-- s0 s1 s2: when the last device was lost; p1 p2: presence as reported, v1 v2: the version of that; ac: active call,
-- `call side realm accepted node shard`.
-- A call: node and shard of its home; f t: caller and callee (from, to); fr tr: their realms; st: 1 RINGING, 2 ACCEPTED,
-- 0 released.
local TAG, ME, SHARD, SESSION, EPOCH = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local FIRST = 5 -- the script's own arguments begin here
local call = redis.call

local function key(name) return TAG .. ':' .. name end

-- Numbers in Lua are doubles, and concatenated ones lose digits.
local function digits(number) return string.format('%.0f', number) end

local function now_ms()
    local t = call('TIME')
    return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

-- Who was declared lost, or speaks to a Redis that has another memory than the one it knows, changes nothing. Nor does
-- a command that was delayed on a connection which its node has given up.
local function fence()
    local known = call('HMGET', key('n:' .. ME), 'epoch', 's' .. SHARD)
    if known[1] ~= EPOCH then
        if not known[1] and call('GET', key('epoch')) == EPOCH then return {'LOST'} end
        return {'EPOCH'}
    end
    if known[2] and tonumber(known[2]) > SESSION then return {'STALE'} end
end

local is_settling_known
local function is_settling()
    if is_settling_known == nil then is_settling_known = call('EXISTS', key('settling')) == 1 end
    return is_settling_known
end

-- For what has to know everything: not while the nodes tell what they hold.
local function fence_and_settled()
    local refused = fence()
    if refused then return refused end
    if is_settling() then return {'SETTLING'} end
end

-- Accounts ------------------------------------------------------------------------------------------------------------

local function read_active(text)
    if not text then return nil end
    local id, side, realm, accepted, node, shard = string.match(text, '^(%x+) (%d) (%d) (%d) (%d+) (%d+)$')
    return {call = id, side = side, realm = realm, accepted = accepted == '1', node = node, shard = shard}
end

local function active_text(a)
    if not a then return '' end
    return table.concat({a.call, a.side, a.realm, a.accepted and '1' or '0', a.node, a.shard}, ' ')
end

local function load(who)
    local h = call('HMGET', key('a:' .. who), 'role', 'd', 'l0', 'l1', 'l2', 's0', 's1', 's2', 'p1', 'p2', 'v1', 'v2', 'ac')
    local p = {
        id = who,
        role = h[1] or '0',
        devices = {},
        linger = {[0] = h[3] or nil, h[4] or nil, h[5] or nil},
        seen = {[0] = h[6] or nil, h[7] or nil, h[8] or nil},
        shown = {tonumber(h[9] or 0), tonumber(h[10] or 0)},
        version = {h[11] or '0', h[12] or '0'},
        active = read_active(h[13] or nil)
    }
    for device in string.gmatch(h[2] or '', '([^;]+);') do p.devices[#p.devices + 1] = device end
    return p
end

local function save(p)
    local k = key('a:' .. p.id)
    call('DEL', k)
    local is_there = #p.devices > 0 or p.active or p.shown[1] ~= 0 or p.shown[2] ~= 0
    local fields = {'role', p.role}
    local function field(name, value)
        fields[#fields + 1] = name
        fields[#fields + 1] = value
    end
    if #p.devices > 0 then field('d', table.concat(p.devices, ';') .. ';') end
    for realm = 0, 2 do
        if p.linger[realm] then
            is_there = true
            field('l' .. realm, p.linger[realm])
        end
        if p.seen[realm] then field('s' .. realm, p.seen[realm]) end
    end
    for realm = 1, 2 do
        if p.shown[realm] ~= 0 then field('p' .. realm, p.shown[realm]) end
        if p.version[realm] ~= '0' then field('v' .. realm, p.version[realm]) end
    end
    if p.active then field('ac', active_text(p.active)) end
    if is_there then call('HSET', k, unpack(fields)) end
end

local function realm_of(device) return tonumber(string.sub(device, 1, 1)) end
local function node_of(device) return string.match(device, '^%d (%d+) ') end

local function devices_in(p, realm)
    local there = {}
    for _, device in ipairs(p.devices) do
        if realm_of(device) == realm then there[#there + 1] = device end
    end
    return there
end

local function index_of(p, device)
    for i, each in ipairs(p.devices) do
        if each == device then return i end
    end
end

local function clear_linger(p, realm)
    if not p.linger[realm] then return end
    call('ZREM', key('linger'), table.concat({p.id, realm, p.linger[realm]}, ' '))
    p.linger[realm] = nil
end

local function set_linger(p, realm, number, until_ms)
    clear_linger(p, realm)
    p.linger[realm] = number
    call('ZADD', key('linger'), until_ms, table.concat({p.id, realm, number}, ' '))
end

local function add_device(p, device)
    if index_of(p, device) then return end
    local realm = realm_of(device)
    if #devices_in(p, realm) == 0 then call('HINCRBY', key('connected'), realm, 1) end
    p.devices[#p.devices + 1] = device
    call('SADD', key('n:' .. node_of(device) .. ':d'), p.id)
end

-- Whether it was there.
local function remove_device(p, device)
    local at = index_of(p, device)
    if not at then return false end
    table.remove(p.devices, at)
    local realm, node = realm_of(device), node_of(device)
    if #devices_in(p, realm) == 0 then call('HINCRBY', key('connected'), realm, -1) end
    for _, other in ipairs(p.devices) do
        if node_of(other) == node then return true end
    end
    call('SREM', key('n:' .. node .. ':d'), p.id)
    return true
end

-- Presence ------------------------------------------------------------------------------------------------------------

local OFFLINE, ONLINE, ON_CALL = 0, 1, 2
local TELECALLER, PEER = 1, 2

local function is_reachable(p, realm) return #devices_in(p, realm) > 0 or p.linger[realm] ~= nil end

local function derive(p, realm)
    if realm == 0 or (realm == TELECALLER and p.role ~= '1') then return OFFLINE end
    if p.active and p.active.accepted then return ON_CALL end
    return is_reachable(p, realm) and ONLINE or OFFLINE
end

-- Contacts are told of who comes to `/` and leaves it, not of who talks elsewhere.
local function shown(p, realm)
    if realm == PEER and not is_reachable(p, realm) then return OFFLINE end
    return derive(p, realm)
end

local function set_shown(p, realm, now)
    p.shown[realm] = now
    if now == OFFLINE then
        call('HDEL', key('here:' .. realm), p.id)
    else
        call('HSET', key('here:' .. realm), p.id, now)
    end
end

local changes = {} -- `account realm presence version last_seen`
local last_version

-- The one place where a change of presence is noticed, so that each is announced once. While the nodes tell what they
-- hold half of the truth is unknown: what seems to have changed is looked at afterwards.
local function report(p)
    for realm = 1, 2 do
        local now = shown(p, realm)
        if now ~= p.shown[realm] then
            if is_settling() then
                call('SADD', key('unsettled'), p.id)
            else
                set_shown(p, realm, now)
                last_version = digits(call('INCR', key('version')))
                p.version[realm] = last_version
                changes[#changes + 1] = table.concat({p.id, realm, now, last_version, p.seen[realm] or '0'}, ' ')
            end
        end
    end
end

-- The last act of each script that changes presence: no crash of a node loses a change.
local function announce()
    if #changes == 0 then return end
    local text = ME .. '\n' .. table.concat(changes, '\n')
    call('XADD', key('changes'), 'MAXLEN', '~', 10000, last_version .. '-0', 'c', text)
    call('PUBLISH', key('presence'), text)
end

-- Calls ---------------------------------------------------------------------------------------------------------------

local function load_call(id)
    local h = call('HMGET', key('c:' .. id), 'node', 'shard', 'f', 'fr', 't', 'tr', 'st')
    if not h[1] then return nil end
    return {id = id, node = h[1], shard = h[2], f = h[3], fr = h[4], t = h[5], tr = h[6], st = tonumber(h[7])}
end

local function save_call(c)
    call('HSET', key('c:' .. c.id), 'node', c.node, 'shard', c.shard, 'f', c.f, 'fr', c.fr, 't', c.t, 'tr', c.tr, 'st', c.st)
    call('SADD', key('n:' .. c.node .. ':c'), c.id)
end

local function involve(p, c, side)
    p.active = {call = c.id, side = side, realm = side == '0' and c.fr or c.tr, accepted = c.st == 2, node = c.node, shard = c.shard}
end

-- Both parties are free.
local function release(c)
    if c.st == 0 then return end
    c.st = 0
    call('HSET', key('c:' .. c.id), 'st', 0)
    call('ZREM', key('due'), c.id)
    for _, who in ipairs({c.f, c.t}) do
        local p = load(who)
        if p.active and p.active.call == c.id then
            p.active = nil
            report(p)
            save(p)
        end
    end
end

local function forget(c)
    release(c)
    call('DEL', key('c:' .. c.id))
    call('SREM', key('n:' .. c.node .. ':c'), c.id)
    call('SREM', key('n:' .. c.node .. ':oldc'), c.id)
end

-- When every node has told what it holds there is nothing to wait for.
local function settle_if_all_told()
    if call('EXISTS', key('settling'), key('counted')) ~= 2 then return end
    for _, node in ipairs(call('ZRANGE', key('nodes'), 0, -1)) do
        if not call('HGET', key('n:' .. node), 'told') then return end
    end
    call('DEL', key('settling'))
end

