#pragma once

#include "net/tls_context.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ringback::net {

/// The server's side of TLS on one connection. It does no I/O: its owner gives it what the socket received and sends
/// what it wants sent, so that the same session serves the coroutine that speaks HTTP and, behind an upgrade, the
/// readiness loop of a WebSocket. The handshake happens within read(). An idle session holds no buffer. One thread at a
/// time; it may change.
class tls_session {
public:
    explicit tls_session(tls_context const& context);
    tls_session(tls_session const&) = delete;
    tls_session& operator=(tls_session const&) = delete;
    ~tls_session();

    enum class state : unsigned char {
        open,
        ended, ///< the client said that nothing follows
        failed ///< the client broke the protocol, or nothing could be agreed on
    };
    [[nodiscard]] state where() const noexcept { return state_; }

    /// What the socket received; copied.
    void receive(std::string_view ciphertext);
    /// Plain bytes, as many as there are and as fit. 0: more has to be received first, unless where() says that nothing
    /// comes. May leave output.
    [[nodiscard]] std::size_t read(std::span<char> into);
    /// Bytes are there to be read.
    [[nodiscard]] bool has_plain();
    /// All of `plain` becomes output. False when that cannot be: before the handshake's end, or after a failure.
    [[nodiscard]] bool write(std::string_view plain);
    /// Says that nothing follows from us; leaves output.
    void shut_down();

    /// What the socket has to send.
    [[nodiscard]] std::string_view output() const noexcept { return std::string_view{out_}.substr(out_sent_); }
    /// The first `bytes` of it were sent.
    void sent(std::size_t bytes);

private:
    struct bio_calls;
    struct ending {
        void operator()(ssl_st* ssl) const noexcept;
    };
    void judge(int result);

    std::unique_ptr<ssl_st, ending> ssl_;
    std::string in_;
    std::size_t in_read_ = 0;
    std::string out_;
    std::size_t out_sent_ = 0;
    state state_ = state::open;
};

} // namespace ringback::net
