// Engine.IO v3: the client pings. What both revisions share is in session_machine_test.cpp.
#include "engineio/session_machine.hpp"

#include <gtest/gtest.h>

namespace ringback::engineio {
namespace {

using namespace std::chrono_literals;
using enum session_action;

constexpr mono_time t0{1h};
constexpr auto websocket = packet_channel::websocket;
constexpr auto candidate = packet_channel::candidate;

// Ping interval 25 s, ping timeout 20 s: 45 s from one ping to the next.
engine_config const defaults;
constexpr session_verdict timed_out{close_session, close_reason::ping_timeout};

session_machine on(transport_kind kind) { return {kind, protocol_revision::v3, defaults, t0}; }

session_verdict feed(session_machine& m, packet_channel from, std::string_view text, mono_time now) {
    return m.on_packet(from, decode_packet(text).value(), now);
}

TEST(SessionMachineV3, AnswersEachPingAndNeverPings) {
    auto m = on(transport_kind::websocket);
    for (mono_time at = t0; at < t0 + 10min; at += 25s) {
        EXPECT_EQ(m.on_deadline(at), session_verdict{});
        EXPECT_EQ(feed(m, websocket, "2", at).action, send_pong);
        EXPECT_EQ(m.next_deadline(), at + 45s);
    }
}

TEST(SessionMachineV3, AClientThatDoesNotPingIsClosed) {
    auto m = on(transport_kind::websocket);
    EXPECT_EQ(m.next_deadline(), t0 + 45s);
    EXPECT_EQ(m.on_deadline(t0 + 45s - 1ms), session_verdict{});
    EXPECT_EQ(m.on_deadline(t0 + 45s), timed_out);
}

TEST(SessionMachineV3, OtherPacketsProlongTheWaitOnce) {
    auto m = on(transport_kind::websocket);
    feed(m, websocket, "4x", t0 + 40s);
    EXPECT_EQ(m.on_deadline(t0 + 45s), session_verdict{});
    EXPECT_EQ(m.next_deadline(), t0 + 60s) << "ping_timeout from the packet on";
    feed(m, websocket, "4x", t0 + 59s);
    EXPECT_EQ(m.on_deadline(t0 + 60s), timed_out);
}

TEST(SessionMachineV3, AnOldPacketProlongsNothing) {
    auto m = on(transport_kind::websocket);
    feed(m, websocket, "4x", t0 + 20s);
    EXPECT_EQ(m.on_deadline(t0 + 45s), timed_out);
}

TEST(SessionMachineV3, APingAfterAProlongedWaitBeginsANewOne) {
    auto m = on(transport_kind::websocket);
    m.on_bytes(t0 + 44s);
    EXPECT_EQ(m.on_deadline(t0 + 45s), session_verdict{});
    EXPECT_EQ(feed(m, websocket, "2", t0 + 50s).action, send_pong);
    EXPECT_EQ(m.next_deadline(), t0 + 95s);
    m.on_bytes(t0 + 94s);
    EXPECT_EQ(m.on_deadline(t0 + 95s), session_verdict{});
}

TEST(SessionMachineV3, APongFromTheClientEndsTheSession) {
    auto m = on(transport_kind::websocket);
    EXPECT_EQ(feed(m, websocket, "3", t0), (session_verdict{close_session, close_reason::transport_error}));
}

TEST(SessionMachineV3, UpgradesAsV4Does) {
    auto m = on(transport_kind::polling);
    ASSERT_EQ(m.begin_upgrade(t0), upgrade_step::accepted);
    EXPECT_EQ(feed(m, candidate, "2probe", t0 + 1s).action, answer_probe);
    EXPECT_EQ(m.begin_poll(outbox_state::empty, t0 + 1s), poll_step::noop);
    EXPECT_EQ(feed(m, candidate, "5", t0 + 2s).action, complete_upgrade);
    EXPECT_EQ(m.next_deadline(), t0 + 45s) << "counted from the last ping, upgrade or not";
    EXPECT_EQ(feed(m, websocket, "2", t0 + 25s).action, send_pong);
}

} // namespace
} // namespace ringback::engineio
