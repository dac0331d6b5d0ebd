#pragma once

#include "call/call_event.hpp"
#include "call/refusal.hpp"
#include "gateway/devices.hpp"
#include "gateway/request_kind.hpp"
#include "gateway/telemetry.hpp"

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

namespace ringback::gateway {

/// The clients' requests of one shard that wait for their answer. Each is answered once: by its acknowledgement, if the
/// client asked for one, and a refusal also by the error event of its kind.
class request_desk {
public:
    request_desk(socketio::hub& hub, devices& own, telemetry& seen) noexcept : hub_{hub}, devices_{own}, seen_{seen} {}

    /// `about`: the call that the request names; null: none that the client knows.
    [[nodiscard]] call::request_token open(socketio::socket& from, std::optional<std::uint64_t> ack_id,
                                           request_kind kind, call_id const& about = {});
    /// What becomes of a request that is answered in a way of its own: the acknowledgement, or why it is refused.
    using outcome_handler = std::move_only_function<void(std::expected<std::string_view, call::refusal_code>)>;
    [[nodiscard]] call::request_token open(account_ptr who, request_kind kind, call_id const& about,
                                           outcome_handler done);
    /// How much the request sends on, for the log.
    void set_bytes(call::request_token token, std::size_t bytes);
    /// Who is to be called, for the texts of a refusal.
    void set_callee(call::request_token token, account_ptr callee);
    /// Which call the request has begun, for the log.
    void set_call(call::request_token token, call_id const& made);

    /// Whether anybody reads the acknowledgement: otherwise it need not be rendered. Any thread.
    [[nodiscard]] static bool wants_answer(call::request_token token) noexcept { return (token.number & 1) != 0; }

    /// `acknowledgement`: JSON, may be empty when nobody wants it. Tokens of this shard that are not null.
    void succeed(call::request_token token, std::string_view acknowledgement);
    void refuse(call::request_token token, call::refusal_code code);
    /// By the acknowledgement alone: another event has told it.
    void refuse_quietly(call::request_token token, call::refusal_code code);

    /// Refuses with INTERNAL what has waited for longer: the node that was to answer is gone.
    void give_up_before(mono_time since);

    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.load(std::memory_order_relaxed); }

private:
    struct request {
        account_ptr who;
        socket_ref from;
        std::optional<std::uint64_t> ack_id;
        request_kind kind;
        call_id about;  ///< as the client knows it
        call_id made{}; ///< by this request
        account_ptr callee{};
        outcome_handler done{}; ///< empty for one that is answered by acknowledgement and error event
        std::size_t bytes = 0;
        mono_time since{};
    };
    [[nodiscard]] call::request_token keep(request r, bool wants_answer);
    enum class telling : std::uint8_t { by_event_too, by_acknowledgement };
    void refuse(call::request_token token, call::refusal_code code, telling how);
    [[nodiscard]] std::optional<request> take(call::request_token token, std::optional<call::refusal_code> refusal);

    socketio::hub& hub_;
    devices& devices_;
    telemetry& seen_;
    std::unordered_map<std::uint64_t, request> requests_;
    std::uint64_t next_ = 1;
    std::atomic<std::size_t> waiting_ = 0; ///< requests_.size(), for any thread
};

} // namespace ringback::gateway
