#pragma once

#include "engineio/connection.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringback::net {

/// A whole HTTP/1.1 request (RFC 9112) as the routes see it.
struct http_request {
    std::string method; ///< upper case, as sent
    std::string target; ///< origin form: path and query
    std::string body;
    engineio::opening_request opening; ///< address, headers and query

    [[nodiscard]] std::string_view path() const noexcept {
        return std::string_view{target}.substr(0, target.find('?'));
    }
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept { return opening.header(name); }
};

using http_headers = std::vector<std::pair<std::string, std::string>>;

struct http_reply {
    unsigned status = 200;
    http_headers headers; ///< beside Content-Length, Connection and Date
    std::string body;
    enum class connection { as_asked, close } after = connection::as_asked;
    bool compressible = false; ///< the body may be packed for clients that accept it

    [[nodiscard]] static http_reply text(unsigned status, std::string body) {
        return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(body)};
    }
    [[nodiscard]] static http_reply json(unsigned status, std::string body) {
        return {status, {{"Content-Type", "application/json"}}, std::move(body)};
    }
};

/// Answers one request, once, from any thread.
using reply_handler = std::move_only_function<void(http_reply)>;

} // namespace ringback::net
