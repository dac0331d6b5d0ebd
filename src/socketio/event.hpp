#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::socketio {

struct owned_event;

/// An event as it came from a client (Socket.IO protocol v5, "Sending and receiving data"). All views are into the
/// received bytes and valid until the handler returns, or, when it is a coroutine, until it suspends for the first
/// time.
struct event {
    std::string_view name;
    std::string_view args; ///< raw JSON of the arguments behind the name, separated by commas; strictly valid
    std::optional<std::uint64_t> ack_id;      ///< the client waits for socket::acknowledge with this id
    std::span<std::string const> attachments; ///< what `{"_placeholder":true,"num":i}` in args stands for

    /// The argument at `index`, raw; empty when there is none.
    [[nodiscard]] std::string_view arg(std::size_t index) const;
    [[nodiscard]] std::string_view first_arg() const { return arg(0); }
    /// A copy that outlives the handler.
    [[nodiscard]] owned_event to_owned() const;
};

/// An event that may be kept.
struct owned_event {
    std::string name;
    std::string args;
    std::optional<std::uint64_t> ack_id;
    std::vector<std::string> attachments;

    /// Views into this object.
    [[nodiscard]] event view() const { return {name, args, ack_id, attachments}; }
};

} // namespace ringback::socketio
