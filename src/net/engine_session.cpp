#include "net/engine_session.hpp"

#include "base/log.hpp"
#include "engineio/errors.hpp"
#include "engineio/handshake.hpp"
#include "engineio/payload.hpp"
#include "net/engine.hpp"
#include "net/shard.hpp"
#include "net/statistics.hpp"
#include "net/wire_reply.hpp"

#include <algorithm>
#include <expected>

namespace ringback::net {

using engineio::close_reason;
using engineio::packet_channel;
using engineio::session_action;
using engineio::transport_kind;

namespace {

websocket::frame_ptr text_frame(std::string_view packet) {
    return websocket::make_frame(websocket::opcode::text, packet);
}

http_reply payload_reply(std::string body, engineio::payload_form form) {
    bool bytes = form == engineio::payload_form::v3_binary;
    return {200,
            {{"Content-Type", bytes ? "application/octet-stream" : "text/plain; charset=UTF-8"},
             {"Cache-Control", "no-store"}},
            std::move(body)};
}

} // namespace

engine_session::engine_session(engine& home, engineio::session_id const& sid, engineio::opening_request opening,
                               transport_kind on, bool base64, handshake_limiter::ticket ticket)
    : home_{home},
      opening_{std::move(opening)},
      handshake_{std::move(ticket)},
      machine_{on, opening_.revision, home.home().config().engine, home.home().clock().now().mono},
      sid_{sid},
      base64_{base64} {
    home_.figures().sessions_opened.add(1);
    sessions_on(on).add(1);
}

engine_session::~engine_session() = default;

figure& engine_session::sessions_on(transport_kind kind) const {
    auto& figures = home_.figures();
    return kind == transport_kind::polling ? figures.polling_sessions : figures.websocket_sessions;
}

mono_time engine_session::now() const { return home_.home().clock().now().mono; }

void engine_session::start() {
    handler_ = home_.home().new_session()(*this);
    rearm();
}

void engine_session::use(std::unique_ptr<websocket_transport> opened) {
    websocket_ = std::move(opened);
    push(text_frame(engineio::open_packet(sid_, transport_kind::websocket, home_.home().config().engine)));
}

void engine_session::attach(std::unique_ptr<websocket_transport> candidate) {
    if (machine_.begin_upgrade(now()) == engineio::upgrade_step::refused)
        return close_transport(std::move(candidate), websocket::close_code::no_status);
    candidate_ = std::move(candidate);
    rearm();
}

// ---- polling

void engine_session::poll(std::uint64_t poll_id, reply_handler reply) {
    auto state = out_.empty() ? engineio::outbox_state::empty : engineio::outbox_state::has_packets;
    switch (machine_.begin_poll(state, now())) {
    case engineio::poll_step::park:
        parked_ = std::move(reply);
        poll_id_ = poll_id;
        return;
    case engineio::poll_step::flush: return reply(take_payload());
    case engineio::poll_step::noop: return reply(control_reply("6"));
    case engineio::poll_step::goodbye: reply(control_reply("61")); return finish(machine_.reason());
    case engineio::poll_step::overlap: reply({400, {}, {}}); return finish(machine_.reason());
    case engineio::poll_step::refused:
        return reply(to_reply(engineio::http_error(
            {machine_.is_over() ? engineio::refusal_code::unknown_sid : engineio::refusal_code::bad_request})));
    }
}

void engine_session::poll_aborted(std::uint64_t poll_id) {
    if (!parked_ || poll_id != poll_id_) return;
    parked_ = nullptr;
    carry_out(machine_.end_poll(engineio::request_end::aborted));
}

bool engine_session::begin_post(task reset) {
    switch (machine_.begin_post(now())) {
    case engineio::post_step::accept: reset_post_ = std::move(reset); return true;
    case engineio::post_step::overlap:
        reset_post_();
        finish(machine_.reason());
        return false;
    case engineio::post_step::refused: return false;
    }
    return false;
}

void engine_session::post(std::string_view body, engineio::payload_form form, reply_handler reply) {
    engineio::payload_reader reader{body, form};
    while (!reader.at_end() && !machine_.is_over()) {
        auto packet = reader.next();
        if (!packet) {
            carry_out(machine_.on_decode_error(packet_channel::polling));
            break;
        }
        carry_out(machine_.on_packet(packet_channel::polling, *packet, now()), *packet);
    }
    carry_out(machine_.end_post(engineio::request_end::answered));
    reply({200, {{"Content-Type", "text/html"}, {"Cache-Control", "no-store"}}, "ok"});
}

void engine_session::heard() { machine_.on_bytes(now()); }

void engine_session::post_failed(engineio::request_end how) { carry_out(machine_.end_post(how)); }

http_reply engine_session::take_payload() {
    using engineio::payload_form;
    auto is_binary = [](websocket::frame_ptr const& f) { return f->opcode() == websocket::opcode::binary; };
    auto may_be_compressed = [](websocket::frame_ptr const& f) {
        return f->payload_is() == websocket::compression::none;
    };
    payload_form form = payload_form::v4;
    if (machine_.revision() == engineio::protocol_revision::v3)
        form = std::ranges::any_of(out_.frames(), is_binary) ? payload_form::v3_binary : payload_form::v3_text;
    engineio::payload_writer body{form, out_.bytes()};
    bool compressible = std::ranges::any_of(out_.frames(), may_be_compressed);
    for (auto const& frame : out_.frames()) {
        if (is_binary(frame))
            body.binary(frame->payload());
        else
            body.text(frame->payload());
    }
    drop_outbox();
    http_reply reply = payload_reply(body.take(), form);
    reply.compressible = compressible;
    return reply;
}

http_reply engine_session::control_reply(std::string_view types) const {
    bool v4 = machine_.revision() == engineio::protocol_revision::v4;
    auto form = v4 ? engineio::payload_form::v4 : engineio::payload_form::v3_text;
    engineio::payload_writer body{form};
    for (char const& type : types)
        body.text({&type, 1});
    return payload_reply(body.take(), form);
}

http_reply engine_session::open_reply() const {
    bool v4 = machine_.revision() == engineio::protocol_revision::v4;
    auto form = v4 ? engineio::payload_form::v4 : engineio::payload_form::v3_text;
    engineio::payload_writer body{form};
    body.text(engineio::open_packet(sid_, transport_kind::polling, home_.home().config().engine));
    return payload_reply(body.take(), form);
}

void engine_session::answer_poll(http_reply reply) {
    if (!parked_) return;
    auto answer = std::exchange(parked_, nullptr);
    answer(std::move(reply));
}

// ---- websocket

packet_channel engine_session::channel_of(websocket_transport const& t) const noexcept {
    return &t == websocket_.get() ? packet_channel::websocket : packet_channel::candidate;
}

void engine_session::on_bytes(websocket_transport&) { heard(); }

void engine_session::on_message(websocket_transport& from, websocket::event const& message) {
    packet_channel channel = channel_of(from);
    bool v4 = machine_.revision() == engineio::protocol_revision::v4;
    std::string decoded; // of a `b…` packet only: no allocation otherwise
    std::expected<engineio::packet_view, engineio::errc> packet;
    if (message.kind == websocket::event_kind::text)
        packet = v4 ? engineio::decode_packet(message.payload, decoded)
                    : engineio::decode_packet_v3(message.payload, decoded);
    else
        packet = v4 ? engineio::binary_message(message.payload) : engineio::decode_binary_packet_v3(message.payload);
    if (!packet) return carry_out(machine_.on_decode_error(channel));
    carry_out(machine_.on_packet(channel, *packet, now()), *packet);
}

void engine_session::on_reply(websocket_transport& from, websocket::frame_ptr reply) {
    if (&from == websocket_.get()) return push(std::move(reply));
    from.write_now(reply->wire());
}

void engine_session::on_writable(websocket_transport& from) {
    from.want_writability(false);
    home_.touch(*this);
}

void engine_session::on_ended(websocket_transport& from, websocket_transport::ending how, websocket::close_code code) {
    // What a client sees in our close frame: its own code back, or what it did wrong.
    if (!websocket::is_legal_on_wire(code)) code = websocket::close_code::no_status;
    auto end = how == websocket_transport::ending::peer_closed ? engineio::transport_end::closed
                                                               : engineio::transport_end::failed;
    if (channel_of(from) == packet_channel::websocket) close_code_ = code;
    auto verdict = machine_.on_transport_end(channel_of(from), end);
    if (verdict.action == session_action::close_candidate) return close_transport(std::move(candidate_), code);
    carry_out(verdict);
}

void engine_session::close_transport(std::unique_ptr<websocket_transport> transport, websocket::close_code code) {
    // A frame that is half written cannot be followed by a close frame.
    if (!transport->is_blocked()) transport->write_now(websocket::encode_close(code));
    home_.linger(std::move(transport));
}

// ---- what the machine decides

void engine_session::carry_out(engineio::session_verdict verdict, engineio::packet_view const& packet) {
    switch (verdict.action) {
    case session_action::ignore: break;
    case session_action::deliver_text:
    case session_action::deliver_binary: deliver(packet); break;
    case session_action::answer_probe:
        candidate_->write_now(text_frame("3probe")->wire());
        if (parked_) {
            answer_poll(control_reply("6"));
            carry_out(machine_.end_poll(engineio::request_end::answered));
        }
        break;
    case session_action::complete_upgrade:
        websocket_ = std::move(candidate_);
        home_.figures().upgrades.add(1);
        sessions_on(transport_kind::polling).subtract(1);
        sessions_on(transport_kind::websocket).add(1);
        answer_poll(control_reply("6"));
        home_.touch(*this);
        break;
    case session_action::close_candidate:
        close_transport(std::move(candidate_), websocket::close_code::no_status);
        break;
    case session_action::send_ping: {
        static websocket::frame_ptr const ping = text_frame("2");
        push(ping);
        break;
    }
    case session_action::send_pong: {
        static websocket::frame_ptr const pong = text_frame("3");
        push(pong);
        break;
    }
    case session_action::close_session: finish(verdict.reason); break;
    }
    if (!machine_.is_over()) rearm();
}

void engine_session::deliver(engineio::packet_view const& packet) {
    try {
        if (packet.content == engineio::packet_content::binary)
            handler_->on_binary(packet.data);
        else
            handler_->on_text(packet.data);
    } catch (std::exception const& e) {
        // What one client's message caused ends that client and nothing else.
        spdlog::error("session handler: {}", e.what());
        close(close_reason::forced_close);
    }
}

void engine_session::finish(close_reason why) {
    answer_poll(control_reply(engineio::parked_poll_body(why)));
    if (websocket_) close_transport(std::move(websocket_), close_code_);
    if (candidate_) close_transport(std::move(candidate_), websocket::close_code::no_status);
    drop_outbox();
    handshake_ = {};
    sessions_on(machine_.transport()).subtract(1);
    home_.wheel().cancel(*this);
    home_.forget(*this);
    home_.touch(*this);
}

// ---- sending

void engine_session::send(websocket::frame_ptr message) {
    if (!machine_.is_open()) return;
    handshake_.opened();
    push(message->opcode() == websocket::opcode::binary ? adapted(std::move(message)) : std::move(message));
}

/// Binary messages as this client reads them. Only those of v4 clients that can read bytes are shared with others.
websocket::frame_ptr engine_session::adapted(websocket::frame_ptr message) const {
    bool v4 = machine_.revision() == engineio::protocol_revision::v4;
    if (v4 && !base64_) return message;
    websocket::frame_builder frame{message->payload().size() * (base64_ ? 2 : 1)};
    if (!base64_)
        frame.out().append(1, engineio::binary_marker_v3).append(message->payload());
    else if (v4)
        engineio::append_base64_packet(frame.out(), message->payload());
    else
        engineio::append_base64_packet_v3(frame.out(), message->payload());
    return std::move(frame).finish(base64_ ? websocket::opcode::text : websocket::opcode::binary,
                                   message->payload_is());
}

void engine_session::push(websocket::frame_ptr frame) {
    if (machine_.is_over()) return;
    auto const& limits = home_.home().config().engine;
    if (websocket_) frame = websocket_->dressed(std::move(frame));
    home_.figures().buffered_bytes.add(frame->wire().size());
    out_.push(std::move(frame));
    home_.touch(*this);
    bool too_many = limits.max_outbox_packets && out_.packets() > limits.max_outbox_packets;
    bool too_large = limits.max_outbox_bytes && out_.bytes() > limits.max_outbox_bytes && out_.packets() > 1;
    if (!too_many && !too_large) return;
    home_.figures().slow_readers_closed.add(1);
    spdlog::warn("outbox full, closing a slow reader: {} packets, {} bytes", out_.packets(), out_.bytes());
    carry_out(machine_.close_now(close_reason::transport_error));
}

void engine_session::drop_outbox() {
    home_.figures().buffered_bytes.subtract(out_.bytes());
    out_.clear();
}

void engine_session::close(close_reason why) {
    auto state = out_.empty() ? engineio::outbox_state::empty : engineio::outbox_state::has_packets;
    switch (machine_.begin_close(why, state, now())) {
    case engineio::close_step::already_closing: return;
    case engineio::close_step::finished: return finish(why);
    case engineio::close_step::drain:
        if (candidate_) close_transport(std::move(candidate_), websocket::close_code::no_status);
        rearm();
        home_.touch(*this);
    }
}

void engine_session::shut_down() { carry_out(machine_.close_now(close_reason::server_shutting_down)); }

void engine_session::retire() {
    if (websocket_ || out_.empty()) return shut_down();
    close(close_reason::server_shutting_down);
}

bool engine_session::is_idle() const {
    return machine_.is_open() && out_.empty() && (websocket_ ? !websocket_->is_blocked() : parked_ != nullptr);
}

engineio::opening_request const* engine_session::carrier() const { return home_.carrier_for(*this); }

void engine_session::flush() {
    if (websocket_) {
        if (websocket_->is_blocked()) return;
        std::size_t before = out_.bytes();
        auto written = websocket_->write(out_);
        home_.figures().buffered_bytes.subtract(before - out_.bytes());
        switch (written) {
        case outbox::write_result::done:
            if (!machine_.is_open()) carry_out(machine_.close_now(machine_.reason()));
            return;
        case outbox::write_result::blocked: return websocket_->want_writability(true);
        case outbox::write_result::failed:
            return carry_out(machine_.on_transport_end(packet_channel::websocket, engineio::transport_end::failed));
        }
    } else if (parked_ && !out_.empty()) {
        answer_poll(take_payload());
        carry_out(machine_.end_poll(engineio::request_end::answered));
    }
}

void engine_session::end_turn() {
    touched_ = false;
    flush();
    if (machine_.is_open() || std::exchange(told_, true)) return;
    moment lost_at = home_.home().clock().now();
    if (machine_.reason() == close_reason::ping_timeout) {
        auto silent = lost_at.mono - machine_.last_heard();
        lost_at = {machine_.last_heard(), lost_at.wall - std::chrono::duration_cast<std::chrono::milliseconds>(silent)};
    }
    try {
        handler_->on_closed(machine_.reason(), lost_at);
    } catch (std::exception const& e) {
        spdlog::error("session handler: {}", e.what());
    }
}

// ---- time

void engine_session::rearm() {
    mono_time due = std::min(machine_.next_deadline(), handler_->deadline());
    // A deadline that moved later is left alone: the timer finds nothing due and looks again.
    if (due == mono_time::max() || (is_armed() && armed_for_ <= due)) return;
    home_.wheel().arm(*this, armed_for_ = due);
}

void engine_session::on_expiry(mono_time at) {
    carry_out(machine_.on_deadline(at));
    if (machine_.is_open() && handler_->deadline() <= at) handler_->on_deadline(at);
    if (!machine_.is_over()) rearm();
}

} // namespace ringback::net
