-- name, database, lease in ms, word for a new epoch, how long that settles in ms, the highest
-- version that this node has heard of. OK, epoch, whether it was made now,
-- the version of the last change; or DATABASE, or LOST.
local name, database, lease = ARGV[FIRST], ARGV[FIRST + 1], tonumber(ARGV[FIRST + 2])
local word, settles = ARGV[FIRST + 3], ARGV[FIRST + 4]

local known = call('GET', key('store'))
if known and known ~= database then return {'DATABASE'} end
if call('HEXISTS', key('lost'), ME) == 1 then return {'LOST'} end
local epoch = call('GET', key('epoch'))
local is_new = not epoch
if is_new then
    epoch = word
    call('SET', key('epoch'), epoch)
    call('SET', key('store'), database)
    call('SET', key('settling'), 1, 'PX', settles)
    -- Versions go on from before: more microseconds have passed than there were changes.
    local t = call('TIME')
    call('SET', key('version'), digits(tonumber(t[1]) * 1000000 + tonumber(t[2])))
end
-- A replica that was promoted may have missed the last ones.
if tonumber(call('GET', key('version')) or 0) < tonumber(ARGV[FIRST + 5]) then
    call('SET', key('version'), ARGV[FIRST + 5])
end
-- A number that this memory knew and has no more was taken over: it does not come back.
if epoch == EPOCH and not call('ZSCORE', key('nodes'), ME) then return {'LOST'} end
call('ZADD', key('nodes'), now_ms() + lease, ME)
call('HSET', key('n:' .. ME), 'epoch', epoch, 'name', name, 'sm', ARGV[3])
call('HDEL', key('n:' .. ME), 'told')
-- What it tells from now on is taken out of these; what is left then is not held any more.
for from, to in pairs({d = 'old', c = 'oldc'}) do
    local source, rest = key('n:' .. ME .. ':' .. from), key('n:' .. ME .. ':' .. to)
    if call('EXISTS', source) == 1 then
        call('SUNIONSTORE', rest, rest, source)
        call('DEL', source)
    end
end
return {'OK', epoch, is_new and 1 or 0, call('GET', key('version'))}
