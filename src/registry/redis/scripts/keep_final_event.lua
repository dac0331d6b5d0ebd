-- account, realm, call, side, event, its arguments, until and now by the node's wall clock, how (0: keep it until a device
-- comes, 1: unless one is there, 2: it was told already, only bear it in mind), how many are kept, `;` and devices that are
-- not there any more, each with a `;`. OK, the devices that are to get it now.
local who, realm, id, side = ARGV[FIRST], ARGV[FIRST + 1], ARGV[FIRST + 2], ARGV[FIRST + 3]
local event, args = ARGV[FIRST + 4], ARGV[FIRST + 5]
local until_ms, wall = tonumber(ARGV[FIRST + 6]), tonumber(ARGV[FIRST + 7])
local how, most, gone = ARGV[FIRST + 8], tonumber(ARGV[FIRST + 9]), ARGV[FIRST + 10]
local refused = fence()
if refused then return refused end

if until_ms > wall then
    -- The first node that brings it sees to it. Who takes that one over knows from the store that the party was to be
    -- told, not that it was.
    local by = key('told:' .. id .. ':' .. side)
    call('SET', by, ME, 'NX', 'PX', until_ms - wall + 5000)
    if call('GET', by) ~= ME then return {'OK', {}} end
end
if how == '2' then return {'OK', {}} end
if how == '1' then
    local there = {}
    for _, device in ipairs(devices_in(load(who), tonumber(realm))) do
        -- Those of a node that is being taken over are gone, and go from here when all of it is told.
        local is_there = not string.find(gone, ';' .. device .. ';', 1, true)
        if is_there and call('HEXISTS', key('lost'), node_of(device)) == 0 then there[#there + 1] = device end
    end
    if #there > 0 then return {'OK', there} end
end
if until_ms <= wall then return {'OK', {}} end

local k = key('k:' .. who)
local text = table.concat({realm, ARGV[FIRST + 6], id, side, event, args}, ' ')
local kept = {}
for _, each in ipairs(call('LRANGE', k, 0, -1)) do
    if each == text then return {'OK', {}} end -- it was tried before
    if tonumber(string.match(each, '^%d (%d+) ')) > wall then kept[#kept + 1] = each end
end
kept[#kept + 1] = text
while #kept > most do table.remove(kept, 1) end
local left = math.max(call('PTTL', k), until_ms - wall)
call('DEL', k)
call('RPUSH', k, unpack(kept))
call('PEXPIRE', k, left)
return {'OK', {}}
