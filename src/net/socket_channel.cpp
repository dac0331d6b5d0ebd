#include "net/socket_channel.hpp"

#include <array>
#include <cerrno>
#include <sys/socket.h>

namespace ringback::net {
namespace {

bool would_block() noexcept { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

socket_channel::read_result receive(int fd, std::span<char> into) noexcept {
    using enum socket_channel::reading;
    ssize_t n = ::recv(fd, into.data(), into.size(), MSG_DONTWAIT);
    if (n > 0) return {bytes, static_cast<std::size_t>(n)};
    if (n == 0) return {ended};
    return {would_block() ? blocked : failed};
}

} // namespace

socket_channel::read_result socket_channel::read(std::span<char> into) {
    if (!tls_) return receive(fd_.get(), into);
    if (auto held = read_held(into); held.how != reading::blocked) return held;
    auto received = receive(fd_.get(), into);
    if (received.how != reading::bytes) return received;
    tls_->receive({into.data(), received.size});
    return read_held(into);
}

socket_channel::read_result socket_channel::read_held(std::span<char> into) {
    if (auto size = tls_->read(into)) return {reading::bytes, size};
    switch (tls_->where()) {
    case tls_session::state::open: return {reading::blocked};
    case tls_session::state::ended: return {reading::ended};
    case tls_session::state::failed: break;
    }
    return {reading::failed};
}

outbox::write_result socket_channel::write(outbox& from) {
    if (!tls_) return from.write_to(fd_.get());
    for (;;) {
        if (auto flushed = flush(); flushed != outbox::write_result::done) return flushed;
        if (from.empty()) return outbox::write_result::done;
        // One record at most waits encrypted: the outbox stays the place where a slow reader's bytes are counted.
        std::array<char, 16 * 1024> record;
        std::size_t size = from.copy_front(record);
        if (!tls_->write({record.data(), size})) return outbox::write_result::failed;
        from.advance(size);
    }
}

bool socket_channel::write_now(std::string_view bytes) noexcept {
    if (!tls_)
        return ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
               static_cast<ssize_t>(bytes.size());
    if (flush() != outbox::write_result::done || !tls_->write(bytes)) return false;
    return flush() == outbox::write_result::done;
}

outbox::write_result socket_channel::flush() noexcept {
    while (tls_ && !tls_->output().empty()) {
        auto out = tls_->output();
        ssize_t n = ::send(fd_.get(), out.data(), out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0) return would_block() ? outbox::write_result::blocked : outbox::write_result::failed;
        tls_->sent(static_cast<std::size_t>(n));
    }
    return outbox::write_result::done;
}

void socket_channel::shut_down() noexcept {
    if (tls_) {
        tls_->shut_down();
        (void)flush();
    }
    ::shutdown(fd_.get(), SHUT_WR);
}

} // namespace ringback::net
