#include "socketio/socket.hpp"

#include "socketio/client.hpp"
#include "socketio/encoder.hpp"
#include "socketio/hub.hpp"

namespace ringback::socketio {

socket::socket(hub& owner, client& from, nsp& in) : hub_{owner}, client_{from}, nsp_{in} {}
socket::~socket() = default;

engineio::connection& socket::connection() const { return client_.connection(); }
engineio::opening_request const& socket::request() const { return connection().request(); }
std::size_t socket::buffered_bytes() const { return connection().buffered_bytes(); }

std::string_view socket::id() const noexcept {
    if (extras_ && !extras_->other_id.empty()) return extras_->other_id;
    return {id_.data(), id_.size()};
}

socket::extras& socket::more() {
    if (!extras_) extras_ = std::make_unique<extras>();
    return *extras_;
}

// ---- sending

void socket::emit(std::string_view event, std::string_view args, std::span<std::string const> binary,
                  emit_flags flags) {
    if (phase_ != phase::connected) return;
    hub_.require_sendable(binary);
    if (hub_.recovery().is_on()) {
        // To a room of its own, so that the log can tell who missed it.
        auto what = std::make_shared<broadcast>(broadcast{.nsp = nsp_.name(),
                                                          .to = {{std::string{id()}}, {}},
                                                          .name = std::string{event},
                                                          .args = std::string{args},
                                                          .attachments = {binary.begin(), binary.end()},
                                                          .flags = flags,
                                                          .ack_id = {},
                                                          .encoded = {}});
        if (hub_.others().keeps_sessions()) {
            what->encoded = hub_.encoding().event(what->nsp, event, what->content(), std::nullopt, flags.compression());
            return hub_.others().send(hub_, std::move(what), reach::cluster);
        }
        auto const& b = *what;
        return deliver(b, hub_.encode_with_offset(std::move(what)));
    }
    if (flags.is_volatile && !connection().is_idle()) return;
    tell_outgoing(event, {args, binary}, std::nullopt);
    send(hub_.encoding().event(nsp_.name(), event, {args, binary}, std::nullopt, flags.compression()));
}

void socket::deliver(broadcast const& what, encoded_packet const& encoded) {
    if (phase_ != phase::connected || (what.flags.is_volatile && !connection().is_idle())) return;
    if (extras_ && is_covered(what, extras_->mark.covered)) return;
    if (!what.offset.is_null() && extras_ && what.offset <= extras_->mark.reached) return;
    tell_outgoing(what.name, what.content(), what.ack_id);
    send(encoded);
}

void socket::send(encoded_packet const& packet) {
    if (phase_ != phase::connected) return;
    connection().send(packet.head);
    for (auto const& bytes : packet.attachments)
        connection().send(bytes);
}

void socket::tell_outgoing(std::string_view event, packet_content const& what, std::optional<std::uint64_t> ack_id) {
    if (extras_) extras_->outgoing.call(*this, {event, what.args, ack_id, what.attachments});
}

void socket::emit_with_ack(std::string_view event, std::string_view args, ack_handler on_ack,
                           std::chrono::milliseconds timeout, std::span<std::string const> binary) {
    hub_.require_sendable(binary);
    if (phase_ != phase::connected) return on_ack(std::unexpected{ack_error::disconnected});
    std::uint64_t id = nsp_.next_ack_id_++;
    await_ack(id, std::move(on_ack), timeout.count() ? timeout : hub_.config().ack_timeout);
    tell_outgoing(event, {args, binary}, id);
    send(hub_.encoding().event(nsp_.name(), event, {args, binary}, id, websocket::compression::none));
}

void socket::await_ack(std::uint64_t id, ack_handler on_ack, std::chrono::milliseconds timeout) {
    if (!acks_) acks_ = std::make_unique<pending_acks>(hub_.timers());
    // Registered before the event is sent: the answer can never be too early.
    acks_->add(id, std::move(on_ack), hub_.now().mono + timeout);
}

void socket::acknowledge(std::optional<std::uint64_t> ack_id, std::string_view args,
                         std::span<std::string const> binary) {
    hub_.require_sendable(binary);
    if (ack_id && phase_ == phase::connected) send(hub_.encoding().ack(nsp_.name(), *ack_id, {args, binary}));
}

broadcast_operator socket::to(std::string_view room) const { return others().to(room); }
broadcast_operator socket::except(std::string_view room) const { return others().except(room); }
broadcast_operator socket::others() const { return broadcast_operator{nsp_}.except(id()); }

// ---- handlers

socket& socket::on(std::string event, event_handler handler) {
    more().listeners.add(std::move(event), std::move(handler));
    return *this;
}

socket& socket::once(std::string event, event_handler handler) {
    more().listeners.add(std::move(event), std::move(handler), listener_table::life::one_event);
    return *this;
}

socket& socket::off(std::string_view event) {
    more().listeners.remove(event);
    return *this;
}

socket& socket::on_any(event_handler handler) {
    more().listeners.add_for_any(std::move(handler));
    return *this;
}

socket& socket::off_any() {
    more().listeners.remove_for_any();
    return *this;
}

socket& socket::on_any_outgoing(event_handler handler) {
    more().outgoing.add_for_any(std::move(handler));
    return *this;
}

socket& socket::use(event_filter filter) {
    more().filters.push_back(std::move(filter));
    return *this;
}

void socket::receive(event const& e) {
    if (extras_) {
        auto filters = extras_->filters; // one may add another
        for (event_filter const& lets_pass : filters)
            if (!lets_pass(*this, e)) return;
    }
    bool handled = extras_ && extras_->listeners.call(*this, e);
    if (is_connected() && !nsp_.listeners_.call(*this, e) && !handled && nsp_.on_unhandled_)
        nsp_.on_unhandled_(*this, e);
}

// ---- rooms and what is told of it

bool socket::join(std::string_view room) {
    return phase_ != phase::closed && room != id() && nsp_.rooms_.join(*this, room);
}

bool socket::leave(std::string_view room) { return room != id() && nsp_.rooms_.leave(*this, room); }

std::vector<std::string> socket::rooms() const {
    std::vector<std::string> names{std::string{id()}};
    for (membership const& m : memberships_)
        if (*m.in->name != id()) names.push_back(*m.in->name);
    return names;
}

std::string_view socket::data() const noexcept {
    return extras_ && !extras_->data.empty() ? std::string_view{extras_->data} : "{}";
}

void socket::set_data(std::string json) { more().data = std::move(json); }
bool socket::is_recovered() const noexcept { return extras_ && extras_->recovered; }

socket_description socket::describe() const {
    auto const& opening = request();
    return {.id = std::string{id()},
            .rooms = rooms(),
            .data = std::string{data()},
            .address = opening.address,
            .query = opening.query,
            .headers = opening.headers,
            .issued_ms = opening.at.time_since_epoch().count(),
            .secure = opening.secure};
}

void socket::take_id(std::string other) {
    nsp_.rooms_.join(*this, other); // so that it is found by that name
    more().other_id = std::move(other);
}

// ---- ending

void socket::disconnect(scope what) {
    if (phase_ == phase::closed) return;
    client& from = client_; // this socket may end before the others
    if (what == scope::this_namespace) return from.dismiss(*this);
    from.dismiss_all();
}

void socket::drop(engineio::close_reason why) { connection().close(why); }

} // namespace ringback::socketio
