#include "socketio/socket.hpp"

#include "socketio/client.hpp"
#include "socketio/frames.hpp"
#include "socketio/hub.hpp"

namespace ringback::socketio {

socket::socket(hub& owner, client& from, nsp& in) : hub_{owner}, client_{from}, nsp_{in} {}
socket::~socket() = default;

engineio::opening_request const& socket::request() const { return client_.connection().request(); }

void socket::emit(std::string_view event, std::string_view args, attachments binary) {
    send(event_frame(nsp_.name(), event, args, std::nullopt, static_cast<std::uint32_t>(binary.size())), binary);
}

void socket::send(websocket::frame_ptr packet) {
    if (phase_ == phase::connected) client_.connection().send(std::move(packet));
}

void socket::emit_with_ack(std::string_view event, std::string_view args, ack_handler on_ack,
                           std::chrono::milliseconds timeout) {
    if (phase_ != phase::connected) return on_ack(std::unexpected{ack_error::disconnected});
    if (!acks_) acks_ = std::make_unique<pending_acks>(hub_.timers());
    std::uint64_t id = nsp_.next_ack_id_++;
    // Registered before it is sent: the answer can never be too early.
    acks_->add(id, std::move(on_ack), hub_.now().mono + (timeout.count() ? timeout : hub_.config().ack_timeout));
    send(event_frame(nsp_.name(), event, args, id));
}

void socket::acknowledge(std::uint64_t ack_id, std::string_view args, attachments binary) {
    send(ack_frame(nsp_.name(), ack_id, args, static_cast<std::uint32_t>(binary.size())), binary);
}

void socket::send(websocket::frame_ptr packet, attachments behind) {
    send(std::move(packet));
    for (std::string const& bytes : behind)
        send(websocket::make_frame(websocket::opcode::binary, bytes));
}

bool socket::join(std::string_view room) { return phase_ != phase::closed && nsp_.rooms_.join(*this, room); }
bool socket::leave(std::string_view room) { return nsp_.rooms_.leave(*this, room); }

void socket::disconnect(scope what) {
    if (phase_ == phase::closed) return;
    client& from = client_; // this socket may end before the others
    moment now = hub_.now();
    disconnect_reason why{disconnect_reason::origin::server_namespace, {}};
    auto leave_one = [&](socket& s) {
        from.connection().send(disconnect_frame(s.nsp_.name()));
        from.left_.push_back(&s.nsp_);
        from.end(s, why, now);
    };
    if (what == scope::this_namespace) return leave_one(*this);
    while (!from.sockets_.empty())
        leave_one(*from.sockets_.back());
    from.connection().close(engineio::close_reason::forced_server_close);
}

void socket::drop(engineio::close_reason why) { client_.connection().close(why); }

} // namespace ringback::socketio
