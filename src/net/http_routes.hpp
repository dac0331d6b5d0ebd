#pragma once

#include "net/http_message.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::net {

class shard;

/// The plain HTTP routes beside the Engine.IO path. Filled before the server starts, then only read, by all shards.
class http_routes {
public:
    /// Runs on the shard of the connection; replies now or later. The request is valid during the call. A reply_handler
    /// that is destroyed unused answers 503; an exception ends the connection.
    using handler = std::function<void(shard&, http_request const&, reply_handler)>;

    /// `path` is matched whole, or as a prefix when it ends in `*`; the first match in the order of adding wins.
    void add(std::string method, std::string path, handler then);
    /// Replies 404 for an unknown path and 405 with `Allow` for a known one with another method.
    void dispatch(shard& on, http_request const& request, reply_handler reply) const;

private:
    struct route {
        std::string method, path;
        handler then;
    };
    std::vector<route> routes_;
};

} // namespace ringback::net
