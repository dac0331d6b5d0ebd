#include "net/websocket_transport.hpp"

#include <cerrno>
#include <sys/socket.h>

namespace ringback::net {

websocket_transport::websocket_transport(unique_fd fd, socket_poller& poller, std::span<char> read_buffer,
                                         websocket::decoder_config const& config, owner& who)
    : poller_{poller},
      read_buffer_{read_buffer},
      owner_{&who},
      fd_{std::move(fd)},
      decoder_{config} {
    poller_.add(fd_.get(), *this);
}

websocket_transport::~websocket_transport() { poller_.remove(fd_.get()); }

void websocket_transport::on_readable() {
    if (state_ == state::ended) return;
    ssize_t n = ::recv(fd_.get(), read_buffer_.data(), read_buffer_.size(), MSG_DONTWAIT);
    if (n > 0 && state_ == state::broken) return;
    if (n > 0) return feed(read_buffer_.first(static_cast<std::size_t>(n)));
    if (n == 0) return end(ending::peer_closed);
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) end(ending::failed);
}

void websocket_transport::feed(std::span<char> bytes) {
    owner_->on_bytes(*this);
    while (state_ == state::open) {
        websocket::event e = decoder_.next(bytes);
        switch (e.kind) {
        case websocket::event_kind::need_input: return;
        case websocket::event_kind::text:
        case websocket::event_kind::binary: owner_->on_message(*this, e); break;
        case websocket::event_kind::ping:
            owner_->on_reply(*this, websocket::make_frame(websocket::opcode::pong, e.payload));
            break;
        case websocket::event_kind::pong: break;
        case websocket::event_kind::close: return end(ending::peer_closed, e.code);
        case websocket::event_kind::failure: return end(ending::protocol_broken, e.code);
        }
    }
}

void websocket_transport::end(ending how, websocket::close_code code) {
    state_ = how == ending::protocol_broken ? state::broken : state::ended;
    // An ended stream stays readable, and a level-triggered watch would spin on it.
    if (state_ == state::ended) poller_.remove(fd_.get());
    owner_->on_ended(*this, how, code);
}

void websocket_transport::want_writability(bool wanted) {
    if (wants_write_ == wanted || state_ == state::ended) return;
    wants_write_ = wanted;
    poller_.set_writability(fd_.get(), *this,
                            wanted ? socket_poller::writability::wanted : socket_poller::writability::ignored);
}

bool websocket_transport::write_now(std::string_view bytes) noexcept {
    return ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
           static_cast<ssize_t>(bytes.size());
}

void websocket_transport::shut_down() noexcept { ::shutdown(fd_.get(), SHUT_WR); }

} // namespace ringback::net
