#pragma once

#include "net/outbox.hpp"
#include "net/tls_session.hpp"
#include "net/unique_fd.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace ringback::net {

/// A non-blocking TCP socket, with TLS or without. A plain one costs a pointer that is null.
class socket_channel {
public:
    socket_channel() = default;
    explicit socket_channel(unique_fd fd, std::unique_ptr<tls_session> tls = nullptr) noexcept
        : fd_{std::move(fd)},
          tls_{std::move(tls)} {}

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] bool is_secure() const noexcept { return tls_ != nullptr; }

    enum class reading { bytes, blocked, ended, failed };
    struct read_result {
        reading how;
        std::size_t size = 0; ///< of bytes
    };
    /// Receives once, unless there are bytes that were received before.
    [[nodiscard]] read_result read(std::span<char> into);
    /// Only what was received before: behind a read of a secure channel, until it answers anything but bytes.
    [[nodiscard]] read_result read_held(std::span<char> into);

    /// Writes as much as the socket takes. `failed`: the connection is of no more use.
    [[nodiscard]] outbox::write_result write(outbox& from);
    /// Writes a few bytes at once or not at all. False: not all of them left.
    bool write_now(std::string_view bytes) noexcept;
    /// What TLS itself has to say, an answer to what was read.
    [[nodiscard]] outbox::write_result flush() noexcept;
    /// Ends our direction of the stream.
    void shut_down() noexcept;

private:
    unique_fd fd_;
    std::unique_ptr<tls_session> tls_;
};

} // namespace ringback::net
