#include "socketio/client.hpp"

#include "socketio/frames.hpp"
#include "socketio/hub.hpp"
#include "socketio/nsp.hpp"
#include "socketio/socket.hpp"

#include <algorithm>

namespace ringback::socketio {

client::client(hub& owner, engineio::connection& below, mono_time now)
    : hub_{owner},
      below_{below},
      connect_deadline_{now + owner.config().connect_timeout} {}

client::~client() = default;

mono_time client::deadline() const { return joined_ || closed_ ? mono_time::max() : connect_deadline_; }

void client::on_deadline(mono_time now) {
    if (now >= deadline()) below_.close(engineio::close_reason::forced_close);
}

void client::on_text(std::string_view text) {
    if (closed_) return;
    auto packet = decode_packet(text, hub_.config().limits);
    if (!packet || assembler_.is_pending()) return reject_connection();
    if (packet->attachments == 0) return dispatch(*packet, {});
    if (!assembler_.begin(*packet, hub_.config().limits.max_binary_bytes)) reject_connection();
}

void client::on_binary(std::string_view attachment) {
    if (closed_) return;
    auto complete = assembler_.add(attachment);
    if (!complete) return reject_connection();
    if (*complete) dispatch((*complete)->packet(), (*complete)->attachments);
}

void client::dispatch(packet_view const& packet, std::span<std::string const> attachments) {
    if (packet.type == packet_type::connect) return on_connect(packet);
    nsp const* where = hub_.find_nsp(packet.nsp);
    socket* s = where ? in(where) : nullptr;
    if (!s || !s->is_connected()) {
        if (std::ranges::find(left_, where) == left_.end()) reject_connection();
        return;
    }
    switch (packet.type) {
    case packet_type::event:
    case packet_type::binary_event: return on_event(*s, packet, attachments);
    case packet_type::ack:
    case packet_type::binary_ack:
        if (s->acks_ && packet.ack_id) s->acks_->resolve(*packet.ack_id, packet.args);
        return;
    case packet_type::disconnect: return end(*s, {disconnect_reason::origin::client_namespace, {}}, hub_.now());
    default: return reject_connection();
    }
}

void client::on_connect(packet_view const& packet) {
    nsp* where = hub_.find_nsp(packet.nsp);
    if (!where) return below_.send(connect_error_frame(packet.nsp, "Invalid namespace", {}));
    // A second CONNECT ends the connection even while the first is still being decided.
    if (in(where) || sockets_.size() >= hub_.config().max_namespaces_per_client) return reject_connection();
    std::erase(left_, where);
    socket& s = *sockets_.emplace_back(std::make_unique<socket>(hub_, *this, *where));
    s.auth_ = packet.payload.empty() ? "{}" : packet.payload;
    hub_.enlist(s);
    run_middleware(s, 0);
}

void client::run_middleware(socket& s, std::size_t index) {
    nsp& where = s.nsp_;
    if (index < where.middlewares_.size()) return where.middlewares_[index](s, admission{hub_, s.ref_, index + 1});
    joined_ = true;
    s.phase_ = socket::phase::connected;
    where.add(s);
    below_.send(connect_frame(where.name(), s.id()));
    if (where.on_connection_) where.on_connection_(s);
    s.auth_ = {};
    s.auth_.shrink_to_fit();
}

void client::refuse(socket& s, std::string_view message, std::string_view data) {
    below_.send(connect_error_frame(s.nsp_.name(), message, data));
    s.phase_ = socket::phase::closed;
    leave(s);
}

void client::on_event(socket& s, packet_view const& packet, std::span<std::string const> attachments) {
    std::string scratch; // of a name with escapes only: no allocation otherwise
    event e{event_name(packet, scratch), packet.args, packet.ack_id, attachments};
    auto handler = s.nsp_.handlers_.find(e.name);
    if (handler != s.nsp_.handlers_.end()) return handler->second(s, e);
    if (s.nsp_.on_any_) s.nsp_.on_any_(s, e);
}

void client::end(socket& s, disconnect_reason why, moment lost_at) {
    bool was_connected = s.phase_ == socket::phase::connected;
    s.phase_ = socket::phase::closed;
    if (was_connected) {
        if (s.nsp_.on_disconnect_) s.nsp_.on_disconnect_(s, why, lost_at);
        s.nsp_.remove(s);
    }
    leave(s);
}

void client::leave(socket& s) {
    s.nsp_.rooms_.leave_all(s);
    if (s.acks_) s.acks_->fail_all();
    auto at = std::ranges::find(sockets_, &s, &std::unique_ptr<socket>::get);
    auto mine = std::move(*at);
    sockets_.erase(at);
    hub_.retire(std::move(mine));
}

void client::on_closed(engineio::close_reason why, moment lost_at) {
    closed_ = true;
    while (!sockets_.empty())
        end(*sockets_.back(), {disconnect_reason::origin::transport, why}, lost_at);
}

socket* client::in(nsp const* which) const noexcept {
    auto at = std::ranges::find(sockets_, which, [](auto& s) { return &s->nsp_; });
    return at == sockets_.end() ? nullptr : at->get();
}

void client::reject_connection() { below_.close(engineio::close_reason::forced_close); }

admission::~admission() {
    if (hub_) refuse("Not admitted");
}

void admission::accept() {
    hub* at = std::exchange(hub_, nullptr);
    if (socket* s = at->find(who_)) s->client_.run_middleware(*s, next_);
}

void admission::refuse(std::string_view message, std::string_view data) {
    hub* at = std::exchange(hub_, nullptr);
    if (socket* s = at->find(who_)) s->client_.refuse(*s, message, data);
}

} // namespace ringback::socketio
