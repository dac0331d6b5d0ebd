-- account, device, linger in ms, when it was lost. OK, changes, whether it was there, active call, whether it was the
-- last of its realm, what remains in the realm, number of the linger.
local who, device, linger, lost_at = ARGV[FIRST], ARGV[FIRST + 1], tonumber(ARGV[FIRST + 2]), ARGV[FIRST + 3]
local refused = fence()
if refused then return refused end

local realm = realm_of(device)
local p = load(who)
local was_there = remove_device(p, device)
local remaining = devices_in(p, realm)
local is_last = was_there and #remaining == 0
local number = '0'
if was_there then
    if is_last then
        p.seen[realm] = lost_at
        if linger > 0 then
            number = digits(call('INCR', key('version')))
            set_linger(p, realm, number, now_ms() + linger)
        end
    end
    report(p)
    save(p)
    announce()
end
-- The active call is named of an unknown device too: the answer to the first try may have been lost.
return {'OK', changes, was_there and 1 or 0, active_text(p.active), is_last and 1 or 0, p.active and remaining or {}, number}
