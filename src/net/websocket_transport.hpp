#pragma once

#include "net/outbox.hpp"
#include "net/socket_channel.hpp"
#include "net/socket_poller.hpp"
#include "websocket/decoder.hpp"
#include "websocket/deflate_pool.hpp"
#include "websocket/shared_frame.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace ringback::net {

/// One WebSocket after its opening handshake: a socket and the decoder of what it sends. It reads and
/// decodes; what it carries, and when to write, is its owner's decision.
class websocket_transport final : socket_poller::watcher {
public:
    enum class ending {
        peer_closed,    ///< a close frame, or the end of the stream
        failed,         ///< the socket reported an error
        protocol_broken ///< `code` of the event says which close code the client gets
    };

    class owner {
    public:
        /// Bytes came, whole message or not: a sign of life.
        virtual void on_bytes(websocket_transport& from) = 0;
        /// A text or binary message; the view is valid during the call.
        virtual void on_message(websocket_transport& from, websocket::event const& message) = 0;
        /// A frame that the protocol wants back: a pong.
        virtual void on_reply(websocket_transport& from, websocket::frame_ptr reply) = 0;
        virtual void on_writable(websocket_transport& from) = 0;
        /// No message comes from this transport any more. After protocol_broken it comes once more, when the stream
        /// has ended.
        virtual void on_ended(websocket_transport& from, ending how, websocket::close_code code) = 0;

    protected:
        ~owner() = default;
    };

    /// permessage-deflate as the handshake agreed on it, and the shard's zlib.
    struct compression {
        websocket::deflate_pool& pool;
        websocket::deflate_terms terms;
    };
    struct setup {
        std::uint64_t max_message_bytes; ///< on the wire, and decompressed
        std::optional<compression> deflate;
    };
    /// Takes the socket over and watches it. `read_buffer` is the shard's, used during reads only.
    websocket_transport(socket_channel channel, socket_poller& poller, std::span<char> read_buffer, setup const& with,
                        owner& who);
    websocket_transport(websocket_transport const&) = delete;
    websocket_transport& operator=(websocket_transport const&) = delete;
    ~websocket_transport();

    /// Decodes what was received together with the opening handshake. Once, when the owner is ready.
    void begin(std::span<char> bytes_behind);
    /// Hands what comes from now on to somebody else.
    void set_owner(owner& who) noexcept { owner_ = &who; }

    /// The frame to send in place of `frame`: compressed, when that was agreed on and is of use.
    [[nodiscard]] websocket::frame_ptr dressed(websocket::frame_ptr frame) const;
    [[nodiscard]] outbox::write_result write(outbox& from) { return channel_.write(from); }
    [[nodiscard]] bool is_ended() const noexcept { return state_ == state::ended; }
    void want_writability(bool wanted);
    [[nodiscard]] bool is_blocked() const noexcept { return wants_write_; }
    /// Writes a few bytes past any queue, at once or not at all: for frames that need no order.
    bool write_now(std::string_view bytes) noexcept { return channel_.write_now(bytes); }
    /// Ends our direction of the stream; the client's end or error arrives by on_ended().
    void shut_down() noexcept { channel_.shut_down(); }

private:
    void on_readable() override;
    void on_writable() override { owner_->on_writable(*this); }
    [[nodiscard]] bool take(socket_channel::read_result read);
    void take_held();
    void feed(std::span<char> bytes);
    void take_deflated(websocket::event message);
    void end(ending how, websocket::close_code code = websocket::close_code::abnormal);

    // given
    socket_poller& poller_;
    std::span<char> read_buffer_;
    owner* owner_;
    std::uint64_t max_message_bytes_;
    std::optional<compression> deflate_;
    // owned
    socket_channel channel_;
    websocket::decoder decoder_;
    std::unique_ptr<websocket::inflater> inflater_; ///< of a client that keeps its context and has used it
    // state
    enum class state : std::uint8_t { open, broken, ended };
    state state_ = state::open; ///< broken: what comes is thrown away until the stream ends
    bool wants_write_ = false;
};

} // namespace ringback::net
