-- call, node and shard of its home, caller, its realm, callee, its realm, whether the caller can afford it, how long it
-- may ring in ms. OK, the callee's devices, the crossing call; or NO and the refusal. The order of the checks is the
-- contract's (section 3).
local c = {
    id = ARGV[FIRST], node = ARGV[FIRST + 1], shard = ARGV[FIRST + 2], f = ARGV[FIRST + 3], fr = ARGV[FIRST + 4],
    t = ARGV[FIRST + 5], tr = ARGV[FIRST + 6], st = 1
}
local can_afford, rings = ARGV[FIRST + 7] == '1', tonumber(ARGV[FIRST + 8])
local refused = fence_and_settled()
if refused then return refused end

local caller, callee = load(c.f), load(c.t)
local realm = tonumber(c.tr)
local devices = devices_in(callee, realm)
local known = load_call(c.id)
if known and known.node == c.node then return {'OK', devices, ''} end -- it was tried before

local presence = derive(callee, realm)
if presence == OFFLINE then return {'NO', 'CALLEE_OFFLINE'} end
if presence == ON_CALL then return {'NO', 'CALLEE_BUSY'} end
if #devices == 0 then return {'NO', 'CALLEE_UNAVAILABLE'} end
local mine, theirs = caller.active, callee.active
if tonumber(c.fr) == PEER and mine and theirs and mine.call == theirs.call and theirs.side == '0' and
    tonumber(theirs.realm) == PEER then
    return {'OK', devices, active_text(theirs)}
end
if mine then return {'NO', 'ALREADY_IN_CALL'} end
if theirs then return {'NO', 'CALLEE_BUSY'} end
if not can_afford then return {'NO', 'INSUFFICIENT_COINS'} end

involve(caller, c, '0')
involve(callee, c, '1')
save(caller)
save(callee)
save_call(c)
call('ZADD', key('due'), now_ms() + rings, c.id)
return {'OK', devices, ''}
