#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ringback::socketio {

/// An event as it came from a client. All views are into the received bytes and valid until the handler returns.
struct event {
    std::string_view name;
    std::string_view args; ///< raw JSON of the arguments behind the name, separated by commas; strictly valid
    std::optional<std::uint64_t> ack_id;      ///< the client waits for socket::acknowledge with this id
    std::span<std::string const> attachments; ///< what `{"_placeholder":true,"num":i}` in args stands for

    /// The first argument, raw; empty when there is none.
    [[nodiscard]] std::string_view first_arg() const;
};

} // namespace ringback::socketio
