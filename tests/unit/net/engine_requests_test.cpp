// What an Engine.IO server makes of requests: good, odd and hostile ones. The cases are those of the reference server's
// own tests, played with raw bytes.
#include "unit/net/engine_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace ringback;
using namespace ringback::testing;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace {

constexpr std::string_view polling = "/engine.io/?EIO=4&transport=polling";

std::string with_sid(std::string_view sid) { return std::string{polling} + "&sid=" + std::string{sid}; }
std::string websocket_with_sid(std::string_view sid) {
    return "/engine.io/?EIO=4&transport=websocket&sid=" + std::string{sid};
}
auto error(int code, std::string_view message) {
    return AllOf(
        StartsWith("HTTP/1.1 400 "), HasSubstr("Content-Type: application/json\r\n"),
        EndsWith("\r\n\r\n{\"code\":" + std::to_string(code) + ",\"message\":\"" + std::string{message} + "\"}"));
}
std::string answer_to(engine_server& server, std::string_view bytes) {
    raw_client c{server.port()};
    c.send(bytes);
    return c.read_reply();
}
std::string request(std::string_view method, std::string_view target, std::string_view headers = {}) {
    return std::string{method} + " " + std::string{target} + " HTTP/1.1\r\nHost: x\r\n" + std::string{headers} + "\r\n";
}

struct EngineRequests : ::testing::Test {
    engine_server server;
    raw_client client{server.port()};
};

} // namespace

TEST_F(EngineRequests, UnknownTransportsAreRefused) {
    for (std::string_view name : {"tobi", "constructor", "__proto__", "webtransport", ""}) {
        std::string target = "/engine.io/?EIO=4&transport=" + std::string{name};
        EXPECT_THAT(client.get(target), error(0, "Transport unknown")) << name;
        EXPECT_THAT(answer_to(server, upgrade_request(target)),
                    AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("Connection: close"), HasSubstr("text/html"),
                          EndsWith("\r\n\r\nTransport unknown")))
            << name;
    }
    EXPECT_THAT(answer_to(server, upgrade_request("/engine.io/")), EndsWith("\r\n\r\nTransport unknown"));
}

TEST_F(EngineRequests, UnknownSessionsAreRefused) {
    EXPECT_THAT(client.get(with_sid("test")), error(1, "Session ID unknown"));
    EXPECT_THAT(client.get(with_sid("AAAAlv4yQ_e-hQ0pAAAB")), error(1, "Session ID unknown"));
    EXPECT_THAT(answer_to(server, upgrade_request(websocket_with_sid("test"))),
                AllOf(StartsWith("HTTP/1.1 400 "), EndsWith("\r\n\r\nSession ID unknown")));
}

TEST_F(EngineRequests, AHandshakeIsAGet) {
    for (std::string_view method : {"POST", "PUT", "DELETE", "OPTIONS"})
        EXPECT_THAT(answer_to(server, request(method, polling, "Content-Length: 0\r\n")),
                    error(2, "Bad handshake method"))
            << method;
}

TEST_F(EngineRequests, OtherMethodsOnASessionAreNotServedAndHarmNothing) {
    std::string sid = sid_in(client.get(polling));
    EXPECT_THAT(answer_to(server, request("PUT", with_sid(sid), "Content-Length: 0\r\n")),
                AllOf(StartsWith("HTTP/1.1 500 "), EndsWith("\r\n\r\n")));
    EXPECT_THAT(client.post(with_sid(sid), "4a"), EndsWith("ok"));
}

TEST_F(EngineRequests, OnlyWhatIsOfferedIsListedAndServed) {
    engine_server slow{[](net::server_config& c) { c.engine.transports.websocket = false; }};
    raw_client a{slow.port()};
    EXPECT_THAT(a.get(polling), HasSubstr(R"("upgrades":[],)"));
    EXPECT_THAT(answer_to(slow, upgrade_request("/engine.io/?EIO=4&transport=websocket")),
                EndsWith("\r\n\r\nTransport unknown"));
    engine_server modern{[](net::server_config& c) { c.engine.transports.polling = false; }};
    raw_client b{modern.port()}, c{modern.port()};
    EXPECT_THAT(b.get(polling), error(0, "Transport unknown"));
    c.send(upgrade_request("/engine.io/?EIO=4&transport=websocket"));
    c.read_until(R"("upgrades":[],)");
    EXPECT_THAT(client.get(polling), HasSubstr(R"("upgrades":["websocket"],)"));
}

TEST_F(EngineRequests, EveryErrorCarriesCorsHeaders) {
    engine_server open{[](net::server_config& c) { c.engine.cors.origins = {"*"}; }};
    raw_client c{open.port()};
    EXPECT_THAT(c.get("/engine.io/?EIO=4&transport=websocket", "Origin: https://a.example\r\n"),
                AllOf(error(3, "Bad request"), HasSubstr("Access-Control-Allow-Origin: *\r\n")));
    EXPECT_THAT(c.get(with_sid("test")), HasSubstr("Access-Control-Allow-Origin: *\r\n"));
    EXPECT_THAT(answer_to(open, upgrade_request("/engine.io/?EIO=4&transport=tobi")),
                HasSubstr("Access-Control-Allow-Origin: *\r\n"));
}

// ---- CORS

struct EngineCors : ::testing::Test {
    engine_server server{[](net::server_config& c) {
        c.engine.cors.origins = {"https://good.example"};
        c.engine.cors.credentials = true;
    }};
    raw_client client{server.port()};
};

TEST_F(EngineCors, APreflightIsAnsweredAndReflectsTheHeaders) {
    client.send(request("OPTIONS", polling,
                        "Origin: https://good.example\r\nAccess-Control-Request-Method: GET\r\n"
                        "Access-Control-Request-Headers: x-one, x-two\r\n"));
    EXPECT_THAT(client.read_reply(),
                AllOf(StartsWith("HTTP/1.1 204 "), HasSubstr("Content-Length: 0\r\n"),
                      HasSubstr("Access-Control-Allow-Origin: https://good.example\r\n"),
                      HasSubstr("Access-Control-Allow-Credentials: true\r\n"),
                      HasSubstr("Access-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE\r\n"),
                      HasSubstr("Access-Control-Allow-Headers: x-one, x-two\r\n"), HasSubstr("Vary: Origin")));
}

TEST_F(EngineCors, AForeignPageGetsAnAnswerThatItCannotRead) {
    client.send(request("OPTIONS", polling, "Origin: https://bad.example\r\n"));
    EXPECT_THAT(client.read_reply(), AllOf(StartsWith("HTTP/1.1 204 "), Not(HasSubstr("Allow-Origin"))));
    EXPECT_THAT(client.get(polling, "Origin: https://bad.example\r\n"),
                AllOf(StartsWith("HTTP/1.1 200 "), Not(HasSubstr("Allow-Origin"))));
}

TEST_F(EngineCors, AWholeSessionCarriesTheHeaders) {
    std::string from = "Origin: https://good.example\r\n";
    auto readable = HasSubstr("Access-Control-Allow-Origin: https://good.example\r\n");
    std::string opened = client.get(polling, from);
    EXPECT_THAT(opened, readable);
    client.send(request("POST", with_sid(sid_in(opened)), from + "Content-Length: 2\r\n") + "4a");
    EXPECT_THAT(client.read_reply(), AllOf(readable, EndsWith("ok")));
    EXPECT_THAT(client.get(with_sid(sid_in(opened)), from), AllOf(readable, EndsWith("4a")));
}

TEST_F(EngineCors, EverySettingShows) {
    engine_server full{[](net::server_config& c) {
        c.engine.cors = {.origins = {"https://good.example"},
                         .credentials = true,
                         .methods = {"GET"},
                         .allowed_headers = {"x-allowed"},
                         .exposed_headers = {"x-exposed"},
                         .max_age = 123s,
                         .preflight_status = 200};
    }};
    raw_client c{full.port()};
    c.send(request("OPTIONS", polling, "Origin: https://good.example\r\nAccess-Control-Request-Headers: x-other\r\n"));
    EXPECT_THAT(c.read_reply(), AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("Allow-Methods: GET\r\n"),
                                      HasSubstr("Allow-Headers: x-allowed\r\n"),
                                      HasSubstr("Expose-Headers: x-exposed\r\n"), HasSubstr("Max-Age: 123\r\n")));
}

TEST_F(EngineCors, AWebSocketOfAForeignPageIsRefusedHoweverItComes) {
    auto from = [&](std::string_view origin, std::string target = "/engine.io/?EIO=4&transport=websocket") {
        raw_client c{server.port()};
        c.send(upgrade_request(target, origin));
        return c.read_until("\r\n");
    };
    std::string sid = sid_in(client.get(polling));
    EXPECT_THAT(from("Origin: https://bad.example\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(from("Origin: https://bad.example\r\n", websocket_with_sid(sid)), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(from("Origin: null\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(from("Origin: https://good.example.evil\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(from("Origin: https://good.example\r\n"), StartsWith("HTTP/1.1 101"));
    EXPECT_THAT(from("Origin: http://x\r\n"), StartsWith("HTTP/1.1 101")) << "the page of this very server";
    EXPECT_THAT(from(""), StartsWith("HTTP/1.1 101")) << "no browser";
    EXPECT_THAT(from("Origin: https://good.example\r\n", websocket_with_sid(sid)), StartsWith("HTTP/1.1 101"));
}

// ---- Bodies

TEST_F(EngineRequests, ABodyMayComeInPiecesOrInChunks) {
    std::string sid = sid_in(client.get(polling)), big = "4" + std::string(999'000, 'x');
    client.send(request("POST", with_sid(sid), "Content-Length: " + std::to_string(big.size()) + "\r\n"));
    for (std::size_t at = 0; at < big.size(); at += 10'007)
        client.send(big.substr(at, 10'007));
    EXPECT_THAT(client.read_reply(), EndsWith("ok"));
    client.send(request("POST", with_sid(sid), "Transfer-Encoding: chunked\r\n") + "4\r\n4中\r\n");
    client.send("5\r\n文\x1e"
                "4\r\n1\r\n!\r\n0\r\n\r\n");
    EXPECT_THAT(client.read_reply(), EndsWith("ok"));
    EXPECT_THAT(server.messages(3), ElementsAre(big.substr(1), "中文", "!"));
}

TEST_F(EngineRequests, EachRequestMayHaveAConnectionOfItsOwn) {
    auto once = [&](std::string_view bytes) {
        raw_client c{server.port()};
        c.send(bytes);
        std::string reply = c.read_to_end();
        EXPECT_THAT(reply, HasSubstr("Connection: close"));
        return reply;
    };
    std::string sid = sid_in(once(request("GET", polling, "Connection: close\r\n")));
    for (std::string text : {"4a", "4b"}) {
        EXPECT_THAT(once(request("POST", with_sid(sid), "Connection: close\r\nContent-Length: 2\r\n") + text),
                    EndsWith("ok"));
        EXPECT_THAT(once(request("GET", with_sid(sid), "Connection: close\r\n")), EndsWith(text));
    }
}

TEST_F(EngineRequests, WhatIsAboveTheLimitIsRefusedOnBothTransports) {
    engine_server small{[](net::server_config& c) { c.engine.max_payload = 5; }};
    raw_client c{small.port()};
    std::string sid = sid_in(c.get(polling));
    EXPECT_THAT(c.post(with_sid(sid), "4a"), EndsWith("ok"));
    EXPECT_THAT(answer_to(small, request("POST", with_sid(sid), "Content-Length: 6\r\n") + "4aaaaa"),
                StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(answer_to(small, request("POST", with_sid(sid), "Transfer-Encoding: chunked\r\n") + "6\r\n4aaaaa\r\n"),
                StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(c.post(with_sid(sid), "4b"), EndsWith("ok")) << "the session survives it";
    raw_client ws{small.port()};
    ws.send(upgrade_request("/engine.io/?EIO=4&transport=websocket") + text_frame("4c"));
    ws.read_until(from_server(1, "4c"));
    ws.send(text_frame("4ccccc"));
    ws.read_until(from_server(8, "\x03\xf1")); // 1009
    EXPECT_THAT(small.messages(3), ElementsAre("a", "b", "c"));
}

TEST_F(EngineRequests, TheAnswerToALargeBodyArrivesThoughNobodyReadsTheBody) {
    engine_server small{[](net::server_config& c) { c.engine.max_payload = 5; }};
    raw_client c{small.port()};
    std::string sid = sid_in(c.get(polling));
    c.send(request("POST", with_sid(sid), "Content-Length: 400000\r\n"));
    for (int i = 0; i < 40; ++i)
        c.send(std::string(10'000, 'x'));
    EXPECT_THAT(c.read_reply(), StartsWith("HTTP/1.1 413 "));
}

TEST_F(EngineRequests, OctetsAreNoPayloadOfThisRevision) {
    std::string sid = sid_in(client.get(polling));
    EXPECT_THAT(answer_to(server, request("POST", with_sid(sid),
                                          "Content-Type: application/octet-stream\r\nContent-Length: 2\r\n") +
                                      "4a"),
                StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(server.ends(1), ElementsAre(engineio::close_reason::transport_error));
    EXPECT_THAT(client.get(with_sid(sid)), error(1, "Session ID unknown"));
}

TEST_F(EngineRequests, BytesSurviveBothTransports) {
    std::string bytes;
    for (int i = 0; i < 256; ++i)
        bytes += static_cast<char>(i);
    std::string sid = sid_in(client.get(polling));
    EXPECT_THAT(client.post(with_sid(sid), "bAAEC/w=="), EndsWith("ok"));
    EXPECT_THAT(client.get(with_sid(sid)), EndsWith("\r\n\r\nbAAEC/w=="));
    raw_client ws{server.port()};
    ws.send(upgrade_request("/engine.io/?EIO=4&transport=websocket") + binary_frame(bytes));
    ws.read_until("\x82\x7e" + std::string{"\x01\x00", 2} + bytes);
    raw_client text_only{server.port()};
    text_only.send(upgrade_request("/engine.io/?EIO=4&transport=websocket&b64=1") + text_frame("bAAEC/w=="));
    text_only.read_until(from_server(1, "bAAEC/w=="));
}

TEST_F(EngineRequests, SeveralMessagesLeaveTogetherInTheirOrder) {
    server.on_text = [](engineio::connection& c, std::string_view) {
        for (std::string_view text : {"a", "b", "c"})
            c.send(engine_server::text_message(text));
    };
    std::string sid = sid_in(client.get(polling));
    client.post(with_sid(sid), "4go");
    EXPECT_THAT(client.get(with_sid(sid)), EndsWith("\r\n\r\n4a\x1e"
                                                    "4b\x1e"
                                                    "4c"));
    raw_client ws{server.port()};
    ws.send(upgrade_request("/engine.io/?EIO=4&transport=websocket") + text_frame("4go"));
    ws.read_until(from_server(1, "4a") + from_server(1, "4b") + from_server(1, "4c"));
}

// ---- WebSocket

TEST_F(EngineRequests, GarbageBehindAWebSocketHandshakeEndsThatConnectionAlone) {
    std::string sid = sid_in(client.get(polling));
    for (std::string target : {std::string{"/engine.io/?EIO=4&transport=websocket"}, websocket_with_sid(sid)}) {
        for (std::string_view garbage : {"\xff\xff\xff\xff garbage", "GET / HTTP/1.1\r\n\r\n",
                                         "\x81\x05"
                                         "4abcd"}) {
            raw_client c{server.port()};
            c.send(upgrade_request(target) + std::string{garbage});
            c.read_until("HTTP/1.1 101");
            c.read_until(from_server(8, "\x03\xea")); // 1002
        }
    }
    EXPECT_THAT(client.post(with_sid(sid), "4a"), EndsWith("ok"));
    EXPECT_THAT(client.get(with_sid(sid)), EndsWith("4a"));
}

TEST_F(EngineRequests, TheFirstOfferedSubprotocolIsEchoed) {
    raw_client c{server.port()};
    c.send(upgrade_request("/engine.io/?EIO=4&transport=websocket", "Sec-WebSocket-Protocol: one, two\r\n"));
    EXPECT_THAT(c.read_until("\r\n\r\n"), HasSubstr("Sec-WebSocket-Protocol: one\r\n"));
}
