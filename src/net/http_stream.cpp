#include "net/http_stream.hpp"

#include <cerrno>
#include <sys/socket.h>

namespace ringback::net {
namespace {

constexpr std::size_t received_bytes = 8 * 1024;

} // namespace

http_stream::http_stream(boost::asio::ip::tcp::socket socket, std::unique_ptr<tls_session> tls)
    : stream_{std::move(socket)},
      tls_{std::move(tls)},
      received_(tls_ ? received_bytes : 0) {}

http_stream::peer http_stream::look() {
    char byte;
    int fd = stream_.socket().native_handle();
    ssize_t n = tls_ ? ::recv(fd, received_.data(), received_.size(), MSG_DONTWAIT)
                     : ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return peer::silent;
    if (n <= 0) return peer::gone;
    if (!tls_) return peer::speaks;
    tls_->receive({received_.data(), static_cast<std::size_t>(n)});
    if (tls_->has_plain()) return peer::speaks;
    return tls_->where() == tls_session::state::open ? peer::silent : peer::gone;
}

void http_stream::finish() noexcept {
    int fd = stream_.socket().native_handle();
    if (tls_) {
        tls_->shut_down();
        auto out = tls_->output();
        (void)::send(fd, out.data(), out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    ::shutdown(fd, SHUT_WR);
}

socket_channel http_stream::release(boost::system::error_code& ec) {
    unique_fd fd{stream_.release_socket().release(ec)};
    return socket_channel{std::move(fd), std::move(tls_)};
}

} // namespace ringback::net
