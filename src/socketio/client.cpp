#include "socketio/client.hpp"

#include "socketio/handshake.hpp"
#include "socketio/hub.hpp"
#include "socketio/msgpack_packet.hpp"
#include "socketio/nsp.hpp"
#include "socketio/socket.hpp"

#include <algorithm>

namespace ringback::socketio {
namespace {

/// Socket.IO 2.x clients do not read their id from CONNECT: they compute it.
std::string legacy_id(std::string_view nsp, std::string_view sid) {
    return nsp == "/" ? std::string{sid} : std::string{nsp} + '#' + std::string{sid};
}

} // namespace

client::client(hub& owner, engineio::connection& below, mono_time now)
    : hub_{owner},
      below_{below},
      connect_deadline_{now + owner.config().connect_timeout} {
    // An error for what it never asked for would reach the handlers of all its namespaces.
    if (is_legacy() && hub_.nsp_for_connect("/", "{}")) on_connect("/", {});
}

client::~client() = default;

mono_time client::deadline() const { return joined_ || closed_ ? mono_time::max() : connect_deadline_; }

void client::on_deadline(mono_time now) {
    if (now >= deadline()) below_.close(engineio::close_reason::forced_close);
}

void client::on_text(std::string_view text) {
    if (closed_) return;
    if (hub_.config().parser != parser::text) return reject_connection();
    auto packet = decode_packet(text, hub_.config().limits);
    if (!packet || assembler_.is_pending()) return reject_connection();
    if (packet->attachments == 0) return on_packet(*packet, {});
    if (!assembler_.begin(*packet, hub_.config().limits.max_binary_bytes)) reject_connection();
}

void client::on_binary(std::string_view attachment) {
    if (closed_) return;
    if (hub_.config().parser == parser::msgpack) {
        auto whole = decode_msgpack(attachment, hub_.config().limits);
        return whole ? on_packet(whole->packet(), whole->attachments) : reject_connection();
    }
    auto complete = assembler_.add(attachment);
    if (!complete) return reject_connection();
    if (*complete) on_packet((*complete)->packet(), (*complete)->attachments);
}

bool client::is_legacy() const { return below_.request().revision == engineio::protocol_revision::v3; }

encoder const& client::encoding() const {
    return is_legacy() && hub_.config().parser == parser::text ? legacy_text_encoder() : hub_.encoding();
}

void client::on_packet(packet_view packet, std::span<std::string const> attachments) {
    std::string auth;
    if (is_legacy()) {
        // What a namespace's CONNECT has behind a question mark is its handshake's query there.
        std::size_t mark = std::min(packet.nsp.find('?'), packet.nsp.size());
        if (packet.type == packet_type::connect)
            packet.payload = auth = query_json(packet.nsp.substr(std::min(mark + 1, packet.nsp.size())));
        packet.nsp = packet.nsp.substr(0, mark);
    }
    dispatch(packet, attachments);
}

void client::dispatch(packet_view const& packet, std::span<std::string const> attachments) {
    if (packet.type == packet_type::connect) return on_connect(packet.nsp, packet.payload);
    nsp const* where = hub_.find_nsp(packet.nsp);
    socket* s = where ? in(where) : nullptr;
    if (!s || !s->is_connected()) {
        if (std::ranges::find(left_, packet.nsp) == left_.end()) reject_connection();
        return;
    }
    switch (packet.type) {
    case packet_type::event:
    case packet_type::binary_event: {
        std::string scratch; // of a name with escapes only: no allocation otherwise
        return s->receive({event_name(packet, scratch), packet.args, packet.ack_id, attachments});
    }
    case packet_type::ack:
    case packet_type::binary_ack:
        if (s->acks_ && packet.ack_id) s->acks_->resolve(*packet.ack_id, {packet.args, attachments});
        return;
    case packet_type::disconnect: return end(*s, {disconnect_reason::origin::client_namespace, {}}, hub_.now());
    default: return reject_connection();
    }
}

void client::on_connect(std::string_view name, std::string_view payload) {
    std::string_view auth = payload.empty() ? "{}" : payload;
    // A second CONNECT ends the connection even while the first is still being decided.
    if (nsp* known = hub_.find_nsp(name); known && in(known)) return reject_connection();
    if (sockets_.size() >= hub_.config().max_namespaces_per_client) return reject_connection();
    nsp* where = hub_.nsp_for_connect(name, auth);
    if (!where) return send(encoding().connect_error(name, "Invalid namespace", {}));
    std::erase(left_, name);
    socket& s = *sockets_.emplace_back(std::make_unique<socket>(hub_, *this, *where));
    s.auth_ = auth;
    hub_.enlist(s);
    if (is_legacy()) s.take_id(legacy_id(name, below_.sid()));
    if (hub_.recovery().is_on()) read_claim(s);
    if (hub_.recovery().is_on() && hub_.recovery().skips_middlewares() && s.more().claim) return recover(s);
    run_middleware(s, 0);
}

void client::run_middleware(socket& s, std::size_t index) {
    nsp& where = s.nsp_;
    if (index < where.middlewares_.size()) {
        auto check = where.middlewares_[index]; // of a dynamic namespace, which may go meanwhile
        return check(s, admission{hub_, s.ref_, index + 1});
    }
    // What a client missed is told only to who has passed.
    if (s.extras_ && s.extras_->claim) return recover(s);
    admit(s);
}

void client::admit(socket& s) {
    if (hub_.recovery().is_on()) open_session(s);
    welcome(s);
}

/// CONNECT is answered: behind what a recovered client missed, and before anything that the handler emits.
void client::welcome(socket& s) {
    nsp& where = s.nsp_;
    joined_ = true;
    s.phase_ = socket::phase::connected;
    where.add(s);
    bool has_pid = s.extras_ && !s.extras_->pid.empty();
    send(encoding().connect(where.name(), s.id(), has_pid ? std::optional{s.extras_->pid} : std::nullopt));
    if (where.on_connection_) where.on_connection_(s);
    s.auth_ = {};
    s.auth_.shrink_to_fit();
}

void client::refuse(socket& s, std::string_view message, std::string_view data) {
    send(encoding().connect_error(s.nsp_.name(), message, data));
    s.phase_ = socket::phase::closed;
    leave(s);
}

void client::dismiss(socket& s) {
    send(hub_.encoding().disconnect(s.nsp_.name()));
    left_.push_back(s.nsp_.name());
    end(s, {disconnect_reason::origin::server_namespace, {}}, hub_.now());
}

void client::dismiss_all() {
    while (!sockets_.empty())
        dismiss(*sockets_.back());
    below_.close(engineio::close_reason::forced_server_close);
}

void client::send(encoded_packet const& packet) {
    below_.send(packet.head);
    for (auto const& bytes : packet.attachments)
        below_.send(bytes);
}

void client::end(socket& s, disconnect_reason why, moment lost_at) {
    bool was_connected = s.phase_ == socket::phase::connected;
    s.phase_ = socket::phase::closed;
    if (was_connected) {
        if (s.nsp_.on_disconnect_) s.nsp_.on_disconnect_(s, why, lost_at);
        if (hub_.recovery().is_on()) close_session(s, why);
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
