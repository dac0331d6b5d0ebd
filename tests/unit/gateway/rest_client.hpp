#pragma once

#include "gateway/rest.hpp"
#include "stage.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ringback::gateway::testing {

/// Asks the gateway of a stage over REST.
class rest_client {
public:
    explicit rest_client(stage& on) : stage_{on} {}

    /// Without a token unless `headers` has one. The reply is status 0 until it has come.
    std::shared_ptr<net::http_reply const> begin(std::string method, std::string target, std::string body = {},
                                                 std::string headers = {}) {
        auto got = std::make_shared<net::http_reply>(net::http_reply{.status = 0, .headers = {}, .body = {}});
        net::http_request request{std::move(method), std::move(target), std::move(body), {}};
        request.opening.headers = std::move(headers);
        answer_rest(stage_.server->at(0), request, [got](net::http_reply r) { *got = std::move(r); });
        stage_.settle();
        return got;
    }
    /// The reply that needs no time.
    net::http_reply ask(std::string method, std::string target, std::string body = {}, std::string headers = {}) {
        return *begin(std::move(method), std::move(target), std::move(body), std::move(headers));
    }
    static std::string admin() { return bearer("root", auth::account_role::admin); }
    static std::string bearer(auth::claims const& who) { return "Authorization: Bearer " + stage::sign(who) + "\r\n"; }
    static std::string bearer(std::string_view id, auth::account_role role) {
        return bearer(stage::claims_of(id, role));
    }
    net::http_reply as_admin(std::string method, std::string target, std::string body = {}, std::string headers = {}) {
        return ask(std::move(method), std::move(target), std::move(body), admin() + headers);
    }
    net::http_reply as_user(std::string method, std::string target, std::string body = {}) {
        return ask(std::move(method), std::move(target), std::move(body), bearer("uma", auth::account_role::user));
    }

private:
    stage& stage_;
};

inline std::string header_of(net::http_reply const& reply, std::string_view name) {
    for (auto const& [key, value] : reply.headers)
        if (key == name) return value;
    return {};
}

} // namespace ringback::gateway::testing
