#include "engineio/session_machine.hpp"

#include <algorithm>

namespace ringback::engineio {

session_machine::session_machine(transport_kind opened_on, protocol_revision revision, engine_config const& config,
                                 mono_time now) noexcept
    : config_{&config},
      last_heard_{now},
      revision_{revision},
      transport_{opened_on},
      awaiting_client_{revision == protocol_revision::v3} {
    deadline_ = now + (awaiting_client_ ? patience() : config.ping_interval);
}

std::chrono::milliseconds session_machine::patience() const noexcept {
    return revision_ == protocol_revision::v4 ? config_->ping_timeout : config_->ping_interval + config_->ping_timeout;
}

bool session_machine::is_current(packet_channel channel) const noexcept {
    return channel == (transport_ == transport_kind::polling ? packet_channel::polling : packet_channel::websocket);
}

session_verdict session_machine::finish(close_reason reason) noexcept {
    if (phase_ == phase::over) return {};
    // A session that we are closing ends for our reason, however its transport goes.
    if (phase_ == phase::open) reason_ = reason;
    phase_ = phase::over;
    upgrade_ = upgrade_phase::none;
    poll_parked_ = false;
    post_in_progress_ = false;
    return {session_action::close_session, reason_};
}

session_verdict session_machine::drop_candidate() noexcept {
    upgrade_ = upgrade_phase::none;
    return {session_action::close_candidate};
}

session_verdict session_machine::on_packet(packet_channel from, packet_view const& packet, mono_time now) noexcept {
    if (phase_ == phase::over) return {};
    if (from == packet_channel::candidate) return on_candidate_packet(packet, now);
    // Clients stop polling before they send `5`, so a POST that arrives later is not part of the conversation.
    if (!is_current(from)) return {};
    last_heard_ = now;
    if (packet.type == packet_type::close) return finish(close_reason::peer_closed);
    if (phase_ == phase::closing) return {};
    switch (packet.type) {
    case packet_type::message:
        return {packet.content == packet_content::text ? session_action::deliver_text : session_action::deliver_binary};
    case packet_type::ping: return on_ping(now);
    case packet_type::pong: return on_pong(now);
    default: return {};
    }
}

session_verdict session_machine::on_ping(mono_time now) noexcept {
    if (revision_ == protocol_revision::v4) return finish(close_reason::transport_error);
    extended_ = false;
    deadline_ = now + patience();
    return {session_action::send_pong};
}

session_verdict session_machine::on_pong(mono_time now) noexcept {
    if (revision_ == protocol_revision::v3) return finish(close_reason::transport_error);
    // A pong that nobody asked for must not put off the next ping: clients watch for pings alone.
    if (awaiting_client_) {
        awaiting_client_ = false;
        deadline_ = now + config_->ping_interval;
    }
    return {};
}

session_verdict session_machine::on_candidate_packet(packet_view const& packet, mono_time now) noexcept {
    if (upgrade_ == upgrade_phase::none) return {session_action::close_candidate};
    last_heard_ = now;
    if (packet.type == packet_type::ping && packet.data == "probe") {
        upgrade_ = upgrade_phase::probed;
        return {session_action::answer_probe};
    }
    if (packet.type != packet_type::upgrade || upgrade_ != upgrade_phase::probed) return drop_candidate();
    upgrade_ = upgrade_phase::none;
    transport_ = transport_kind::websocket;
    // The ping may still wait in the outbox for a poll that never came: from here its pong gets the full time again.
    // A ping that is not yet due stays where it is, or the client would miss it and give up.
    if (awaiting_client_ && revision_ == protocol_revision::v4) {
        extended_ = false;
        deadline_ = now + patience();
    }
    return {session_action::complete_upgrade};
}

session_verdict session_machine::on_decode_error(packet_channel from) noexcept {
    if (phase_ == phase::over) return {};
    if (from == packet_channel::candidate) return drop_candidate();
    if (!is_current(from)) return {};
    return finish(close_reason::parse_error);
}

void session_machine::on_bytes(mono_time now) noexcept {
    if (phase_ != phase::over) last_heard_ = now;
}

session_verdict session_machine::on_transport_end(packet_channel which, transport_end how) noexcept {
    if (which == packet_channel::candidate) return is_upgrading() ? drop_candidate() : session_verdict{};
    if (!is_current(which)) return {};
    return finish(how == transport_end::closed ? close_reason::transport_close : close_reason::transport_error);
}

mono_time session_machine::next_deadline() const noexcept {
    if (phase_ == phase::over) return mono_time::max();
    return is_upgrading() ? std::min(deadline_, upgrade_deadline_) : deadline_;
}

session_verdict session_machine::on_deadline(mono_time now) noexcept {
    if (phase_ == phase::over) return {};
    if (now >= deadline_) {
        auto verdict = phase_ == phase::closing ? finish(reason_) : on_heartbeat_due(now);
        if (verdict.action != session_action::ignore) return verdict;
    }
    if (is_upgrading() && now >= upgrade_deadline_) return drop_candidate();
    return {};
}

session_verdict session_machine::on_heartbeat_due(mono_time now) noexcept {
    if (!awaiting_client_) {
        awaiting_client_ = true;
        extended_ = false;
        deadline_ = now + patience();
        return {session_action::send_ping};
    }
    // Whoever sends something else meanwhile is alive, its pong perhaps behind a large upload. The wait starts anew at
    // the last sign of life, but once only: pongs are owed. Looking back here keeps the timer out of the hot path.
    mono_time waiting_since = deadline_ - patience();
    if (!extended_ && last_heard_ > waiting_since) {
        extended_ = true;
        deadline_ = last_heard_ + config_->ping_timeout;
        if (now < deadline_) return {};
    }
    return finish(close_reason::ping_timeout);
}

upgrade_step session_machine::begin_upgrade(mono_time now) noexcept {
    if (phase_ != phase::open || transport_ != transport_kind::polling || is_upgrading()) return upgrade_step::refused;
    upgrade_ = upgrade_phase::awaiting_probe;
    upgrade_deadline_ = now + config_->upgrade_timeout;
    return upgrade_step::accepted;
}

poll_step session_machine::begin_poll(outbox_state outbox, mono_time now) noexcept {
    if (phase_ == phase::over || transport_ != transport_kind::polling) return poll_step::refused;
    last_heard_ = now;
    if (poll_parked_) {
        finish(close_reason::transport_error);
        return poll_step::overlap;
    }
    if (outbox == outbox_state::has_packets) return poll_step::flush;
    if (phase_ == phase::closing) {
        finish(reason_);
        return poll_step::goodbye;
    }
    // Not before the probe: until then the client keeps polling as usual, and a noop would make it poll in a loop.
    if (upgrade_ == upgrade_phase::probed) return poll_step::noop;
    poll_parked_ = true;
    return poll_step::park;
}

session_verdict session_machine::end_poll(request_end how) noexcept {
    if (!poll_parked_) return {};
    poll_parked_ = false;
    if (how == request_end::answered || transport_ != transport_kind::polling) return {};
    return finish(close_reason::transport_error);
}

post_step session_machine::begin_post(mono_time now) noexcept {
    if (phase_ == phase::over || transport_ != transport_kind::polling) return post_step::refused;
    last_heard_ = now;
    if (post_in_progress_) {
        finish(close_reason::transport_error);
        return post_step::overlap;
    }
    post_in_progress_ = true;
    return post_step::accept;
}

session_verdict session_machine::end_post(request_end how) noexcept {
    if (!post_in_progress_) return {};
    post_in_progress_ = false;
    if (how == request_end::answered || transport_ != transport_kind::polling) return {};
    return finish(close_reason::transport_error);
}

close_step session_machine::begin_close(close_reason reason, outbox_state outbox, mono_time now) noexcept {
    if (phase_ != phase::open) return close_step::already_closing;
    if (poll_parked_ && transport_ == transport_kind::polling && outbox == outbox_state::empty) {
        finish(reason);
        return close_step::finished;
    }
    reason_ = reason;
    phase_ = phase::closing;
    upgrade_ = upgrade_phase::none;
    deadline_ = now + close_linger;
    return close_step::drain;
}

session_verdict session_machine::close_now(close_reason reason) noexcept { return finish(reason); }

} // namespace ringback::engineio
