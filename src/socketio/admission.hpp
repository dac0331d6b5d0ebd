#pragma once

#include "base/ids.hpp"

#include <string_view>
#include <utility>

namespace ringback::socketio {

class hub;
class socket;

/// The right to decide one CONNECT (Socket.IO protocol v5, "Connection to a namespace"), once, on the shard's thread,
/// during the middleware or later. One that is destroyed undecided refuses, so that no client waits for ever. Deciding
/// for a client that has gone meanwhile does nothing.
class admission {
public:
    admission(hub& at, socket_ref who, std::size_t next) : hub_{&at}, who_{who}, next_{next} {}
    admission(admission&& other) noexcept
        : hub_{std::exchange(other.hub_, nullptr)},
          who_{other.who_},
          next_{other.next_} {}
    admission& operator=(admission&&) = delete;
    ~admission();

    /// Hands the client to the next middleware, or admits it after the last.
    void accept();
    /// Answers CONNECT_ERROR {message, data}; `data` is raw JSON or empty. The client may try again on its connection.
    void refuse(std::string_view message, std::string_view data = {});

private:
    hub* hub_;
    socket_ref who_;
    std::size_t next_; ///< index of the middleware that follows
};

} // namespace ringback::socketio
