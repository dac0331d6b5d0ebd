#include "gateway/authenticator.hpp"

#include "auth/token_source.hpp"
#include "base/log_line.hpp"
#include "gateway/address_subject.hpp"
#include "gateway/event_payload.hpp"
#include "gateway/peer_device.hpp"
#include "gateway/station.hpp"

#include <chrono>
#include <utility>

namespace ringback::gateway {
namespace {

using enum connect_refusal;

/// No socket lives that long, and the timer wheel turns two years far.
constexpr std::chrono::days no_expiry{365};

std::string token_of(socketio::socket& s, std::optional<call::realm> where,
                     std::vector<std::string> const& cors_origins) {
    // On `/` who shows no token may do so later; a cookie there would speak for whoever opens a page.
    if (where == call::realm::peer) return text_member(s.auth(), "token").value_or("");
    auto const& request = s.request();
    auto header = [&](std::string_view name) { return request.header(name); };
    std::optional<std::string> auth_token = text_member(s.auth(), "token");
    auth::token_places places{.auth_token = auth_token ? std::string_view{*auth_token} : std::string_view{},
                              .authorization = header("authorization"),
                              .cookie = header("cookie"),
                              .host = header("host")};
    if (auto origin = header("origin"); !origin.empty()) places.origin = origin;
    return std::string{auth::find_token(places, cors_origins).value_or("")};
}

} // namespace

bool role_fits(call::role role, std::optional<call::realm> where) noexcept {
    if (!where) return role == call::role::admin;
    switch (*where) {
    case call::realm::user: return role == call::role::user;
    case call::realm::telecaller: return role == call::role::telecaller;
    case call::realm::peer: break;
    }
    return true;
}

std::optional<connect_refusal> check_account(call::account const* account, auth::claims const& who) {
    if (!account) return account_not_found;
    if (account->role != role_of(who.role)) return access_denied;
    if (account->status != call::account_status::active) return account_suspended;
    if (!is_approved(*account)) return not_approved;
    return std::nullopt;
}

std::optional<connect_refusal> reason_to_leave(call::account const& account,
                                               std::optional<call::realm> where) noexcept {
    if (account.status != call::account_status::active) return account_suspended;
    if (!role_fits(account.role, where)) return access_denied;
    if (!is_approved(account)) return not_approved;
    return std::nullopt;
}

void authenticator::guard(socketio::nsp& where, std::optional<call::realm> realm) {
    where.use([this, realm](socketio::socket& s, socketio::admission a) { begin(s, realm, std::move(a)); });
}

void authenticator::begin(socketio::socket& s, std::optional<call::realm> realm, socketio::admission admission) {
    auto const& config = at_.shared().config;
    std::uint64_t number = next_++;
    attempts_.emplace(number, attempt{.from = s.ref(),
                                      .realm = realm,
                                      .admission = std::move(admission),
                                      .address = address_subject(s.request().address),
                                      .token = token_of(s, realm, config.cors_origins),
                                      .who = {}});
    if (at_.entrance().grace_of(realm).count() != 0) return spare_returning(number);
    count(number);
}

void authenticator::identify(socketio::socket& s, std::string token) {
    std::uint64_t number = next_++;
    attempts_.emplace(number, attempt{.from = s.ref(),
                                      .realm = call::realm::peer,
                                      .admission = {},
                                      .address = {},
                                      .token = std::move(token),
                                      .who = {}});
    check_token(number);
}

/// An account that returns to its own call within a grace is not counted.
void authenticator::spare_returning(std::uint64_t number) {
    attempt& a = attempts_.at(number);
    if (!verify(a)) return count(number);
    at_.registry().active_call_of(a.who->account, [this, number](ports::agreed<std::optional<ports::involvement>> f) {
        attempt const& of = attempts_.at(number);
        auto const& in = f ? *f : std::nullopt;
        if (!in || in->realm != of.realm) return count(number);
        at_.ask(in->home, in->call, of.who->account, call_question::subject::misses_party,
                [this, number](std::string const& is_returning) {
                    is_returning.empty() ? count(number) : check_token(number);
                });
    });
}

void authenticator::count(std::uint64_t number) {
    services& shared = at_.shared();
    at_.registry().take_attempt(ports::limited_action::connection, attempts_.at(number).address,
                                shared.config.limits.connections, at_.now().mono, [this, number](bool is_within) {
                                    is_within ? check_token(number) : refuse(number, rate_limited);
                                });
}

bool authenticator::verify(attempt& a) {
    if (a.who || a.token.empty()) return a.who.has_value();
    if (auto who = at_.shared().verifier.verify(a.token, at_.now().wall)) a.who = *std::move(who);
    return a.who.has_value();
}

void authenticator::check_token(std::uint64_t number) {
    attempt& a = attempts_.at(number);
    if (a.token.empty() && a.realm == call::realm::peer && a.admission)
        return let_in(take(number), std::make_unique<peer_device>(nullptr));
    if (a.token.empty()) return refuse(number, token_required);
    if (!verify(a)) return refuse(number, token_invalid);
    if (!role_fits(role_of(a.who->role), a.realm)) return refuse(number, access_denied);
    auth::claims who = *a.who; // the attempt may be over before admit() returns
    at_.shared().accounts.admit(at_.shard(), who, at_.now(),
                                [this, number](account_directory::found const& f) { judge(number, f); });
}

void authenticator::judge(std::uint64_t number, account_directory::found const& account) {
    if (!account) {
        attempt a = take(number);
        log_line{"connect-without-store"}.text("account", a.who->account.text()).write(spdlog::level::warn);
        if (socketio::socket* s = at_.hub().find(a.from)) s->drop(engineio::close_reason::forced_close);
        return; // the refusal of the admission finds a closing transport
    }
    if (auto why = check_account(account->get(), *attempts_.at(number).who)) return refuse(number, *why);
    admit(take(number), *account);
}

void authenticator::admit(attempt a, account_ptr account) {
    socketio::socket* s = at_.hub().find(a.from);
    if (!s) return;
    std::unique_ptr<token_expiry> expiry;
    if (auto until = at_.shared().verifier.valid_until(*a.who)) {
        moment now = at_.now();
        if (auto left = *until - now.wall; left < no_expiry) {
            expiry = std::make_unique<token_expiry>(at_.entrance(), a.from);
            at_.hub().timers().arm(*expiry, now.mono + left);
        }
    }
    if (!a.admission) return at_.peers_here().welcome(*s, std::move(account), std::move(expiry));
    bool is_peer = a.realm == call::realm::peer;
    auto d = is_peer ? std::unique_ptr<device>{std::make_unique<peer_device>(std::move(account))}
                     : std::make_unique<device>(std::move(account), a.realm);
    d->expiry = std::move(expiry);
    let_in(std::move(a), std::move(d));
}

void authenticator::let_in(attempt a, std::unique_ptr<device> d) {
    socketio::socket* s = at_.hub().find(a.from);
    if (!s) return;
    s->keep(std::move(d));
    at_.shared().seen.connected(std::nullopt);
    a.admission->accept();
}

void authenticator::refuse(std::uint64_t number, connect_refusal why) {
    at_.shared().seen.connected(why);
    attempt a = take(number);
    if (a.admission) return a.admission->refuse(wire_of(why).message, render_connect_data(why));
    if (socketio::socket* s = at_.devices_here().find(a.from)) at_.peers_here().turn_away(*s, why);
}

authenticator::attempt authenticator::take(std::uint64_t number) {
    return std::move(attempts_.extract(number).mapped());
}

} // namespace ringback::gateway
