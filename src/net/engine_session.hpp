#pragma once

#include "base/timer_wheel.hpp"
#include "engineio/connection.hpp"
#include "engineio/payload.hpp"
#include "engineio/session_machine.hpp"
#include "engineio/sid.hpp"
#include "net/handshake_limiter.hpp"
#include "net/http_message.hpp"
#include "net/mailbox.hpp"
#include "net/outbox.hpp"
#include "net/websocket_transport.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace ringback::net {

class engine;
class figure;

/// One Engine.IO session with its transports: carries out what the pure session_machine decides. It is a slot of its
/// shard's engine; an idle one holds no buffer, no coroutine and no descriptor of Asio's.
class engine_session final : public engineio::connection, websocket_transport::owner, timer_wheel::timer {
public:
    engine_session(engine& home, engineio::session_id const& sid, engineio::opening_request opening,
                   engineio::transport_kind on, bool base64, handshake_limiter::ticket ticket);
    ~engine_session() override;

    [[nodiscard]] engineio::session_id const& name() const noexcept { return sid_; }
    [[nodiscard]] engineio::session_machine const& machine() const noexcept { return machine_; }

    // The requests of its client.
    void start(); ///< once, when it is reachable by its sid
    void use(std::unique_ptr<websocket_transport> opened);
    void attach(std::unique_ptr<websocket_transport> candidate);
    void poll(std::uint64_t poll_id, reply_handler reply);
    void poll_aborted(std::uint64_t poll_id);
    [[nodiscard]] bool begin_post(task reset);
    void heard(); ///< a part of the POST's body came
    void post(std::string_view body, engineio::payload_form form, reply_handler reply);
    void post_failed(engineio::request_end how);
    void shut_down(); ///< the server stops
    /// The server will stop: as shut_down(), but what waits for the next poll may still be fetched by it.
    void retire();
    [[nodiscard]] bool is_closing() const noexcept { return !machine_.is_open(); }
    [[nodiscard]] websocket_transport::owner& as_owner() noexcept { return *this; }

    /// What the polling handshake is answered with.
    [[nodiscard]] http_reply open_reply() const;

    /// Sends what gathered in this turn; says and does what ended in it.
    void end_turn();

    // engineio::connection
    void send(websocket::frame_ptr message) override;
    void close(engineio::close_reason why) override;
    [[nodiscard]] bool is_idle() const override;
    [[nodiscard]] std::size_t buffered_bytes() const override { return out_.bytes(); }
    [[nodiscard]] engineio::opening_request const& request() const override { return opening_; }
    [[nodiscard]] engineio::opening_request const* carrier() const override;
    [[nodiscard]] std::string_view sid() const override { return sid_.text(); }

private:
    // websocket_transport::owner
    void on_bytes(websocket_transport& from) override;
    void on_message(websocket_transport& from, websocket::event const& message) override;
    void on_reply(websocket_transport& from, websocket::frame_ptr reply) override;
    void on_writable(websocket_transport& from) override;
    void on_ended(websocket_transport& from, websocket_transport::ending how, websocket::close_code code) override;
    // timer_wheel::timer
    void on_expiry(mono_time now) override;

    [[nodiscard]] engineio::packet_channel channel_of(websocket_transport const& t) const noexcept;
    void carry_out(engineio::session_verdict verdict, engineio::packet_view const& packet = {});
    void deliver(engineio::packet_view const& packet);
    void finish(engineio::close_reason why);
    void push(websocket::frame_ptr frame);
    void drop_outbox();
    [[nodiscard]] figure& sessions_on(engineio::transport_kind kind) const;
    void flush();
    void answer_poll(http_reply reply);
    [[nodiscard]] http_reply take_payload();
    /// The answer to a poll that holds packets of ours alone: type digits, in their order.
    [[nodiscard]] http_reply control_reply(std::string_view types) const;
    [[nodiscard]] websocket::frame_ptr adapted(websocket::frame_ptr message) const;
    void close_transport(std::unique_ptr<websocket_transport> transport, websocket::close_code code);
    void rearm();
    [[nodiscard]] mono_time now() const;

    // given
    engine& home_;
    // owned
    std::unique_ptr<engineio::session_handler> handler_;
    std::unique_ptr<websocket_transport> websocket_;
    std::unique_ptr<websocket_transport> candidate_;
    reply_handler parked_; ///< answers the poll that waits
    task reset_post_;      ///< ends the connection of the POST that is coming
    outbox out_;
    engineio::opening_request opening_;
    handshake_limiter::ticket handshake_; ///< in flight until the layer above has said something
    // state
    engineio::session_machine machine_;
    engineio::session_id sid_;
    std::uint64_t poll_id_ = 0;
    mono_time armed_for_{};
    websocket::close_code close_code_ = websocket::close_code::no_status; ///< of the frame that closes the WebSocket
    bool base64_;
    bool touched_ = false;
    bool told_ = false; ///< the layer above knows the end

    friend class engine;
};

} // namespace ringback::net
