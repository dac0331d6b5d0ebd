#include "engineio/session_machine.hpp"

#include <gtest/gtest.h>

namespace ringback::engineio {
namespace {

using namespace std::chrono_literals;
using enum session_action;

constexpr mono_time t0{1h};
constexpr auto polling = packet_channel::polling;
constexpr auto websocket = packet_channel::websocket;
constexpr auto candidate = packet_channel::candidate;

// Ping interval 25 s, ping timeout 20 s, upgrade timeout 10 s.
engine_config const defaults;

session_verdict feed(session_machine& m, packet_channel from, std::string_view text, mono_time now = t0) {
    return m.on_packet(from, decode_packet(text).value(), now);
}

session_machine on(transport_kind kind) { return {kind, protocol_revision::v4, defaults, t0}; }
session_machine on_polling() { return on(transport_kind::polling); }
session_machine on_websocket() { return on(transport_kind::websocket); }

session_machine probed() {
    auto m = on_polling();
    EXPECT_EQ(m.begin_upgrade(t0 + 1s), upgrade_step::accepted);
    EXPECT_EQ(feed(m, candidate, "2probe", t0 + 2s).action, answer_probe);
    return m;
}

session_machine upgraded() {
    auto m = probed();
    EXPECT_EQ(feed(m, candidate, "5", t0 + 3s).action, complete_upgrade);
    return m;
}

session_verdict closed(close_reason why) { return {close_session, why}; }

void expect_over(session_machine& m, close_reason why) {
    EXPECT_TRUE(m.is_over());
    EXPECT_EQ(m.reason(), why);
    EXPECT_EQ(m.next_deadline(), mono_time::max());
    EXPECT_FALSE(m.is_upgrading());
    EXPECT_FALSE(m.is_poll_parked());
    auto heard = m.last_heard();
    EXPECT_EQ(feed(m, polling, "4x", t0 + 1h), session_verdict{});
    EXPECT_EQ(feed(m, websocket, "4x", t0 + 1h), session_verdict{});
    EXPECT_EQ(feed(m, candidate, "2probe", t0 + 1h), session_verdict{});
    EXPECT_EQ(m.on_decode_error(websocket), session_verdict{});
    m.on_bytes(t0 + 1h);
    EXPECT_EQ(m.on_deadline(t0 + 1h), session_verdict{});
    EXPECT_EQ(m.on_transport_end(websocket, transport_end::failed), session_verdict{});
    EXPECT_EQ(m.begin_poll(outbox_state::has_packets, t0 + 1h), poll_step::refused);
    EXPECT_EQ(m.begin_post(t0 + 1h), post_step::refused);
    EXPECT_EQ(m.end_poll(request_end::aborted), session_verdict{});
    EXPECT_EQ(m.end_post(request_end::aborted), session_verdict{});
    EXPECT_EQ(m.begin_upgrade(t0 + 1h), upgrade_step::refused);
    EXPECT_EQ(m.begin_close(close_reason::forced_close, outbox_state::empty, t0 + 1h), close_step::already_closing);
    EXPECT_EQ(m.close_now(close_reason::forced_close), session_verdict{});
    EXPECT_EQ(m.reason(), why);
    EXPECT_EQ(m.last_heard(), heard);
}

// ---- Packets

TEST(SessionMachine, MessagesAreDelivered) {
    for (auto kind : {transport_kind::polling, transport_kind::websocket}) {
        auto m = on(kind);
        auto channel = kind == transport_kind::polling ? polling : websocket;
        EXPECT_EQ(feed(m, channel, "4hi").action, deliver_text);
        EXPECT_EQ(m.on_packet(channel, binary_message("\x01"), t0).action, deliver_binary);
    }
}

TEST(SessionMachine, PacketsThatOnlyServersSendAreIgnored) {
    auto m = on_websocket();
    for (std::string_view text : {"0{}", "3", "3probe", "5", "6"})
        EXPECT_EQ(feed(m, websocket, text), session_verdict{}) << text;
    EXPECT_TRUE(m.is_open());
}

TEST(SessionMachine, AClientPingEndsTheSession) {
    for (std::string_view text : {"2", "2probe", "2x"}) {
        auto m = on_websocket();
        EXPECT_EQ(feed(m, websocket, text), closed(close_reason::transport_error));
        expect_over(m, close_reason::transport_error);
    }
    auto after_upgrade = upgraded();
    EXPECT_EQ(feed(after_upgrade, websocket, "2probe", t0 + 4s), closed(close_reason::transport_error));
}

TEST(SessionMachine, AClosePacketEndsTheSessionAtOnceAndIsToldFromADrop) {
    for (auto kind : {transport_kind::polling, transport_kind::websocket}) {
        auto m = on(kind);
        EXPECT_EQ(feed(m, kind == transport_kind::polling ? polling : websocket, "1"),
                  closed(close_reason::peer_closed));
        expect_over(m, close_reason::peer_closed);
    }
}

TEST(SessionMachine, APacketThatDoesNotDecodeEndsTheSession) {
    auto m = on_polling();
    EXPECT_EQ(m.on_decode_error(polling), closed(close_reason::parse_error));
    expect_over(m, close_reason::parse_error);
}

TEST(SessionMachine, AWebSocketThatEndsEndsTheSession) {
    auto closing = on_websocket();
    EXPECT_EQ(closing.on_transport_end(websocket, transport_end::closed), closed(close_reason::transport_close));
    expect_over(closing, close_reason::transport_close);
    auto failing = on_websocket();
    EXPECT_EQ(failing.on_transport_end(websocket, transport_end::failed), closed(close_reason::transport_error));
}

TEST(SessionMachine, EverySignOfLifeMovesLastHeard) {
    auto m = on_polling();
    EXPECT_EQ(m.last_heard(), t0);
    (void)feed(m, polling, "4x", t0 + 1s);
    EXPECT_EQ(m.last_heard(), t0 + 1s);
    m.on_bytes(t0 + 2s);
    EXPECT_EQ(m.last_heard(), t0 + 2s);
    (void)m.begin_poll(outbox_state::empty, t0 + 3s);
    EXPECT_EQ(m.last_heard(), t0 + 3s);
    (void)m.begin_post(t0 + 4s);
    EXPECT_EQ(m.last_heard(), t0 + 4s);
    (void)m.begin_upgrade(t0 + 5s);
    (void)feed(m, candidate, "2probe", t0 + 6s);
    EXPECT_EQ(m.last_heard(), t0 + 6s);
    (void)m.on_deadline(t0 + 25s);
    EXPECT_EQ(m.last_heard(), t0 + 6s);
}

// ---- Heartbeat

TEST(SessionMachine, PingsAnIntervalAfterTheOpenAndAfterEachPong) {
    auto m = on_websocket();
    EXPECT_EQ(m.next_deadline(), t0 + 25s);
    EXPECT_EQ(m.on_deadline(t0 + 25s - 1ns), session_verdict{});
    EXPECT_EQ(m.on_deadline(t0 + 25s).action, send_ping);
    EXPECT_EQ(m.next_deadline(), t0 + 45s);
    EXPECT_EQ(feed(m, websocket, "3", t0 + 26s), session_verdict{});
    EXPECT_EQ(m.next_deadline(), t0 + 51s);
    EXPECT_EQ(m.on_deadline(t0 + 51s).action, send_ping);
}

TEST(SessionMachine, SilenceAfterAPingEndsTheSession) {
    auto m = on_polling();
    EXPECT_EQ(m.on_deadline(t0 + 25s).action, send_ping);
    EXPECT_EQ(m.on_deadline(t0 + 45s - 1ns), session_verdict{});
    EXPECT_EQ(m.on_deadline(t0 + 45s), closed(close_reason::ping_timeout));
    expect_over(m, close_reason::ping_timeout);
}

TEST(SessionMachine, TheTimeoutCountsFromTheMomentThePingWasQueued) {
    auto m = on_websocket();
    EXPECT_EQ(m.on_deadline(t0 + 28s).action, send_ping);
    EXPECT_EQ(m.next_deadline(), t0 + 48s);
}

TEST(SessionMachine, TrafficDoesNotPutOffThePing) {
    auto m = on_websocket();
    (void)feed(m, websocket, "4x", t0 + 20s);
    (void)feed(m, websocket, "3", t0 + 24s); // a pong that nobody asked for
    EXPECT_EQ(m.next_deadline(), t0 + 25s);
    EXPECT_EQ(m.on_deadline(t0 + 25s).action, send_ping);
}

TEST(SessionMachine, TrafficBeforeThePingDoesNotLengthenTheWait) {
    auto m = on_websocket();
    (void)feed(m, websocket, "4x", t0 + 25s);
    (void)m.on_deadline(t0 + 25s);
    EXPECT_EQ(m.on_deadline(t0 + 45s), closed(close_reason::ping_timeout));
}

TEST(SessionMachine, TrafficWhileWaitingLengthensTheWaitOnce) {
    auto m = on_websocket();
    (void)m.on_deadline(t0 + 25s);
    (void)feed(m, websocket, "4x", t0 + 30s);
    EXPECT_EQ(m.next_deadline(), t0 + 45s);
    EXPECT_EQ(m.on_deadline(t0 + 45s), session_verdict{});
    EXPECT_EQ(m.next_deadline(), t0 + 50s);
    (void)feed(m, websocket, "4x", t0 + 49s);
    EXPECT_EQ(m.on_deadline(t0 + 50s), closed(close_reason::ping_timeout));
}

TEST(SessionMachine, PartOfAPacketIsTrafficToo) {
    auto m = on_websocket();
    (void)m.on_deadline(t0 + 25s);
    m.on_bytes(t0 + 44s);
    EXPECT_EQ(m.on_deadline(t0 + 45s), session_verdict{});
    EXPECT_EQ(m.next_deadline(), t0 + 64s);
    EXPECT_EQ(feed(m, websocket, "3", t0 + 60s), session_verdict{});
    EXPECT_EQ(m.next_deadline(), t0 + 85s);
}

TEST(SessionMachine, EachPingMayBeLengthenedAnew) {
    auto m = on_websocket();
    (void)m.on_deadline(t0 + 25s);
    m.on_bytes(t0 + 30s);
    (void)m.on_deadline(t0 + 45s);
    (void)feed(m, websocket, "3", t0 + 46s);
    EXPECT_EQ(m.on_deadline(t0 + 71s).action, send_ping);
    m.on_bytes(t0 + 72s);
    EXPECT_EQ(m.on_deadline(t0 + 91s), session_verdict{});
    EXPECT_EQ(m.next_deadline(), t0 + 92s);
}

TEST(SessionMachine, ALateTimerDoesNotGiveMoreThanTheLengthenedWait) {
    auto m = on_websocket();
    (void)m.on_deadline(t0 + 25s);
    m.on_bytes(t0 + 30s);
    EXPECT_EQ(m.on_deadline(t0 + 50s), closed(close_reason::ping_timeout));
}

// ---- Upgrade

TEST(SessionMachine, AnUpgradeProbesThenSwitches) {
    auto m = on_polling();
    EXPECT_EQ(m.begin_poll(outbox_state::empty, t0), poll_step::park);
    EXPECT_EQ(m.begin_upgrade(t0 + 1s), upgrade_step::accepted);
    EXPECT_TRUE(m.is_upgrading());
    EXPECT_EQ(m.next_deadline(), t0 + 11s);
    EXPECT_EQ(feed(m, candidate, "2probe", t0 + 2s).action, answer_probe);
    EXPECT_TRUE(m.is_poll_parked());
    EXPECT_EQ(m.end_poll(request_end::answered), session_verdict{});
    EXPECT_EQ(m.transport(), transport_kind::polling);
    EXPECT_EQ(feed(m, polling, "4last", t0 + 2s).action, deliver_text);
    EXPECT_EQ(feed(m, candidate, "5", t0 + 3s).action, complete_upgrade);
    EXPECT_EQ(m.transport(), transport_kind::websocket);
    EXPECT_FALSE(m.is_upgrading());
    EXPECT_EQ(m.next_deadline(), t0 + 25s);
    EXPECT_EQ(feed(m, websocket, "4first", t0 + 3s).action, deliver_text);
}

TEST(SessionMachine, PollsAreAnsweredAtOnceFromTheProbeOn) {
    auto m = on_polling();
    (void)m.begin_upgrade(t0);
    EXPECT_EQ(m.begin_poll(outbox_state::empty, t0), poll_step::park);
    (void)feed(m, candidate, "2probe");
    (void)m.end_poll(request_end::answered);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(m.begin_poll(outbox_state::empty, t0), poll_step::noop);
    EXPECT_EQ(m.begin_poll(outbox_state::has_packets, t0), poll_step::flush);
    EXPECT_EQ(m.begin_poll(outbox_state::empty, t0), poll_step::noop);
}

TEST(SessionMachine, ASecondWebSocketIsRefusedDuringAndAfterAnUpgrade) {
    auto m = probed();
    EXPECT_EQ(m.begin_upgrade(t0 + 2s), upgrade_step::refused);
    EXPECT_EQ(feed(m, candidate, "5", t0 + 3s).action, complete_upgrade);
    EXPECT_EQ(m.begin_upgrade(t0 + 4s), upgrade_step::refused);
    EXPECT_TRUE(m.is_open());
    auto opened_on_websocket = on_websocket();
    EXPECT_EQ(opened_on_websocket.begin_upgrade(t0), upgrade_step::refused);
}

TEST(SessionMachine, AnythingElseOnTheCandidateClosesTheCandidateOnly) {
    for (std::string_view text : {"4hi", "2", "2prob", "3", "5", "1", "0", "6"}) {
        auto m = on_polling();
        (void)m.begin_upgrade(t0);
        EXPECT_EQ(feed(m, candidate, text).action, close_candidate) << text;
        EXPECT_TRUE(m.is_open());
        EXPECT_FALSE(m.is_upgrading());
        EXPECT_EQ(m.next_deadline(), t0 + 25s);
        EXPECT_EQ(m.begin_upgrade(t0), upgrade_step::accepted) << text;
    }
    for (std::string_view text : {"4hi", "2", "1"}) {
        auto m = probed();
        EXPECT_EQ(feed(m, candidate, text).action, close_candidate) << text;
        EXPECT_EQ(m.begin_poll(outbox_state::empty, t0 + 3s), poll_step::park) << text;
    }
    auto binary = probed();
    EXPECT_EQ(binary.on_packet(candidate, binary_message("5"), t0 + 3s).action, close_candidate);
    auto undecodable = probed();
    EXPECT_EQ(undecodable.on_decode_error(candidate).action, close_candidate);
    EXPECT_TRUE(undecodable.is_open());
}

TEST(SessionMachine, ARepeatedProbeIsAnsweredAgain) {
    auto m = probed();
    EXPECT_EQ(feed(m, candidate, "2probe", t0 + 3s).action, answer_probe);
}

TEST(SessionMachine, ACandidateThatStaysSilentIsClosedAndTheSessionGoesOn) {
    auto m = probed();
    EXPECT_EQ(m.on_deadline(t0 + 11s - 1ns), session_verdict{});
    EXPECT_EQ(m.on_deadline(t0 + 11s).action, close_candidate);
    EXPECT_EQ(m.next_deadline(), t0 + 25s);
    EXPECT_EQ(m.begin_poll(outbox_state::empty, t0 + 12s), poll_step::park);
    // What the driver still reads from it changes nothing.
    EXPECT_EQ(feed(m, candidate, "5", t0 + 12s).action, close_candidate);
    EXPECT_EQ(m.transport(), transport_kind::polling);
}

TEST(SessionMachine, ACandidateThatLeavesEndsTheUpgradeOnly) {
    auto m = probed();
    EXPECT_EQ(m.on_transport_end(candidate, transport_end::failed).action, close_candidate);
    EXPECT_EQ(m.on_transport_end(candidate, transport_end::failed), session_verdict{}) << "there is none any more";
    EXPECT_FALSE(m.is_upgrading());
    EXPECT_TRUE(m.is_open());
    EXPECT_EQ(m.begin_upgrade(t0 + 5s), upgrade_step::accepted);
}

TEST(SessionMachine, DeadlinesThatAreDueTogetherComeOneByOne) {
    engine_config config;
    config.upgrade_timeout = 24s;
    session_machine m{transport_kind::polling, protocol_revision::v4, config, t0};
    (void)m.begin_upgrade(t0 + 1s);
    EXPECT_EQ(m.on_deadline(t0 + 25s).action, send_ping);
    EXPECT_EQ(m.next_deadline(), t0 + 25s);
    EXPECT_EQ(m.on_deadline(t0 + 25s).action, close_candidate);
    EXPECT_EQ(m.next_deadline(), t0 + 45s);
}

TEST(SessionMachine, AnUpgradeGivesAnOutstandingPongTheFullTimeAgain) {
    auto m = on_polling();
    (void)m.on_deadline(t0 + 25s);
    (void)m.begin_upgrade(t0 + 40s);
    (void)feed(m, candidate, "2probe", t0 + 41s);
    (void)feed(m, candidate, "5", t0 + 42s);
    EXPECT_EQ(m.next_deadline(), t0 + 62s);
    EXPECT_EQ(m.on_deadline(t0 + 62s), closed(close_reason::ping_timeout));
}

TEST(SessionMachine, AnUpgradeDoesNotPutOffThePing) {
    auto m = upgraded();
    EXPECT_EQ(m.next_deadline(), t0 + 25s);
    EXPECT_EQ(m.on_deadline(t0 + 25s).action, send_ping);
    (void)feed(m, websocket, "3", t0 + 25s);
    EXPECT_EQ(m.next_deadline(), t0 + 50s);
}

TEST(SessionMachine, PollingIsOverAfterTheUpgrade) {
    auto m = probed();
    EXPECT_EQ(m.begin_post(t0 + 2s), post_step::accept);
    (void)feed(m, candidate, "5", t0 + 3s);
    EXPECT_EQ(feed(m, polling, "2", t0 + 3s), session_verdict{});
    EXPECT_EQ(m.on_decode_error(polling), session_verdict{});
    EXPECT_EQ(m.end_post(request_end::aborted), session_verdict{});
    EXPECT_EQ(m.begin_poll(outbox_state::empty, t0 + 3s), poll_step::refused);
    EXPECT_EQ(m.begin_post(t0 + 3s), post_step::refused);
    EXPECT_TRUE(m.is_open());
}

TEST(SessionMachine, APollLeftParkedByTheUpgradeMayGoWithoutHarm) {
    auto m = on_polling();
    (void)m.begin_poll(outbox_state::empty, t0);
    (void)m.begin_upgrade(t0);
    (void)feed(m, candidate, "2probe");
    (void)feed(m, candidate, "5");
    EXPECT_TRUE(m.is_poll_parked());
    EXPECT_EQ(m.end_poll(request_end::aborted), session_verdict{});
    EXPECT_TRUE(m.is_open());
}

TEST(SessionMachine, ASessionThatEndsDuringAnUpgradeTakesTheCandidateAlong) {
    auto by_packet = probed();
    EXPECT_EQ(feed(by_packet, polling, "1", t0 + 3s), closed(close_reason::peer_closed));
    expect_over(by_packet, close_reason::peer_closed);

    auto by_us = probed();
    EXPECT_EQ(by_us.begin_close(close_reason::forced_server_close, outbox_state::has_packets, t0 + 3s),
              close_step::drain);
    EXPECT_FALSE(by_us.is_upgrading());
    EXPECT_EQ(feed(by_us, candidate, "5", t0 + 3s).action, close_candidate);
    EXPECT_EQ(by_us.transport(), transport_kind::polling);
}

// ---- Polling

TEST(SessionMachine, APollIsParkedUntilItIsAnswered) {
    auto m = on_polling();
    EXPECT_EQ(m.begin_poll(outbox_state::empty, t0), poll_step::park);
    EXPECT_TRUE(m.is_poll_parked());
    EXPECT_EQ(m.end_poll(request_end::answered), session_verdict{});
    EXPECT_EQ(m.begin_poll(outbox_state::has_packets, t0), poll_step::flush);
    EXPECT_FALSE(m.is_poll_parked());
    EXPECT_EQ(m.begin_poll(outbox_state::empty, t0), poll_step::park);
}

TEST(SessionMachine, ASecondPollBesideAParkedOneEndsTheSession) {
    for (auto outbox : {outbox_state::empty, outbox_state::has_packets}) {
        auto m = on_polling();
        (void)m.begin_poll(outbox_state::empty, t0);
        EXPECT_EQ(m.begin_poll(outbox, t0), poll_step::overlap);
        expect_over(m, close_reason::transport_error);
    }
}

TEST(SessionMachine, ASecondPostBesideOneInProgressEndsTheSession) {
    auto m = on_polling();
    EXPECT_EQ(m.begin_post(t0), post_step::accept);
    EXPECT_EQ(m.end_post(request_end::answered), session_verdict{});
    EXPECT_EQ(m.begin_post(t0), post_step::accept);
    EXPECT_EQ(m.begin_post(t0), post_step::overlap);
    expect_over(m, close_reason::transport_error);
}

TEST(SessionMachine, APollAndAPostMayBeOutstandingTogether) {
    auto m = on_polling();
    EXPECT_EQ(m.begin_poll(outbox_state::empty, t0), poll_step::park);
    EXPECT_EQ(m.begin_post(t0), post_step::accept);
    EXPECT_TRUE(m.is_open());
}

TEST(SessionMachine, AParkedPollWhoseConnectionEndsEndsTheSession) {
    auto m = on_polling();
    (void)m.begin_poll(outbox_state::empty, t0);
    EXPECT_EQ(m.end_poll(request_end::aborted), closed(close_reason::transport_error));
    expect_over(m, close_reason::transport_error);
}

TEST(SessionMachine, APostCutShortEndsTheSession) {
    auto m = on_polling();
    (void)m.begin_post(t0);
    EXPECT_EQ(m.end_post(request_end::aborted), closed(close_reason::transport_error));
    expect_over(m, close_reason::transport_error);
}

TEST(SessionMachine, ASessionOpenedOnWebSocketTakesNoPollsOrPosts) {
    auto m = on_websocket();
    EXPECT_EQ(m.begin_poll(outbox_state::empty, t0), poll_step::refused);
    EXPECT_EQ(m.begin_post(t0), post_step::refused);
    EXPECT_EQ(m.last_heard(), t0);
    EXPECT_TRUE(m.is_open());
}

// ---- Closing

TEST(SessionMachine, ClosingAnswersAParkedPollAtOnce) {
    auto m = on_polling();
    (void)m.begin_poll(outbox_state::empty, t0);
    EXPECT_EQ(m.begin_close(close_reason::forced_server_close, outbox_state::empty, t0), close_step::finished);
    expect_over(m, close_reason::forced_server_close);
}

TEST(SessionMachine, ClosingWithoutAPollFlushesThenSaysGoodbye) {
    auto m = on_polling();
    EXPECT_EQ(m.begin_close(close_reason::forced_close, outbox_state::has_packets, t0), close_step::drain);
    EXPECT_FALSE(m.is_open());
    EXPECT_EQ(m.begin_poll(outbox_state::has_packets, t0 + 1s), poll_step::flush);
    EXPECT_FALSE(m.is_over());
    EXPECT_EQ(m.begin_poll(outbox_state::empty, t0 + 2s), poll_step::goodbye);
    expect_over(m, close_reason::forced_close);
}

TEST(SessionMachine, ClosingFlushesThroughAParkedPollFirst) {
    auto m = on_polling();
    (void)m.begin_poll(outbox_state::empty, t0);
    EXPECT_EQ(m.begin_close(close_reason::forced_close, outbox_state::has_packets, t0), close_step::drain);
    EXPECT_EQ(m.end_poll(request_end::answered), session_verdict{});
    EXPECT_EQ(m.begin_poll(outbox_state::empty, t0), poll_step::goodbye);
}

TEST(SessionMachine, AClosingWebSocketEndsForOurReason) {
    auto m = on_websocket();
    EXPECT_EQ(m.begin_close(close_reason::forced_server_close, outbox_state::has_packets, t0), close_step::drain);
    EXPECT_EQ(m.on_transport_end(websocket, transport_end::failed), closed(close_reason::forced_server_close));
    expect_over(m, close_reason::forced_server_close);
}

TEST(SessionMachine, AClosingSessionDeliversNothingAndPingsNobody) {
    auto m = on_websocket();
    (void)m.begin_close(close_reason::forced_close, outbox_state::has_packets, t0 + 1s);
    for (std::string_view text : {"4x", "2", "3"})
        EXPECT_EQ(feed(m, websocket, text, t0 + 2s), session_verdict{}) << text;
    EXPECT_EQ(m.next_deadline(), t0 + 31s);
    EXPECT_EQ(m.on_deadline(t0 + 25s), session_verdict{});
    EXPECT_EQ(m.begin_upgrade(t0 + 2s), upgrade_step::refused);
    EXPECT_EQ(m.begin_close(close_reason::forced_close, outbox_state::empty, t0 + 2s), close_step::already_closing);
}

TEST(SessionMachine, AClientThatNeverFetchesTheRestIsDroppedAfterTheLinger) {
    auto m = on_polling();
    (void)m.begin_close(close_reason::forced_close, outbox_state::has_packets, t0);
    EXPECT_EQ(m.on_deadline(t0 + 30s - 1ns), session_verdict{});
    EXPECT_EQ(m.on_deadline(t0 + 30s), closed(close_reason::forced_close));
    expect_over(m, close_reason::forced_close);
}

TEST(SessionMachine, AClientThatClosesAClosingSessionEndsIt) {
    auto m = on_polling();
    (void)m.begin_close(close_reason::forced_close, outbox_state::has_packets, t0);
    EXPECT_EQ(m.begin_post(t0 + 1s), post_step::accept);
    EXPECT_EQ(feed(m, polling, "1", t0 + 1s), closed(close_reason::forced_close));
}

TEST(SessionMachine, AHardCloseNeedsNoClient) {
    auto m = on_polling();
    EXPECT_EQ(m.close_now(close_reason::server_shutting_down), closed(close_reason::server_shutting_down));
    expect_over(m, close_reason::server_shutting_down);
    auto closing = on_websocket();
    (void)closing.begin_close(close_reason::forced_close, outbox_state::has_packets, t0);
    EXPECT_EQ(closing.close_now(close_reason::server_shutting_down), closed(close_reason::forced_close));
}

} // namespace
} // namespace ringback::engineio
