#include "store/sql/steps.hpp"

#include <algorithm>
#include <cassert>
#include <utility>
#include <variant>

namespace ringback::store {

namespace {

/// false: the writer is a token that is not newer than the last one.
bool merge(call::account& into, ports::put_account const& what) {
    if (auto const* claims = std::get_if<ports::by_claims>(&what.writer))
        return call::refresh_from_claims(into, what.patch, claims->issued_at, what.fresh_approval);
    call::write_by_admin(into, what.patch, what.fresh_approval);
    return true;
}

void put(ports::put_account const& what, tables& in) {
    if (auto known = in.accounts.find_to_write(what.id)) {
        if (merge(*known, what)) in.accounts.update(*known);
        return;
    }
    call::account fresh;
    fresh.id = what.id;
    fresh.created_at = what.at;
    merge(fresh, what);
    in.accounts.insert(fresh);
}

/// A step of a call was taken: its history has it, and the outbox, with the call as it is now.
void tell(call_id const& call, ports::timeline_event const& event, ports::webhook_type as, tables& in) {
    in.timeline.append(call, event);
    if (!in.webhooks.wants(as)) return;
    if (auto const now = in.lists.find(call)) in.webhooks.append(as, event.at, *now);
}

bool open_call(ports::call_opened const& what, tables& in) {
    if (!in.calls.open(what.what.facts, in.node)) return false;
    tell(what.what.facts.id, what.event, ports::webhook_type::call_ringing, in);
    return true;
}

bool answer_call(ports::call_answered const& what, tables& in) {
    if (!in.calls.answer(what.id, what.what)) return false;
    if (what.has_room) in.media.expect_room(what.id);
    tell(what.id, what.event, ports::webhook_type::call_accepted, in);
    return true;
}

bool note_media(ports::media_began const& what, tables& in) {
    if (!in.media.begin(what.id, what.at)) return false;
    in.timeline.append(what.id, what.event);
    return true;
}

bool note_attempt(ports::call_not_begun const& what, tables& in) {
    if (!in.calls.insert_busy(what.what.facts, what.event.at)) return false;
    tell(what.what.facts.id, what.event, ports::webhook_type::call_ended, in);
    return true;
}

bool tell(ports::presence_shown const& what, tables& in) {
    auto who = in.accounts.find(what.who);
    if (!who) return false;
    if (in.webhooks.wants(ports::webhook_type::account_presence))
        in.webhooks.append(what.at, {*std::move(who), what.realm, what.now});
    return true;
}

bool relate(ports::put_relation const& what, tables& in) {
    if (!in.accounts.find(what.from) || !in.accounts.find(what.to)) return false;
    if (what.holds)
        in.relations.put(what.from, what.what, what.to, what.at);
    else
        in.relations.remove(what.from, what.what, what.to);
    return true;
}

bool relate(ports::put_pair const& what, tables& in) {
    if (!in.accounts.find(what.one) || !in.accounts.find(what.other)) return false;
    if (what.holds)
        in.relations.put_pair(what.one, what.other, what.at);
    else
        in.relations.remove_pair(what.one, what.other);
    return true;
}

bool resume_call(ports::call_resumed const& what, tables& in) {
    if (!in.outages.end(what.id)) return false;
    in.timeline.append(what.id, what.event);
    return true;
}

void change(ports::change_sessions const& what, tables& in) {
    for (std::string const& hash : what.used_up)
        in.sessions.remove(hash);
    if (!what.fresh.empty()) in.sessions.insert(what.fresh, what.account, in.node);
}

void let_expire(ports::let_session_expire const& what, tables& in) {
    in.sessions.forget_old(what.now - (what.until - what.now));
    in.sessions.let_expire(what.hash, what.until);
}

struct step {
    tables& in;

    bool operator()(ports::put_account const& what) const {
        put(what, in);
        return true;
    }
    bool operator()(ports::call_opened const& what) const { return open_call(what, in); }
    bool operator()(ports::call_answered const& what) const { return answer_call(what, in); }
    bool operator()(ports::call_resumed const& what) const { return resume_call(what, in); }
    bool operator()(ports::call_closed const& what) const { return close_call(what, in); }
    bool operator()(ports::call_not_begun const& what) const { return note_attempt(what, in); }
    bool operator()(ports::media_began const& what) const { return note_media(what, in); }
    bool operator()(ports::room_gone const& what) const {
        in.media.forget_room(what.id);
        return true;
    }
    bool operator()(ports::put_relation const& what) const { return relate(what, in); }
    bool operator()(ports::put_pair const& what) const { return relate(what, in); }
    bool operator()(ports::presence_shown const& what) const { return tell(what, in); }
    bool operator()(ports::keep_untold const& what) const { return in.outages.keep({what.id, what.side, what.until}); }
    bool operator()(ports::drop_untold const& what) const {
        in.outages.drop(what.id, what.side);
        return true;
    }
    bool operator()(ports::change_sessions const& what) const {
        change(what, in);
        return true;
    }
    bool operator()(ports::let_session_expire const& what) const {
        let_expire(what, in);
        return true;
    }
};

} // namespace

bool close_call(ports::call_closed const& what, tables& in) {
    assert(call::is_final(what.what.status));
    auto const parties = in.calls.parties_of(what.id);
    if (!parties) return false;
    auto const& [caller, callee] = *parties;
    bool const is_billed = what.what.status == call::call_status::completed && caller.realm == call::realm::user &&
                           callee.realm == call::realm::telecaller;

    std::int64_t const spent = what.what.figures.coins_spent;
    std::int64_t const earned = what.what.figures.coins_earned;
    std::int64_t const paid = is_billed ? std::min(spent, caller.coins) : spent;
    if (!in.calls.close(what.id, what.what, *parties, spent - paid)) return false;

    if (is_billed) {
        auto const call = what.id.text();
        in.ledger.append({caller.account, call, -paid, caller.coins - paid, "call", what.what.ended_at});
        in.ledger.append({callee.account, call, earned, callee.coins + earned, "call", what.what.ended_at});
    }
    tell(what.id, what.event, ports::webhook_type::call_ended, in);
    return true;
}

std::optional<ports::ledger_entry> add_coins(ports::coin_movement const& what, tables& in) {
    auto const account = in.accounts.find_to_write(what.account);
    if (!account) return std::nullopt;
    if (auto done = in.ledger.find(what.account, what.key)) return done;
    // Written so that no sum overflows.
    std::int64_t const room = std::max<std::int64_t>(ports::max_balance - account->coins, 0);
    std::int64_t const moved = std::clamp(what.amount, -account->coins, room);
    in.ledger.append({.account = what.account.text(),
                      .call = std::nullopt,
                      .amount = moved,
                      .balance = account->coins + moved,
                      .reason = what.reason,
                      .created_at = what.at,
                      .key = what.key});
    return in.ledger.find(what.account, what.key);
}

bool carry_out(ports::call_write const& what, tables& in) { return std::visit(step{in}, what); }

} // namespace ringback::store
