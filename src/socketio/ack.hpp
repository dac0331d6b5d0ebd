#pragma once

#include "base/timer_wheel.hpp"
#include "socketio/packet_content.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <unordered_map>

namespace ringback::socketio {

enum class ack_error {
    timeout,     ///< the client did not answer in time
    disconnected ///< the socket ended first
};

/// Gets the acknowledgement's arguments; the views are valid during the call.
using ack_handler = std::move_only_function<void(std::expected<packet_content, ack_error>)>;

/// The acknowledgements that one socket owes us (Socket.IO protocol v5, "Acknowledgement"), on its shard's thread. An
/// entry leaves by the answer, by its timeout or with the socket, so that none can leak. The handler of an entry runs
/// after the entry has left.
class pending_acks {
public:
    explicit pending_acks(timer_wheel& timers) : timers_{timers} {}
    ~pending_acks() { fail_all(); }

    void add(std::uint64_t id, ack_handler on_ack, mono_time deadline);
    /// Unknown ids, such as a second answer, are ignored.
    void resolve(std::uint64_t id, packet_content const& answer);
    void fail_all();
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

private:
    struct entry final : timer_wheel::timer {
        entry(pending_acks& in, std::uint64_t id, ack_handler on_ack) : in_{in}, id_{id}, on_ack_{std::move(on_ack)} {}
        void on_expiry(mono_time now) override;

        pending_acks& in_;
        std::uint64_t id_;
        ack_handler on_ack_;
    };
    void finish(std::uint64_t id, std::expected<packet_content, ack_error> result);

    timer_wheel& timers_;
    std::unordered_map<std::uint64_t, std::unique_ptr<entry>> entries_;
};

} // namespace ringback::socketio
