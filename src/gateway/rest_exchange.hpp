#pragma once

#include "gateway/account_directory.hpp"
#include "gateway/rest_problem.hpp"
#include "gateway/rest_query.hpp"
#include "net/http_message.hpp"
#include "ports/call_store.hpp"

#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace ringback::gateway {

class station;

/// One REST request and its answer, on its way through the handlers. Lives on the shard of `at` and is given to whoever
/// answers next; when it ends unanswered, the client gets 503.
struct rest_exchange {
    // given
    station& at;
    net::http_request request;
    net::reply_handler reply; ///< to be called once
    // found out on the way
    std::vector<std::string> ids{}; ///< what stands for the `{…}` of the route, decoded
    rest_query query{};
    account_ptr me{};

    void answer(std::string json) { reply(net::http_reply::json(200, std::move(json))); }
    void refuse(problem const& p) { reply(render(p)); }
};
using exchange_ptr = std::unique_ptr<rest_exchange>;

/// `limit` and `cursor`; the error is a 400.
[[nodiscard]] std::expected<ports::page_request, problem> page_of(rest_query const& query);

} // namespace ringback::gateway
