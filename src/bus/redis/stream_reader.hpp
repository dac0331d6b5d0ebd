#pragma once

#include "redis/client.hpp"
#include "redis/config.hpp"
#include "socketio/broadcast.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::bus {

/// One entry of a stream. The views live as long as the reply that they are of.
struct stream_entry {
    socketio::cluster_offset at;
    std::string_view uid, nsp, type, data, own; ///< fields by their names; `own` is one of ours: `n`
};

/// The entry, when it has an id; fields that are missing are empty.
[[nodiscard]] std::optional<stream_entry> read_entry(redis::value const& raw);

/// Follows a stream from its end at the first connection on, without a gap over all later ones, as far as the stream
/// still has what came in between. Over a connection of its own, as it blocks. One thread, that of its executor.
class stream_reader {
public:
    using on_entry = std::function<void(stream_entry const&)>;
    using on_begin = std::function<void(socketio::cluster_offset)>;

    /// `begins` is told where it begins, then `heard` of all that follows.
    stream_reader(boost::asio::any_io_executor executor, redis::config server, std::string stream, on_begin begins,
                  on_entry heard);

    void start();
    [[nodiscard]] bool has_begun() const noexcept { return last_.has_value(); }

private:
    void find_end();
    void read();
    void take(redis::reply const& reply);
    void go_on();
    void pause();

    std::string const stream_;
    on_begin begins_;
    on_entry heard_;
    redis::client client_;
    boost::asio::steady_timer retry_;
    std::optional<socketio::cluster_offset> last_;
    bool is_waiting_ = false; ///< for the connection
};

} // namespace ringback::bus
