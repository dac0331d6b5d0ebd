// call:initiate: the checks in the order of the contract; the first that fails is the call:error.
#include "gateway/marketplace.hpp"
#include "gateway/station.hpp"

#include <utility>

namespace ringback::gateway {

using call::refusal_code;

void marketplace::initiate(socketio::socket& s, socketio::event const& e) {
    sender from = at_.requests().sender_of(s, e, request_kind::initiate);
    services& shared = at_.shared();
    std::string const& subject = from.account->id.text();
    at_.registry().take_attempt(ports::limited_action::initiate, subject, shared.config.limits.initiate, at_.now().mono,
                                [this, from, request = read_initiate(e.first_arg(), from.account->id)](bool is_within) {
                                    is_within ? check_request(from, request)
                                              : at_.requests().refuse(from, refusal_code::rate_limited);
                                });
}

void marketplace::check_request(sender const& from, initiate_request const& request) {
    if (!request) return at_.requests().refuse(from, request.error());
    if (!is_available(*from.account)) return at_.requests().refuse(from, refusal_code::account_unavailable);
    auto callee = account_id::parse(request->telecaller);
    if (!callee) return at_.requests().refuse(from, refusal_code::callee_not_found);
    at_.shared().accounts.find(at_.shard(), *callee, [this, from, type = request->type](auto const& found) {
        check_callee(from, type, found);
    });
}

void marketplace::check_callee(sender const& from, call::call_type type, account_directory::found const& callee) {
    if (!callee) return at_.requests().refuse(from, refusal_code::internal);
    call::account const* them = callee->get();
    if (!them || them->role != call::role::telecaller || !is_available(*them))
        return at_.requests().refuse(from, refusal_code::callee_not_found);
    at_.desk().set_callee(from.token, *callee);
    call_attempt attempt{.type = type,
                         .caller = {display_of(*from.account), call::realm::user},
                         .callee = {display_of(*them), call::realm::telecaller},
                         .device = from.device,
                         .name = from.name,
                         .rates = at_.shared().config.tariff.of(type),
                         .prepaid_balance = {},
                         .token = from.token};
    if (at_.shared().config.billing == billing_mode::meter) return at_.calls().begin(std::move(attempt));
    check_coins(from, std::move(attempt));
}

/// Prepaid: only the store knows the balance. The registry refuses for it last, when every other check has passed.
void marketplace::check_coins(sender const& from, call_attempt attempt) {
    using read = ports::read_result<std::optional<call::account>>;
    auto then = [this, from, attempt = std::move(attempt)](read account) mutable {
        if (!account || !*account) return at_.requests().refuse(from, refusal_code::internal);
        std::int64_t coins = (*account)->coins;
        attempt.prepaid_balance = coins;
        attempt.can_afford = call::can_afford(coins, attempt.rates.user, at_.shared().config.minimum_paid);
        at_.calls().begin(std::move(attempt));
    };
    at_.shared().store.find_account(from.account->id, at_.back_here<read>(std::move(then)));
}

} // namespace ringback::gateway
