#pragma once

#include "base/clock.hpp"
#include "engineio/close_reason.hpp"
#include "engineio/config.hpp"
#include "engineio/packet.hpp"

#include <chrono>
#include <cstdint>

namespace ringback::engineio {

/// Where a packet came from. The candidate is a WebSocket that wants to take over from polling.
enum class packet_channel : std::uint8_t { polling, websocket, candidate };

enum class session_action : std::uint8_t {
    ignore,
    deliver_text,     ///< hand the packet's data to the layer above
    deliver_binary,   ///< likewise
    answer_probe,     ///< send `3probe` on the candidate, then answer a parked GET with `6` (and end_poll)
    complete_upgrade, ///< the candidate is the session's WebSocket now: answer a parked GET with `6`, flush the outbox
    close_candidate,  ///< close the candidate; the session goes on
    send_ping,        ///< queue `2` on the current transport
    send_pong,        ///< queue `3` likewise (v3)
    /// The session is over, for `reason`: close its WebSocket without a code and its candidate, answer a parked GET
    /// with parked_poll_body(reason), drop the outbox, forget the sid, tell the layer above.
    close_session,
};

/// What to do about one input.
struct session_verdict {
    session_action action = session_action::ignore;
    close_reason reason = close_reason::transport_close; ///< with close_session only

    friend bool operator==(session_verdict const&, session_verdict const&) = default;
};

enum class outbox_state : std::uint8_t { empty, has_packets };
enum class request_end : std::uint8_t { answered, aborted };
enum class transport_end : std::uint8_t { closed, failed };
enum class upgrade_step : std::uint8_t {
    accepted, ///< 101; the WebSocket is the candidate from here on
    refused,  ///< 101, then close: a 400 here breaks clients that try twice
};
enum class poll_step : std::uint8_t {
    park,    ///< hold the GET, watch its connection for an end, and end_poll when it is answered or gone
    flush,   ///< answer now with the outbox
    noop,    ///< answer now with `6`: an upgrade is under way and the client waits for its polls to end
    goodbye, ///< answer now with `6\x1e1`; the session is over, for reason()
    /// A second GET beside a parked one: the parked GET gets 200 `1`, this one 400 without a body; the session is over.
    overlap,
    refused, ///< the session has left polling (400, code 3) or is over (400, code 1)
};
enum class post_step : std::uint8_t {
    accept,  ///< read the body, feed its packets, answer 200 `ok` whatever they were, end_post
    overlap, ///< a second POST beside one in progress: 400, the first connection is reset; the session is over
    refused, ///< as for polls
};
enum class close_step : std::uint8_t {
    /// The outbox goes out first, through a parked GET if there is one. On WebSocket a close frame without a code
    /// follows it; on polling the coming GETs say when (flush, then goodbye). The end comes as a verdict or as goodbye,
    /// at the latest after close_linger.
    drain,
    finished,       ///< answer the parked GET with `1`; the session is over
    already_closing ///< nothing to do
};

/// How long a closing session waits for its client to fetch what is left.
inline constexpr std::chrono::seconds close_linger{30};

/// One Engine.IO session: current transport, upgrade, heartbeat, closing. It does no I/O: the driver feeds it what
/// happened and carries out the one verdict that comes back, before the next input. Not thread-safe: it belongs to the
/// session's shard. `config` must outlive it. It is kept per idle socket, so it is small; its hot path stores a time.
///
/// In v4 the server pings and the client answers within ping_timeout; in v3 the client pings, and has ping_interval and
/// ping_timeout together from one ping to the next. Whoever sends something else meanwhile gets ping_timeout from then,
/// once for each ping.
///
/// After the end (close_session, goodbye, overlap, finished) every input is ignored or refused and nothing is due.
/// Every end, and the begin of a close, takes the candidate with it. Times passed in must not decrease.
class session_machine {
public:
    session_machine(transport_kind opened_on, protocol_revision revision, engine_config const& config,
                    mono_time now) noexcept;

    /// A decoded packet. Protocol, "Packet encoding" and "Upgrade": a ping (v3: a pong) from the client ends the
    /// session, but for `2probe` on the candidate; open, upgrade and noop on the current transport are ignored; on the
    /// candidate anything but `2probe` and then `5` closes the candidate.
    [[nodiscard]] session_verdict on_packet(packet_channel from, packet_view const& packet, mono_time now) noexcept;
    /// A packet that did not decode. The rest of its POST body or of its WebSocket is not to be read.
    [[nodiscard]] session_verdict on_decode_error(packet_channel from) noexcept;
    /// Bytes arrived that make no whole packet yet: a slow upload is a sign of life.
    void on_bytes(mono_time now) noexcept;
    /// A WebSocket ended: the session's own, which ends the session, or the candidate, which is to be closed then.
    [[nodiscard]] session_verdict on_transport_end(packet_channel which, transport_end how) noexcept;

    /// When on_deadline is due; mono_time::max() when the session is over. Changes with any call, but never to an
    /// earlier time than the one last read, except by begin_upgrade, a pong with a short ping interval, and closing.
    [[nodiscard]] mono_time next_deadline() const noexcept;
    /// ignore when nothing is due (a timer may be early); otherwise send_ping, close_candidate or close_session. More
    /// may be due at once: read next_deadline() again.
    [[nodiscard]] session_verdict on_deadline(mono_time now) noexcept;

    /// A WebSocket names this session's sid.
    [[nodiscard]] upgrade_step begin_upgrade(mono_time now) noexcept;

    /// A GET. Only `park` leaves it outstanding. The handshake's own GET is no poll.
    [[nodiscard]] poll_step begin_poll(outbox_state outbox, mono_time now) noexcept;
    /// The parked GET got its answer, or its connection ended first, which ends the session.
    [[nodiscard]] session_verdict end_poll(request_end how) noexcept;
    /// A POST.
    [[nodiscard]] post_step begin_post(mono_time now) noexcept;
    /// The POST was answered, or its connection ended within the body, which ends the session. Also after a 413, which
    /// the session survives.
    [[nodiscard]] session_verdict end_post(request_end how) noexcept;

    /// Our own wish to end, after what is queued has left. A candidate is to be closed at once, packets are no longer
    /// delivered, and no ping is due any more.
    [[nodiscard]] close_step begin_close(close_reason reason, outbox_state outbox, mono_time now) noexcept;
    /// Our own wish to end now; the outbox is dropped. ignore when it is over already.
    [[nodiscard]] session_verdict close_now(close_reason reason) noexcept;

    [[nodiscard]] protocol_revision revision() const noexcept { return revision_; }
    [[nodiscard]] transport_kind transport() const noexcept { return transport_; }
    [[nodiscard]] bool is_upgrading() const noexcept { return upgrade_ != upgrade_phase::none; }
    [[nodiscard]] bool is_poll_parked() const noexcept { return poll_parked_; }
    [[nodiscard]] bool is_open() const noexcept { return phase_ == phase::open; }
    [[nodiscard]] bool is_over() const noexcept { return phase_ == phase::over; }
    /// Why it ended or is closing. REQUIRES: !is_open().
    [[nodiscard]] close_reason reason() const noexcept { return reason_; }
    /// The last proof that the peer was there: a packet, part of one, or a request. A call is billed up to here.
    [[nodiscard]] mono_time last_heard() const noexcept { return last_heard_; }

private:
    enum class phase : std::uint8_t { open, closing, over };
    enum class upgrade_phase : std::uint8_t { none, awaiting_probe, probed };

    [[nodiscard]] bool is_current(packet_channel channel) const noexcept;
    [[nodiscard]] session_verdict on_candidate_packet(packet_view const& packet, mono_time now) noexcept;
    [[nodiscard]] session_verdict drop_candidate() noexcept;
    [[nodiscard]] session_verdict on_heartbeat_due(mono_time now) noexcept;
    [[nodiscard]] session_verdict on_ping(mono_time now) noexcept;
    [[nodiscard]] session_verdict on_pong(mono_time now) noexcept;
    /// From the moment on which a wait for the client began until it counts as dead.
    [[nodiscard]] std::chrono::milliseconds patience() const noexcept;
    session_verdict finish(close_reason reason) noexcept;

    engine_config const* config_;
    mono_time last_heard_;
    mono_time deadline_; ///< of our ping, of the client's pong or ping, or of the linger when closing
    mono_time upgrade_deadline_{};
    protocol_revision const revision_;
    transport_kind transport_;
    phase phase_ = phase::open;
    upgrade_phase upgrade_ = upgrade_phase::none;
    close_reason reason_ = close_reason::transport_close;
    bool awaiting_client_;  ///< its pong, or in v3 its next ping
    bool extended_ = false; ///< this wait was lengthened already
    bool poll_parked_ = false;
    bool post_in_progress_ = false;
};

static_assert(sizeof(session_machine) <= 48);

} // namespace ringback::engineio
