#include "gateway/rest_admission.hpp"

#include "auth/token_source.hpp"
#include "gateway/station.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace ringback::gateway {
namespace {

std::optional<std::string_view> token_of(net::http_request const& request, gateway_config const& config) {
    auth::token_places places{.authorization = request.header("authorization"),
                              .cookie = request.header("cookie"),
                              .host = request.header("host")};
    if (auto origin = request.header("origin"); !origin.empty()) places.origin = origin;
    return auth::find_token(places, config.cors_origins);
}

} // namespace

void admit(exchange_ptr x, rest_route const& route) {
    services& shared = x->at.shared();
    auto token = token_of(x->request, shared.config);
    if (!token) return x->refuse(problem_of(connect_refusal::token_required));
    auto who = shared.verifier.verify(*token, x->at.now().wall);
    if (!who) return x->refuse(problem_of(connect_refusal::token_invalid));
    if (route.who == rest_access::admin && who->role != auth::account_role::admin)
        return x->refuse(problem_of(connect_refusal::access_denied));
    station& at = x->at;
    shared.accounts.admit(
        at.shard(), *who, at.now(),
        [x = std::move(x), who = *who, handle = route.handle](account_directory::found known) mutable {
            if (!known) return x->refuse(problem_of(known.error()));
            if (auto why = check_account(known->get(), who)) return x->refuse(problem_of(*why));
            x->me = *std::move(known);
            handle(std::move(x));
        });
}

} // namespace ringback::gateway
