// How Engine.IO sessions move from one transport to the other, and how they end. The cases are those of the reference
// server's own tests.
#include "unit/net/engine_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace ringback;
using namespace ringback::testing;
using namespace std::chrono_literals;
using engineio::close_reason;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace {

constexpr std::string_view polling = "/engine.io/?EIO=4&transport=polling";
constexpr std::string_view websocket_target = "/engine.io/?EIO=4&transport=websocket";

std::string with_sid(std::string_view sid) { return std::string{polling} + "&sid=" + std::string{sid}; }
std::string websocket_with_sid(std::string_view sid) {
    return std::string{websocket_target} + "&sid=" + std::string{sid};
}
std::string get(std::string_view target) { return "GET " + std::string{target} + " HTTP/1.1\r\nHost: x\r\n\r\n"; }
std::string const close_frame = from_server(8, "");
auto unknown_sid() { return AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr(R"({"code":1,)")); }

struct EngineClosing : ::testing::Test {
    raw_client probing(std::string_view sid) {
        raw_client ws{server.port()};
        ws.send(upgrade_request(websocket_with_sid(sid)) + text_frame("2probe"));
        ws.read_until(from_server(1, "3probe"));
        return ws;
    }

    engine_server server;
    raw_client client{server.port()};
};

net::server_config& hasty(net::server_config& c) {
    c.engine.ping_interval = c.engine.ping_timeout = 5ms;
    return c;
}

} // namespace

TEST_F(EngineClosing, AClientThatNeverAnswersAPingIsClosedEvenWithoutAPoll) {
    engine_server quick{[](net::server_config& c) { hasty(c); }};
    raw_client poller{quick.port()}, ws{quick.port()};
    std::string sid = sid_in(poller.get(polling));
    EXPECT_THAT(quick.ends(1), ElementsAre(close_reason::ping_timeout));
    EXPECT_THAT(poller.get(with_sid(sid)), unknown_sid());
    ws.send(upgrade_request(websocket_target));
    ws.read_until(from_server(1, "2"));
    ws.read_until(close_frame);
    EXPECT_THAT(quick.ends(2), ElementsAre(close_reason::ping_timeout, close_reason::ping_timeout));
}

TEST_F(EngineClosing, AServerThatRetiresLetsAPollFetchWhatWaitsForIt) {
    std::string const sid = sid_in(client.get(polling));
    EXPECT_THAT(client.post(with_sid(sid), "4the last word"), EndsWith("ok"));
    EXPECT_THAT(server.messages(1), ElementsAre("the last word"));
    server.server.retire(50ms);
    EXPECT_THAT(client.get(with_sid(sid)), HasSubstr("4the last word"));
    EXPECT_THAT(client.get(with_sid(sid)), ::testing::AnyOf(EndsWith("1"), EndsWith("6"), unknown_sid()));
    EXPECT_THAT(server.ends(1), ElementsAre(close_reason::server_shutting_down));
}

TEST_F(EngineClosing, APartialUploadIsASignOfLife) {
    engine_server patient{[](net::server_config& c) {
        c.engine.ping_interval = 20ms;
        c.engine.ping_timeout = 200ms;
    }};
    raw_client c{patient.port()};
    std::string sid = sid_in(c.get(polling));
    auto opened = std::chrono::steady_clock::now();
    c.send("POST " + with_sid(sid) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n4");
    // Pieces keep coming until the time by which silence would have ended the session, and a little longer.
    while (std::chrono::steady_clock::now() < opened + 280ms) {
        std::this_thread::sleep_for(10ms);
        c.send("x");
    }
    EXPECT_THAT(patient.ends(0), ElementsAre());
    EXPECT_THAT(patient.ends(1), ElementsAre(close_reason::ping_timeout)) << "a pong is owed all the same";
    EXPECT_GT(std::chrono::steady_clock::now() - opened, 400ms);
}

TEST_F(EngineClosing, TheServersCloseArrivesOnBothTransports) {
    server.on_text = [](engineio::connection& c, std::string_view) { c.close(close_reason::forced_server_close); };
    std::string sid = sid_in(client.get(polling));
    raw_client poller{server.port()}, ws{server.port()};
    poller.send(get(with_sid(sid)));
    client.get("/engine.io/?EIO=4&transport=polling"); // answered behind it: the poll is parked
    EXPECT_THAT(client.post(with_sid(sid), "4end"), EndsWith("ok"));
    EXPECT_THAT(poller.read_reply(), EndsWith("\r\n\r\n1"));
    ws.send(upgrade_request(websocket_target) + text_frame("4end"));
    ws.read_until(close_frame);
    EXPECT_THAT(server.ends(2), ElementsAre(close_reason::forced_server_close, close_reason::forced_server_close));
}

TEST_F(EngineClosing, TheClientsCloseEndsTheSessionOnBothTransports) {
    std::string sid = sid_in(client.get(polling));
    raw_client poller{server.port()}, ws{server.port()};
    poller.send(get(with_sid(sid)));
    client.get(polling);
    EXPECT_THAT(client.post(with_sid(sid), "1"), EndsWith("ok"));
    EXPECT_THAT(poller.read_reply(), EndsWith("\r\n\r\n6"));
    EXPECT_THAT(client.get(with_sid(sid)), unknown_sid());
    ws.send(upgrade_request(websocket_target) + text_frame("1"));
    ws.read_until(close_frame);
    EXPECT_THAT(server.ends(2), ElementsAre(close_reason::peer_closed, close_reason::peer_closed));
}

TEST_F(EngineClosing, WhatCannotBeReadEndsTheSession) {
    std::string sid = sid_in(client.get(polling));
    EXPECT_THAT(client.post(with_sid(sid), "abc"), EndsWith("ok"));
    EXPECT_THAT(client.get(with_sid(sid)), unknown_sid());
    raw_client ws{server.port()};
    ws.send(upgrade_request(websocket_target) + text_frame("abc"));
    ws.read_until(close_frame);
    EXPECT_THAT(server.ends(2), ElementsAre(close_reason::parse_error, close_reason::parse_error));
}

TEST_F(EngineClosing, AClosedConnectionUnderAWebSocketEndsItsSession) {
    raw_client ended{server.port()}, reset{server.port()};
    ended.send(upgrade_request(websocket_target));
    ended.read_until("0{");
    ended.close();
    EXPECT_THAT(server.ends(1), ElementsAre(close_reason::transport_close));
    reset.send(upgrade_request(websocket_target));
    reset.read_until("0{");
    reset.reset();
    EXPECT_EQ(server.ends(2).size(), 2u);
}

TEST_F(EngineClosing, WhatWaitsIsSentBeforeAGracefulClose) {
    server.on_text = [](engineio::connection& c, std::string_view) {
        c.send(engine_server::text_message("hello"));
        c.close(close_reason::forced_server_close);
        c.send(engine_server::text_message("too late"));
    };
    std::string sid = sid_in(client.get(polling));
    client.post(with_sid(sid), "4end");
    EXPECT_THAT(client.get(with_sid(sid)), EndsWith("\r\n\r\n4hello"));
    EXPECT_THAT(client.get(with_sid(sid)), EndsWith("\r\n\r\n6\x1e"
                                                    "1"));
    raw_client ws{server.port()};
    ws.send(upgrade_request(websocket_target) + text_frame("4end"));
    ws.read_until(from_server(1, "4hello") + close_frame);
}

TEST_F(EngineClosing, WhatWaitsIsDroppedWhenTheServerStops) {
    server.on_text = [this](engineio::connection& c, std::string_view) {
        c.send(engine_server::text_message("hello"));
    };
    std::string sid = sid_in(client.get(polling));
    client.post(with_sid(sid), "4a");
    raw_client other{server.port()}, poller{server.port()};
    std::string parked = sid_in(other.get(polling));
    poller.send(get(with_sid(parked)));
    other.get(polling);
    server.server.stop();
    EXPECT_THAT(server.ends(3), ElementsAre(close_reason::server_shutting_down, close_reason::server_shutting_down,
                                            close_reason::server_shutting_down));
    EXPECT_EQ(server.server.statistics().buffered_bytes, 0u);
}

// ---- Upgrades

TEST_F(EngineClosing, ASecondWebSocketIsClosedDuringAnUpgradeAndAfterIt) {
    std::string sid = sid_in(client.get(polling));
    raw_client ws = probing(sid);
    auto try_again = [&] {
        raw_client second{server.port()};
        second.send(upgrade_request(websocket_with_sid(sid)));
        EXPECT_THAT(second.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 101 "));
        second.read_until(close_frame);
    };
    try_again();
    ws.send(text_frame("5") + text_frame("4a"));
    ws.read_until(from_server(1, "4a"));
    try_again();
    ws.send(text_frame("4b"));
    ws.read_until(from_server(1, "4b"));
}

TEST_F(EngineClosing, AnAbandonedUpgradeLeavesTheSessionOnPolling) {
    engine_server impatient{[](net::server_config& c) { c.engine.upgrade_timeout = 30ms; }};
    raw_client poller{impatient.port()}, silent{impatient.port()}, half_way{impatient.port()};
    std::string sid = sid_in(poller.get(polling));
    silent.send(upgrade_request(websocket_with_sid(sid)));
    silent.read_until(close_frame);
    half_way.send(upgrade_request(websocket_with_sid(sid)) + text_frame("2probe"));
    half_way.read_until(from_server(1, "3probe"));
    half_way.read_until(close_frame);
    EXPECT_THAT(poller.post(with_sid(sid), "4a"), EndsWith("ok"));
    EXPECT_THAT(poller.get(with_sid(sid)), EndsWith("\r\n\r\n4a"));
}

TEST_F(EngineClosing, ACandidateThatBreaksLeavesTheSessionOnPolling) {
    std::string sid = sid_in(client.get(polling));
    probing(sid).reset();
    raw_client wrong = probing(sid); // the place of the candidate is free again
    wrong.send(text_frame("4a"));
    wrong.read_until(close_frame);
    EXPECT_THAT(client.post(with_sid(sid), "4b"), EndsWith("ok"));
    EXPECT_THAT(client.get(with_sid(sid)), EndsWith("\r\n\r\n4b"));
}

TEST_F(EngineClosing, ASessionThatEndsDuringAnUpgradeTakesTheWebSocketAlong) {
    std::string sid = sid_in(client.get(polling));
    raw_client ws = probing(sid);
    EXPECT_THAT(client.post(with_sid(sid), "1"), EndsWith("ok"));
    ws.read_until(close_frame);
    sid = sid_in(client.get(polling));
    raw_client other = probing(sid);
    server.on_text = [](engineio::connection& c, std::string_view) { c.close(close_reason::forced_server_close); };
    EXPECT_THAT(client.post(with_sid(sid), "4end"), EndsWith("ok"));
    other.read_until(close_frame);
}

TEST_F(EngineClosing, EveryPollDuringAnUpgradeIsAnsweredAtOnce) {
    std::string sid = sid_in(client.get(polling));
    raw_client poller{server.port()};
    poller.send(get(with_sid(sid)));
    client.get(polling);
    raw_client ws = probing(sid);
    EXPECT_THAT(poller.read_reply(), EndsWith("\r\n\r\n6"));
    for (int i = 0; i < 3; ++i)
        EXPECT_THAT(poller.get(with_sid(sid)), EndsWith("\r\n\r\n6"));
    ws.send(text_frame("5") + text_frame("4a"));
    ws.read_until(from_server(1, "4a"));
    EXPECT_THAT(poller.get(with_sid(sid)), AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr(R"("code":3)")));
    EXPECT_THAT(poller.post(with_sid(sid), "4x"), HasSubstr(R"("code":3)"));
    ws.send(text_frame("4b"));
    ws.read_until(from_server(1, "4b"));
}

TEST_F(EngineClosing, ASessionThatAnswersItsPingsLivesOnBehindAnUpgrade) {
    engine_server quick{[](net::server_config& c) {
        c.engine.ping_interval = 20ms;
        c.engine.ping_timeout = 200ms;
    }};
    raw_client poller{quick.port()}, ws{quick.port()};
    std::string sid = sid_in(poller.get(polling));
    EXPECT_THAT(poller.get(with_sid(sid)), EndsWith("\r\n\r\n2"));
    ws.send(upgrade_request(websocket_with_sid(sid)) + text_frame("2probe") + text_frame("5") + text_frame("3"));
    for (int i = 0; i < 20; ++i) { // twice the time in which a forgotten pong would have ended it
        ws.read_until(from_server(1, "2"));
        ws.send(text_frame("3"));
    }
    EXPECT_THAT(quick.ends(0), ElementsAre());
}
