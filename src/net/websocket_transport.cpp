#include "net/websocket_transport.hpp"

namespace ringback::net {

websocket_transport::websocket_transport(socket_channel channel, socket_poller& poller, std::span<char> read_buffer,
                                         setup const& with, owner& who)
    : poller_{poller},
      read_buffer_{read_buffer},
      owner_{&who},
      max_message_bytes_{with.max_message_bytes},
      deflate_{with.deflate},
      channel_{std::move(channel)},
      decoder_{{.max_message_bytes = with.max_message_bytes, .allow_rsv1 = with.deflate.has_value()}} {
    poller_.add(channel_.fd(), *this);
}

websocket_transport::~websocket_transport() { poller_.remove(channel_.fd()); }

void websocket_transport::on_readable() {
    if (state_ == state::ended) return;
    if (take(channel_.read(read_buffer_)) && channel_.is_secure()) take_held();
}

void websocket_transport::begin(std::span<char> bytes_behind) {
    if (!bytes_behind.empty()) feed(bytes_behind);
    // No readiness tells of what TLS has received already.
    if (state_ == state::open && channel_.is_secure()) take_held();
}

/// False: there is no more to take now.
bool websocket_transport::take(socket_channel::read_result read) {
    switch (read.how) {
    case socket_channel::reading::bytes:
        if (state_ == state::open) feed(read_buffer_.first(read.size));
        break;
    case socket_channel::reading::blocked: break;
    case socket_channel::reading::ended: end(ending::peer_closed); break;
    case socket_channel::reading::failed: end(ending::failed); break;
    }
    return read.how == socket_channel::reading::bytes && state_ != state::ended;
}

void websocket_transport::take_held() {
    while (take(channel_.read_held(read_buffer_))) {
    }
    if (state_ != state::ended && channel_.flush() == outbox::write_result::blocked) want_writability(true);
}

void websocket_transport::feed(std::span<char> bytes) {
    owner_->on_bytes(*this);
    while (state_ == state::open) {
        websocket::event e = decoder_.next(bytes);
        switch (e.kind) {
        case websocket::event_kind::need_input: return;
        case websocket::event_kind::text:
        case websocket::event_kind::binary:
            if (e.rsv1)
                take_deflated(e);
            else
                owner_->on_message(*this, e);
            break;
        case websocket::event_kind::ping:
            owner_->on_reply(*this, websocket::make_frame(websocket::opcode::pong, e.payload));
            break;
        case websocket::event_kind::pong: break;
        case websocket::event_kind::close: return end(ending::peer_closed, e.code);
        case websocket::event_kind::failure: return end(ending::protocol_broken, e.code);
        }
    }
}

void websocket_transport::take_deflated(websocket::event message) {
    auto& [pool, terms] = *deflate_;
    if (terms.client_context_takeover && !inflater_)
        inflater_ = std::make_unique<websocket::inflater>(terms.client_window_bits, websocket::deflate_context::kept);
    auto payload = pool.inflate(message.payload, max_message_bytes_, inflater_.get());
    if (!payload) return end(ending::protocol_broken, websocket::close_code_of(payload.error()));
    message.payload = *payload;
    if (message.kind == websocket::event_kind::text && !websocket::is_utf8(message.payload))
        return end(ending::protocol_broken, websocket::close_code_of(websocket::errc::invalid_utf8));
    owner_->on_message(*this, message);
}

websocket::frame_ptr websocket_transport::dressed(websocket::frame_ptr frame) const {
    if (!deflate_) return frame;
    return deflate_->pool.deflated(std::move(frame), deflate_->terms.server_window_bits);
}

void websocket_transport::end(ending how, websocket::close_code code) {
    state_ = how == ending::protocol_broken ? state::broken : state::ended;
    // An ended stream stays readable, and a level-triggered watch would spin on it.
    if (state_ == state::ended) poller_.remove(channel_.fd());
    owner_->on_ended(*this, how, code);
}

void websocket_transport::want_writability(bool wanted) {
    if (wants_write_ == wanted || state_ == state::ended) return;
    wants_write_ = wanted;
    poller_.set_writability(channel_.fd(), *this,
                            wanted ? socket_poller::writability::wanted : socket_poller::writability::ignored);
}

} // namespace ringback::net
