#include "net/engine.hpp"

#include "base/log.hpp"
#include "engineio/cookie.hpp"
#include "engineio/errors.hpp"
#include "engineio/handshake.hpp"
#include "net/shard.hpp"
#include "net/wire_reply.hpp"

#include <algorithm>
#include <iterator>

namespace ringback::net {

using engineio::request_step;
using engineio::transport_kind;

namespace {

constexpr std::size_t read_buffer_bytes = 64 * 1024;

void refuse_upgrade(websocket_request& request, engineio::wire_error const& error) {
    request.connection.write_now(fmt::format("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: {}"
                                             "\r\nContent-Length: {}\r\n\r\n{}",
                                             error.content_type, error.body.size(), error.body));
    request.connection.shut_down();
}

void switch_protocols(websocket_request& request, std::optional<websocket::deflate_terms> const& deflate) {
    std::string head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Accept: ";
    head += request.accept_key;
    if (!request.protocol.empty()) head += "\r\nSec-WebSocket-Protocol: " + request.protocol;
    if (deflate) head += "\r\nSec-WebSocket-Extensions: " + websocket::to_header(*deflate);
    for (auto const& [name, value] : request.admitted.headers)
        head.append("\r\n").append(name).append(": ").append(value);
    head += "\r\n\r\n";
    request.connection.write_now(head);
}

} // namespace

/// A WebSocket that we closed and whose client has not ended its side yet. Closing the socket at once could reset the
/// connection and destroy what the client has not read.
class engine::lingering final : public websocket_transport::owner, public timer_wheel::timer {
public:
    lingering(engine& in, std::unique_ptr<websocket_transport> transport) : in_{in}, transport_{std::move(transport)} {
        transport_->set_owner(*this);
        transport_->want_writability(false);
        transport_->shut_down();
        in_.wheel().arm(*this, in_.shard_.clock().now().mono + in_.shard_.config().linger);
    }
    std::list<lingering>::iterator self;

private:
    void on_bytes(websocket_transport&) override {}
    void on_message(websocket_transport&, websocket::event const&) override {}
    void on_reply(websocket_transport&, websocket::frame_ptr) override {}
    // Asked for by TLS, when an answer of its own did not fit: nothing is owed any more.
    void on_writable(websocket_transport& from) override { from.want_writability(false); }
    void on_ended(websocket_transport&, websocket_transport::ending how, websocket::close_code) override {
        if (how != websocket_transport::ending::protocol_broken) end();
    }
    void on_expiry(mono_time) override { end(); }
    void end() {
        engine& in = in_;
        in.dispose(std::move(transport_));
        in.lingering_.erase(self);
    }

    engine& in_;
    std::unique_ptr<websocket_transport> transport_;
};

/// A WebSocket of Engine.IO v3 between its opening handshake and its session. Clients of that time that begin to listen
/// for messages when they are told `open` miss an open packet that arrives in one read with the 101: the protocol's own
/// test suite is such a client, and a busy machine delivers both at once unless there is time between them.
class engine::pausing final : public timer_wheel::timer {
public:
    pausing(engine& in, websocket_request request, std::optional<websocket::deflate_terms> deflate)
        : in_{in},
          request_{std::move(request)},
          deflate_{deflate} {
        in_.wheel().arm(*this, in_.shard_.clock().now().mono + pause);
    }
    std::list<pausing>::iterator self;

private:
    static constexpr std::chrono::milliseconds pause{20};

    void on_expiry(mono_time) override {
        engine& in = in_;
        auto request = std::move(request_);
        auto deflate = deflate_;
        in.pausing_.erase(self);
        in.open_websocket(std::move(request), deflate);
    }

    engine& in_;
    websocket_request request_;
    std::optional<websocket::deflate_terms> deflate_;
};

engine::engine(shard& on) : shard_{on}, read_buffer_(read_buffer_bytes), poller_{on.loop()} {
    if (auto const& deflate = on.config().engine.per_message_deflate) deflate_.emplace(*deflate);
}
engine::~engine() = default;

timer_wheel& engine::wheel() noexcept { return shard_.timers(); }
shard_figures& engine::figures() noexcept { return shard_.figures(); }

engine_session* engine::find(std::string_view sid) const {
    auto id = engineio::session_id::parse(sid);
    auto found = id ? sessions_.find(*id) : sessions_.end();
    return found == sessions_.end() ? nullptr : found->second.get();
}

std::expected<request_step, engineio::refusal> engine::verify(engineio::request_facts const& facts,
                                                              engineio::request_query const& query,
                                                              engine_session* named) const {
    std::optional<engineio::known_session> known;
    if (named) known = {named->machine().transport(), named->machine().revision()};
    return engineio::verify(facts, query, known, shard_.config().engine);
}

engine_session& engine::open(engineio::opening_request opening, engineio::request_query const& query, transport_kind on,
                             handshake_limiter::ticket ticket) {
    opening.revision = query.revision;
    bool base64 = query.base64 || query.jsonp; // the script that answers a JSONP poll holds text alone
    auto sid = engineio::make_sid(static_cast<std::uint8_t>(shard_.index()), 0);
    auto made = std::make_unique<engine_session>(*this, sid, std::move(opening), on, base64, std::move(ticket));
    engine_session& s = *made;
    sessions_.emplace(sid, std::move(made));
    return s;
}

void engine::get(http_request const& request, engineio::request_query const& query, std::uint64_t poll_id,
                 reply_handler reply, admission admitted) {
    engineio::request_facts facts{};
    if (auto origin = request.header("origin"); !origin.empty()) facts.origin = origin;
    engine_session* named = find(query.sid);
    auto step = verify(facts, query, named);
    if (!step) return reply(to_reply(engineio::http_error(step.error())));
    if (*step == request_step::poll) return named->poll(poll_id, std::move(reply));
    engine_session& s = open(request.opening, query, transport_kind::polling, std::move(admitted.ticket));
    s.start();
    http_reply opened = s.open_reply();
    if (auto const& cookie = shard_.config().engine.cookie)
        opened.headers.emplace_back("Set-Cookie", engineio::set_cookie(*cookie, s.name()));
    std::ranges::move(admitted.headers, std::back_inserter(opened.headers));
    reply(std::move(opened));
}

void engine::poll_aborted(engineio::session_id const& sid, std::uint64_t poll_id) {
    if (engine_session* s = find(sid.text())) s->poll_aborted(poll_id);
}

engine::post_start engine::begin_post(engineio::request_facts const& facts, engineio::request_query const& query,
                                      task reset, http_reply& refusal) {
    engine_session* named = find(query.sid);
    auto step = verify(facts, query, named);
    if (!step)
        refusal = to_reply(engineio::http_error(step.error()));
    else if (named->begin_post(std::move(reset)))
        return post_start::read_body;
    else
        refusal = {400, {}, {}};
    return post_start::refused;
}

void engine::heard(engineio::session_id const& sid) {
    if (engine_session* s = find(sid.text())) s->heard();
}

void engine::post(engineio::session_id const& sid, engineio::opening_request const& head, std::string_view body,
                  engineio::payload_form form, reply_handler reply) {
    engine_session* s = find(sid.text());
    if (!s) return reply(to_reply(engineio::http_error({engineio::refusal_code::unknown_sid})));
    carried_ = s;
    carrier_ = &head;
    s->post(body, form, std::move(reply));
    carried_ = nullptr;
}

void engine::post_failed(engineio::session_id const& sid, engineio::request_end how) {
    if (engine_session* s = find(sid.text())) s->post_failed(how);
}

http_reply engine::refuse(engineio::request_facts const& facts, engineio::request_query const& query) const {
    auto step = verify(facts, query, find(query.sid));
    return step ? http_reply{500, {}, {}} : to_reply(engineio::http_error(step.error()));
}

void engine::websocket(websocket_request request) {
    engine_session* named = find(request.query.sid);
    auto step = verify(request.facts, request.query, named);
    if (!step) return refuse_upgrade(request, engineio::upgrade_error(step.error()));
    std::optional<websocket::deflate_terms> deflate;
    if (deflate_)
        deflate = websocket::accept_deflate(request.opening.header("sec-websocket-extensions"), deflate_->config());
    switch_protocols(request, deflate);
    if (*step == request_step::attach_websocket) {
        auto transport = adopt(std::move(request.connection), named->as_owner(), deflate);
        websocket_transport& candidate = *transport;
        named->attach(std::move(transport));
        candidate.begin(request.bytes_behind);
    } else if (request.query.revision == engineio::protocol_revision::v4) {
        open_websocket(std::move(request), deflate);
    } else {
        auto& p = pausing_.emplace_back(*this, std::move(request), deflate);
        p.self = std::prev(pausing_.end());
    }
}

void engine::open_websocket(websocket_request request, std::optional<websocket::deflate_terms> deflate) {
    engine_session& s =
        open(std::move(request.opening), request.query, transport_kind::websocket, std::move(request.admitted.ticket));
    auto transport = adopt(std::move(request.connection), s.as_owner(), deflate);
    websocket_transport& opened = *transport;
    s.use(std::move(transport));
    s.start();
    opened.begin(request.bytes_behind);
}

std::unique_ptr<websocket_transport> engine::adopt(socket_channel connection, websocket_transport::owner& who,
                                                   std::optional<websocket::deflate_terms> deflate) {
    auto limit = shard_.config().engine.max_payload;
    websocket_transport::setup with{.max_message_bytes = limit ? limit : UINT64_MAX, .deflate = {}};
    if (deflate) with.deflate.emplace(*deflate_, *deflate);
    return std::make_unique<websocket_transport>(std::move(connection), poller_, read_buffer_, with, who);
}

void engine::close_all() {
    std::vector<engine_session*> all; // a session that ends leaves the table
    all.reserve(sessions_.size());
    for (auto& [sid, s] : sessions_)
        all.push_back(s.get());
    for (engine_session* s : all)
        s->shut_down();
    end_turn();
    lingering_.clear();
    pausing_.clear();
    ended_transports_.clear();
    poller_.stop();
}

bool engine::retire_some(std::size_t most) {
    std::vector<engine_session*> some; // a session that ends leaves the table
    for (auto at = sessions_.begin(); at != sessions_.end() && some.size() < most; ++at)
        if (!at->second->is_closing()) some.push_back(at->second.get());
    for (engine_session* s : some)
        s->retire();
    return some.size() == most;
}

void engine::end_retired() {
    std::vector<engine_session*> all;
    all.reserve(sessions_.size());
    for (auto const& [name, session] : sessions_)
        all.push_back(session.get());
    for (engine_session* s : all)
        s->shut_down();
}

void engine::touch(engine_session& s) {
    if (std::exchange(s.touched_, true)) return;
    touched_.push_back(&s);
    shard_.schedule_turn_end();
}

void engine::forget(engine_session& s) {
    if (auto node = sessions_.extract(s.name())) ended_sessions_.push_back(std::move(node.mapped()));
}

void engine::dispose(std::unique_ptr<websocket_transport> transport) {
    ended_transports_.push_back(std::move(transport));
    shard_.schedule_turn_end();
}

void engine::linger(std::unique_ptr<websocket_transport> transport) {
    if (transport->is_ended()) return dispose(std::move(transport));
    auto& l = lingering_.emplace_back(*this, std::move(transport));
    l.self = std::prev(lingering_.end());
}

void engine::end_turn() {
    for (std::size_t next = 0; next < touched_.size();)
        touched_[next++]->end_turn(); // which may touch more
    touched_.clear();
    ended_sessions_.clear();
    ended_transports_.clear();
}

} // namespace ringback::net
