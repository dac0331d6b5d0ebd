-- account, realm, number. OK, changes.
local who, realm, number = ARGV[FIRST], tonumber(ARGV[FIRST + 1]), ARGV[FIRST + 2]
local refused = fence()
if refused then return refused end

local p = load(who)
if p.linger[realm] == number then
    clear_linger(p, realm)
    report(p)
    save(p)
    announce()
end
return {'OK', changes}
