-- lease in ms, number of the last tick that was answered, how late a timer has to be, when a deadline is handed out
-- again, the longest pulse, how many at once. OK, changes, nodes that this one has to take over, overdue calls
-- (`call node shard times`: how often it was handed out), all nodes, whether this node has to count the nodes of the store, whether that was done,
-- whether the nodes settle, whether Redis has forgotten a tick, the number of this one.
local lease, answered, late = tonumber(ARGV[FIRST]), tonumber(ARGV[FIRST + 1]), tonumber(ARGV[FIRST + 2])
local again, longest_pulse, most = tonumber(ARGV[FIRST + 3]), tonumber(ARGV[FIRST + 4]), ARGV[FIRST + 5]
local refused = fence()
if refused then return refused end

local now = now_ms()
local nodes = key('nodes')

-- While nobody ticked nobody could renew: that time does not count. Nor does a step of the clock.
local last = tonumber(call('GET', key('pulse')) or now)
local pause = now - last
if pause > longest_pulse or pause < 0 then
    for _, node in ipairs(call('ZRANGE', nodes, 0, -1)) do call('ZINCRBY', nodes, pause, node) end
end
call('SET', key('pulse'), digits(now))
call('ZADD', nodes, now + lease, ME)
local tick = call('HINCRBY', key('n:' .. ME), 'tick', 1)

-- Who is lost is taken over by whoever finds out, and by the next when that one is lost too.
local expired = call('ZRANGEBYSCORE', nodes, '-inf', digits(now), 'WITHSCORES')
for i = 1, #expired, 2 do
    local node = expired[i]
    call('ZREM', nodes, node)
    local left = call('HGET', key('n:' .. node), 'left') and 1 or 0
    call('HDEL', key('n:' .. node), 'epoch')
    call('HSET', key('lost'), node, table.concat({ME, digits(tonumber(expired[i + 1])), left}, ' '))
end
local mine = {}
local members = call('ZRANGE', nodes, 0, -1)
local lost = call('HGETALL', key('lost'))
for i = 1, #lost, 2 do
    members[#members + 1] = lost[i]
    local taker, rest = string.match(lost[i + 1], '^(%d+) (.*)$')
    if taker ~= ME and not call('ZSCORE', nodes, taker) then
        taker = ME
        call('HSET', key('lost'), lost[i], ME .. ' ' .. rest)
    end
    if taker == ME then mine[#mine + 1] = lost[i] end
end

-- What a node's own timers should have done by now.
for _, text in ipairs(call('ZRANGEBYSCORE', key('linger'), '-inf', digits(now - late), 'LIMIT', 0, most)) do
    local who, realm, number = string.match(text, '^(%S+) (%d) (%d+)$')
    local p = load(who)
    call('ZREM', key('linger'), text)
    if p.linger[tonumber(realm)] == number then
        p.linger[tonumber(realm)] = nil
        report(p)
        save(p)
    end
end
local overdue = {}
local is_alone = call('ZCARD', nodes) == 1
for _, id in ipairs(call('ZRANGEBYSCORE', key('due'), '-inf', digits(now - late), 'LIMIT', 0, most)) do
    local c = load_call(id)
    if not c or c.st ~= 1 then
        call('ZREM', key('due'), id)
    elseif (c.node ~= ME or is_alone) and call('ZSCORE', nodes, c.node) then
        call('ZADD', key('due'), now - late + again, id)
        local times = call('HINCRBY', key('c:' .. id), 'overdue', 1)
        overdue[#overdue + 1] = table.concat({id, c.node, c.shard, times}, ' ')
    end
end

if not is_settling() then
    for _, who in ipairs(call('SPOP', key('unsettled'), most)) do
        local p = load(who)
        report(p)
        save(p)
    end
end
local is_counted = call('EXISTS', key('counted')) == 1
local must_count = not is_counted and call('SET', key('counting'), ME, 'NX', 'PX', 5000)
announce()
return {
    'OK', changes, mine, overdue, members, must_count and 1 or 0, is_counted and 1 or 0, is_settling() and 1 or 0,
    tick <= answered and 1 or 0, tick
}
