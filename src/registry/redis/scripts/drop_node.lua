-- A piece of what is left of a node: number, linger of accounts whose node left on purpose in ms, lease in ms, how many
-- at once. Of the own number: of what was known of it before it told everything again. OK, changes, departures (account,
-- device, active call, remaining devices, lost at), whether all is done, calls that it has ended without freeing anybody;
-- or ANOTHER, when it is not this node's to do.
local number, linger, lease, most = ARGV[FIRST], tonumber(ARGV[FIRST + 1]), tonumber(ARGV[FIRST + 2]), ARGV[FIRST + 3]
local refused = fence()
if refused then return refused end

local is_own = number == ME
local lost_at, lingers = now_ms(), 0
if not is_own then
    local taker, ended, left = string.match(call('HGET', key('lost'), number) or '', '^(%d+) (%d+) (%d)$')
    if taker ~= ME then return {'ANOTHER'} end
    lost_at = left == '1' and tonumber(ended) or tonumber(ended) - lease
    lingers = left == '1' and linger or 0
end

local departures = {}
local function drop_account(who)
    local p = load(who)
    for i = #p.devices, 1, -1 do
        local device = p.devices[i]
        if node_of(device) == number then
            local realm = realm_of(device)
            remove_device(p, device)
            local remaining = devices_in(p, realm)
            if #remaining == 0 then
                p.seen[realm] = digits(lost_at)
                if lingers > 0 then
                    set_linger(p, realm, digits(call('INCR', key('version'))), now_ms() + lingers)
                end
            end
            if p.active and (is_own or p.active.node ~= number) then
                departures[#departures + 1] = {who, device, active_text(p.active), remaining, digits(lost_at)}
            end
        end
    end
    report(p)
    save(p)
end

local stranded = {}
local function drop_call(id)
    local c = load_call(id)
    if not c or c.node ~= number then return end
    if c.st ~= 0 and not is_own then stranded[#stranded + 1] = id end
    forget(c)
end

local of_node = key('n:' .. number .. ':')
local function pop(set, drop)
    local popped = call('SPOP', of_node .. set, most)
    for _, each in ipairs(popped) do drop(each) end
    return #popped > 0
end
local is_more = pop('old', drop_account) or pop('oldc', drop_call)
if not is_more and not is_own then is_more = pop('d', drop_account) or pop('c', drop_call) end
if not is_more then
    if is_own then
        call('HSET', key('n:' .. ME), 'told', 1)
        settle_if_all_told()
    else
        call('HDEL', key('lost'), number)
        call('DEL', key('n:' .. number))
        call('PUBLISH', key('gone'), number)
    end
end
announce()
return {'OK', changes, departures, is_more and 0 or 1, stranded}
