// The settings of an Engine.IO endpoint that clients can see.
#include "unit/net/engine_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

using namespace ringback;
using namespace ringback::testing;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace {

constexpr std::string_view polling = "/engine.io/?EIO=4&transport=polling";
constexpr std::string_view websocket_target = "/engine.io/?EIO=4&transport=websocket";

std::string with_sid(std::string_view sid) { return std::string{polling} + "&sid=" + std::string{sid}; }

std::string answer_to_upgrade(engine_server& server, std::string_view target = websocket_target,
                              std::string_view headers = {}) {
    raw_client c{server.port()};
    c.send(upgrade_request(target, headers));
    std::string head = c.read_until("\r\n\r\n");
    return head.starts_with("HTTP/1.1 101") ? head : head + c.read_to_end();
}

/// What a poll gets when `bytes` wait for it and it asks so.
std::string poll_of(engine_server& server, std::size_t bytes, std::string_view headers) {
    server.on_text = [bytes](engineio::connection& c, std::string_view) {
        c.send(engine_server::text_message(std::string(bytes - 1, 'x')));
    };
    raw_client c{server.port()};
    std::string sid = sid_in(c.get(polling));
    c.post(with_sid(sid), "4go");
    return c.get(with_sid(sid), headers);
}

} // namespace

TEST(EngineCookie, ComesWithThePollingHandshakeAlone) {
    engine_server server{[](net::server_config& c) { c.engine.cookie.emplace(); }};
    raw_client c{server.port()};
    std::string opened = c.get(polling);
    std::string sid = sid_in(opened);
    EXPECT_THAT(opened, HasSubstr("Set-Cookie: io=" + sid + "; Path=/; HttpOnly; SameSite=Lax\r\n"));
    c.post(with_sid(sid), "4a");
    EXPECT_THAT(c.get(with_sid(sid)), Not(HasSubstr("Set-Cookie")));
    EXPECT_THAT(answer_to_upgrade(server), AllOf(StartsWith("HTTP/1.1 101"), Not(HasSubstr("Set-Cookie"))));
}

TEST(EngineCookie, IsOffUnlessConfigured) {
    engine_server server;
    raw_client c{server.port()};
    EXPECT_THAT(c.get(polling), Not(HasSubstr("Set-Cookie")));
}

TEST(EngineCompression, LongAnswersArePackedAsTheClientLikes) {
    engine_server server;
    std::string gzip = poll_of(server, 1024, "Accept-Encoding: gzip, deflate\r\n");
    EXPECT_THAT(gzip, HasSubstr("Content-Encoding: gzip\r\n"));
    EXPECT_THAT(body_of(gzip), StartsWith("\x1f\x8b"));
    EXPECT_THAT(poll_of(server, 1024, "Accept-Encoding: deflate\r\n"), HasSubstr("Content-Encoding: deflate\r\n"));
    EXPECT_THAT(poll_of(server, 1024, ""), AllOf(Not(HasSubstr("Content-Encoding")), EndsWith("xxx")));
    EXPECT_THAT(poll_of(server, 1023, "Accept-Encoding: gzip\r\n"), Not(HasSubstr("Content-Encoding")));
}

TEST(EngineCompression, HasAThresholdAndASwitch) {
    engine_server small{[](net::server_config& c) { c.engine.http_compression.threshold = 10; }};
    EXPECT_THAT(poll_of(small, 10, "Accept-Encoding: gzip\r\n"), HasSubstr("Content-Encoding: gzip\r\n"));
    engine_server off{[](net::server_config& c) { c.engine.http_compression.enabled = false; }};
    EXPECT_THAT(poll_of(off, 5000, "Accept-Encoding: gzip\r\n"), Not(HasSubstr("Content-Encoding")));
}

TEST(EngineCompression, AMessageCanBeExemptFromIt) {
    engine_server server{[](net::server_config& c) { c.engine.per_message_deflate.emplace(); }};
    auto send = [](engineio::connection& c, websocket::compression wish) {
        c.send(websocket::make_frame(websocket::opcode::text, "4" + std::string(2000, 'x'), wish));
    };
    server.on_text = [send](engineio::connection& c, std::string_view what) {
        send(c, websocket::compression::unwanted);
        if (what == "both") send(c, websocket::compression::none);
    };
    raw_client c{server.port()}, ws{server.port()};
    std::string sid = sid_in(c.get(polling)), gzip = "Accept-Encoding: gzip\r\n";
    c.post(with_sid(sid), "4one");
    EXPECT_THAT(c.get(with_sid(sid), gzip), Not(HasSubstr("Content-Encoding")));
    c.post(with_sid(sid), "4both");
    EXPECT_THAT(c.get(with_sid(sid), gzip), HasSubstr("Content-Encoding: gzip\r\n"));
    ws.send(upgrade_request(websocket_target, "Sec-WebSocket-Extensions: permessage-deflate\r\n") +
            text_frame("4both"));
    ws.read_until(std::string{"\x81\x7e\x07\xd1"} + "4x");
    ws.read_until("x\xc1"); // the second one is compressed: RSV1
}

TEST(EngineHeaders, PayloadsAreNotStoredAndInternetExplorerIsCalmed) {
    engine_server server;
    raw_client c{server.port()};
    std::string opened = c.get(polling);
    EXPECT_THAT(opened, AllOf(HasSubstr("Cache-Control: no-store\r\n"), Not(HasSubstr("X-XSS-Protection"))));
    for (std::string_view agent : {"Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)",
                                   "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv 11.0) like Gecko", "x;MSIE 7.0"})
        EXPECT_THAT(c.get(polling, "User-Agent: " + std::string{agent} + "\r\n"), HasSubstr("X-XSS-Protection: 0\r\n"));
    c.send("POST " + with_sid(sid_in(opened)) +
           " HTTP/1.1\r\nHost: x\r\nUser-Agent: Trident/7.0\r\nContent-Length: 2\r\n\r\n4a");
    EXPECT_THAT(c.read_reply(), AllOf(HasSubstr("X-XSS-Protection: 0\r\n"), HasSubstr("Cache-Control: no-store\r\n")));
}

TEST(EnginePath, IsAPrefixWhoseSlashCanBeLeftOut) {
    engine_server slash;
    raw_client c{slash.port()};
    EXPECT_THAT(c.get("/engine.io/default/?EIO=4&transport=polling"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(c.get("/engine.io?EIO=4&transport=polling"), StartsWith("HTTP/1.1 404"));
    engine_server none{[](net::server_config& config) { config.engine.path = "/engine.io"; }};
    raw_client d{none.port()};
    EXPECT_THAT(d.get("/engine.io?EIO=4&transport=polling"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(d.get("/engine.io/?EIO=4&transport=polling"), StartsWith("HTTP/1.1 200"));
}

TEST(EngineRequest, ItsQueryAndHeadersStayVisible) {
    engine_server server;
    server.on_text = [](engineio::connection& c, std::string_view) {
        c.send(engine_server::text_message(c.request().query + "|" + std::string{c.request().header("x-extra")}));
    };
    raw_client c{server.port()};
    std::string sid = sid_in(c.get(std::string{polling} + "&a=b%20c", "X-Extra: yes\r\n"));
    c.post(with_sid(sid), "4a");
    EXPECT_THAT(c.get(with_sid(sid)), EndsWith("4EIO=4&transport=polling&a=b%20c|yes"));
}

TEST(EngineRequest, APostIsVisibleWhileItsMessagesAreDelivered) {
    engine_server server{[](net::server_config& c) { c.shards = 2; }};
    server.on_text = [](engineio::connection& c, std::string_view) {
        c.send(engine_server::text_message(c.carrier() ? c.carrier()->header("x-extra") : "none"));
    };
    raw_client opener{server.port()};
    std::string sid = sid_in(opener.get(polling));
    for (int i = 0; i < 8; ++i) { // from whatever shard
        raw_client c{server.port()};
        c.send("POST " + with_sid(sid) + " HTTP/1.1\r\nHost: x\r\nX-Extra: here\r\nContent-Length: 2\r\n\r\n4a");
        EXPECT_THAT(c.read_reply(), EndsWith("ok"));
        EXPECT_THAT(opener.get(with_sid(sid)), EndsWith("4here"));
    }
    raw_client ws{server.port()};
    ws.send(upgrade_request(websocket_target) + text_frame("4a"));
    ws.read_until(from_server(1, "4none"));
}

TEST(EngineUpgrades, CanBeSwitchedOff) {
    engine_server server{[](net::server_config& c) { c.engine.allow_upgrades = false; }};
    raw_client c{server.port()};
    std::string opened = c.get(polling);
    EXPECT_THAT(opened, HasSubstr(R"("upgrades":[],)"));
    EXPECT_THAT(answer_to_upgrade(server, std::string{websocket_target} + "&sid=" + sid_in(opened)),
                AllOf(StartsWith("HTTP/1.1 400"), EndsWith("Bad request")));
    EXPECT_THAT(c.post(with_sid(sid_in(opened)), "4a"), EndsWith("ok")) << "the session goes on";
    EXPECT_THAT(answer_to_upgrade(server), StartsWith("HTTP/1.1 101")) << "opening on a WebSocket is no upgrade";
}

// ---- allow_request

TEST(AllowRequest, RefusesWithTheApplicationsWords) {
    engine_server server;
    server.server.set_allow_request([](net::http_request const& r, net::admission_decision d) {
        if (r.opening.query.find("token=good") != std::string::npos) return d.allow();
        d.refuse(r.header("x-why") == "say" ? "Thou shall not pass" : "");
    });
    raw_client c{server.port()};
    EXPECT_THAT(c.get(polling, "X-Why: say\r\n"),
                AllOf(StartsWith("HTTP/1.1 403"), EndsWith(R"({"code":4,"message":"Thou shall not pass"})")));
    EXPECT_THAT(c.get(polling), AllOf(StartsWith("HTTP/1.1 403"), EndsWith(R"({"code":4,"message":"Forbidden"})")));
    EXPECT_THAT(
        answer_to_upgrade(server, websocket_target, "X-Why: say\r\n"),
        AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("Connection: close"), EndsWith("\r\n\r\nThou shall not pass")));
    EXPECT_THAT(c.get(std::string{polling} + "&token=good"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(answer_to_upgrade(server, std::string{websocket_target} + "&token=good"), StartsWith("HTTP/1.1 101"));
    EXPECT_EQ(server.server.statistics().handshakes_forbidden, 3u);
}

TEST(AllowRequest, IsAskedForNewSessionsOnlyAndBehindTheProtocolsOwnChecks) {
    engine_server server{[](net::server_config& c) { c.engine.cors.origins = {"https://app.example"}; }};
    std::atomic<int> asked = 0;
    server.server.set_allow_request([&](net::http_request const&, net::admission_decision d) {
        ++asked;
        d.allow();
    });
    raw_client c{server.port()};
    std::string sid = sid_in(c.get(polling));
    EXPECT_EQ(asked, 1);
    c.post(with_sid(sid), "4a");
    c.get(with_sid(sid));
    EXPECT_THAT(answer_to_upgrade(server, std::string{websocket_target} + "&sid=" + sid), StartsWith("HTTP/1.1 101"));
    EXPECT_THAT(c.get("/engine.io/?EIO=4&transport=tobi"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(c.get(std::string{polling} + "&sid=test"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(c.post(polling, ""), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(answer_to_upgrade(server, websocket_target, "Origin: https://evil.example\r\n"),
                StartsWith("HTTP/1.1 400"));
    EXPECT_EQ(asked, 1);
    raw_client d{server.port()};
    EXPECT_THAT(d.get("/engine.io/?EIO=3&transport=polling"), HasSubstr(R"("code":5)"));
    EXPECT_EQ(asked, 2) << "the revision is looked at behind it";
}

TEST(AllowRequest, MayAnswerLaterFromAnotherThread) {
    std::vector<std::jthread> threads;
    engine_server server;
    server.server.set_allow_request([&](net::http_request const& r, net::admission_decision d) {
        bool good = r.opening.query.find("bad") == std::string::npos;
        threads.emplace_back([good, d = std::move(d)]() mutable {
            std::this_thread::yield();
            good ? d.allow({{"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}}) : d.refuse("no");
        });
    });
    raw_client c{server.port()};
    EXPECT_THAT(c.get(polling),
                AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Set-Cookie: a=1\r\n"), HasSubstr("Set-Cookie: b=2\r\n")));
    EXPECT_THAT(c.get(std::string{polling} + "&bad"), StartsWith("HTTP/1.1 403"));
    EXPECT_THAT(answer_to_upgrade(server), AllOf(StartsWith("HTTP/1.1 101"), HasSubstr("Set-Cookie: b=2\r\n")));
    EXPECT_THAT(answer_to_upgrade(server, std::string{websocket_target} + "&bad"), StartsWith("HTTP/1.1 400"));
}

TEST(AllowRequest, AClientThatDoesNotWaitGetsNoSession) {
    engine_server server;
    std::promise<net::admission_decision> asked;
    server.server.set_allow_request(
        [&](net::http_request const&, net::admission_decision d) { asked.set_value(std::move(d)); });
    raw_client gone{server.port()};
    gone.send("GET " + std::string{polling} + " HTTP/1.1\r\nHost: x\r\n\r\n");
    auto decision = asked.get_future().get();
    EXPECT_EQ(server.server.statistics().handshakes_in_flight, 1u);
    gone.close();
    auto deadline = std::chrono::steady_clock::now() + 5s;
    while (server.server.statistics().handshakes_in_flight != 0 && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    EXPECT_EQ(server.server.statistics().handshakes_in_flight, 0u);
    decision.allow();
    EXPECT_EQ(server.server.statistics().sessions_opened, 0u);
}

TEST(AllowRequest, AFailingHookRefusesAndAForgottenQuestionToo) {
    engine_server server;
    server.server.set_allow_request([](net::http_request const& r, net::admission_decision d) {
        if (r.opening.query.find("throw") != std::string::npos) throw std::runtime_error{"out of order"};
        auto dropped = std::move(d);
    });
    raw_client c{server.port()};
    EXPECT_THAT(c.get(std::string{polling} + "&throw"), AllOf(StartsWith("HTTP/1.1 400"), HasSubstr(R"("code":3)")));
    EXPECT_THAT(c.get(polling), StartsWith("HTTP/1.1 503"));
}

// ---- Storms

TEST(Admission, TooManyHandshakesInASecondAreToldToComeBack) {
    engine_server server{[](net::server_config& c) {
        c.handshakes.per_second = 3;
        c.engine.cors.origins = {"*"};
    }};
    for (int i = 0; i < 3; ++i)
        EXPECT_THAT(answer_to_upgrade(server), StartsWith("HTTP/1.1 101"));
    EXPECT_THAT(answer_to_upgrade(server),
                AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Retry-After: "), HasSubstr("Connection: close")));
    raw_client c{server.port()};
    EXPECT_THAT(c.get(polling), AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Retry-After: "),
                                      HasSubstr("Access-Control-Allow-Origin: *")));
    auto figures = server.server.statistics();
    EXPECT_EQ(figures.handshakes_refused_rate, 2u);
    EXPECT_EQ(figures.sessions_opened, 3u);
}

TEST(Admission, ASessionCountsAsAHandshakeUntilTheLayerAboveSpeaks) {
    engine_server server{[](net::server_config& c) { c.handshakes.in_flight = 1; }};
    raw_client first{server.port()}, second{server.port()};
    std::string sid = sid_in(first.get(polling));
    EXPECT_THAT(second.get(polling), StartsWith("HTTP/1.1 503"));
    EXPECT_THAT(first.post(with_sid(sid), "4a"), EndsWith("ok")) << "known sessions are served as ever";
    raw_client third{server.port()};
    std::string other = sid_in(third.get(polling));
    EXPECT_EQ(server.server.statistics().handshakes_in_flight, 1u);
    third.post(with_sid(other), "1"); // closes
    EXPECT_EQ(server.server.statistics().handshakes_in_flight, 0u);
    EXPECT_EQ(server.server.statistics().handshakes_refused_in_flight, 1u);
}

TEST(Statistics, FollowSessionsFromTransportToTransportAndTheirBytes) {
    engine_server server;
    raw_client c{server.port()}, ws{server.port()};
    std::string sid = sid_in(c.get(polling));
    auto now = server.server.statistics();
    EXPECT_EQ(now.polling_sessions, 1u);
    EXPECT_EQ(now.sessions_opened, 1u);
    c.post(with_sid(sid), "4hello");
    EXPECT_EQ(server.server.statistics().buffered_bytes, 2u + 6u) << "a frame's head and payload";
    ws.send(upgrade_request(std::string{websocket_target} + "&sid=" + sid) + text_frame("2probe") + text_frame("5"));
    ws.read_until(from_server(1, "4hello"));
    ws.send(text_frame("4again")); // its answer comes behind the figures of the turn before
    ws.read_until(from_server(1, "4again"));
    now = server.server.statistics();
    EXPECT_EQ(now.polling_sessions, 0u);
    EXPECT_EQ(now.websocket_sessions, 1u);
    EXPECT_EQ(now.upgrades, 1u);
    ws.close();
    EXPECT_THAT(server.ends(1), ::testing::ElementsAre(engineio::close_reason::transport_close));
    now = server.server.statistics();
    EXPECT_EQ(now.websocket_sessions, 0u);
    EXPECT_EQ(now.buffered_bytes, 0u);
}

TEST(Statistics, CountSlowReaders) {
    engine_server server{[](net::server_config& c) { c.engine.max_outbox_bytes = 100'000; }};
    server.on_text = [](engineio::connection& c, std::string_view) {
        for (int i = 0; i < 4; ++i)
            c.send(engine_server::text_message(std::string(40'000, 'x')));
    };
    raw_client c{server.port()};
    std::string sid = sid_in(c.get(polling));
    c.post(with_sid(sid), "4go");
    EXPECT_THAT(server.ends(1), ::testing::ElementsAre(engineio::close_reason::transport_error));
    auto now = server.server.statistics();
    EXPECT_EQ(now.slow_readers_closed, 1u);
    EXPECT_EQ(now.buffered_bytes, 0u);
}
