// Engine.IO v3 and JSONP over real connections.
#include "unit/net/engine_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace ringback;
using namespace ringback::testing;
using namespace std::string_view_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace {

struct EngineV3 : ::testing::Test {
    std::string open(std::string_view extra = {}) {
        return sid_in(client.get("/engine.io/?EIO=3&transport=polling" + std::string{extra}));
    }
    std::string target(std::string_view sid) { return "/engine.io/?EIO=3&transport=polling&sid=" + std::string{sid}; }

    engine_server server{[](net::server_config& c) { c.engine.allow_eio3 = true; }};
    raw_client client{server.port()};
};

struct Jsonp : EngineV3 {};

} // namespace

TEST_F(EngineV3, IsRefusedUnlessAllowed) {
    engine_server strict;
    raw_client c{strict.port()};
    EXPECT_THAT(c.get("/engine.io/?EIO=3&transport=polling"),
                AllOf(StartsWith("HTTP/1.1 400"), EndsWith(R"({"code":5,"message":"Unsupported protocol version"})")));
    EXPECT_THAT(c.get("/engine.io/?transport=polling"), StartsWith("HTTP/1.1 400"));
}

TEST_F(EngineV3, OpensWithALengthBeforeThePacket) {
    std::string body = body_of(client.get("/engine.io/?transport=polling"));
    auto colon = body.find(':');
    EXPECT_EQ(body.substr(0, colon), std::to_string(body.size() - colon - 1));
    EXPECT_THAT(body, HasSubstr(R"(:0{"sid":")"));
}

TEST_F(EngineV3, EchoesTextByItsLengthInUtf16) {
    std::string sid = open();
    EXPECT_THAT(client.post(target(sid), "3:4😀2:4é"), EndsWith("ok"));
    EXPECT_THAT(client.get(target(sid)), AllOf(HasSubstr("text/plain"), EndsWith("\r\n\r\n3:4😀2:4é")));
    EXPECT_THAT(client.post(target(sid), "1:2"), EndsWith("ok"));
    EXPECT_THAT(client.get(target(sid)), EndsWith("\r\n\r\n1:3"));
}

TEST_F(EngineV3, AnswersWithBytesUnlessTheClientAskedForBase64) {
    std::string plain = open(), base64 = open("&b64=1");
    for (std::string const& sid : {plain, base64})
        EXPECT_THAT(client.post(target(sid), "3:4hi10:b4AQIDBA=="), EndsWith("ok"));
    EXPECT_THAT(client.get(target(plain)),
                AllOf(HasSubstr("application/octet-stream"), EndsWith("\r\n\r\n\x00\x03\xff"
                                                                      "4hi\x01\x05\xff\x04\x01\x02\x03\x04"sv)));
    EXPECT_THAT(client.get(target(base64)), AllOf(HasSubstr("text/plain"), EndsWith("\r\n\r\n3:4hi10:b4AQIDBA==")));
}

TEST_F(EngineV3, ReadsABinaryPayload) {
    std::string sid = open("&b64=1");
    client.send("POST " + target(sid) + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n" +
                "Content-Length: 11\r\n\r\n" +
                std::string{"\x00\x02\xff"
                            "4a\x01\x03\xff\x04\x01\x02"sv});
    EXPECT_THAT(client.read_reply(), EndsWith("ok"));
    EXPECT_EQ(server.messages(2), (std::vector<std::string>{"a", "\x01\x02"}));
}

TEST_F(EngineV3, ABinaryWebSocketMessageStandsBehindItsType) {
    for (std::string_view extra : {"", "&b64=1"}) {
        raw_client c{server.port()};
        c.send(upgrade_request("/engine.io/?EIO=3&transport=websocket" + std::string{extra}) +
               binary_frame("\x04\x01\x02") + text_frame("2"));
        c.read_until("0{\"sid\"");
        c.read_until(extra.empty() ? from_server(2, "\x04\x01\x02") : from_server(1, "b4AQI="));
        c.read_until(from_server(1, "3"));
    }
}

TEST_F(EngineV3, MovesToAWebSocket) {
    std::string sid = open();
    raw_client ws{server.port()};
    ws.send(upgrade_request("/engine.io/?EIO=3&transport=websocket&sid=" + sid) + text_frame("2probe"));
    ws.read_until(from_server(1, "3probe"));
    EXPECT_THAT(client.get(target(sid)), EndsWith("\r\n\r\n1:6"));
    ws.send(text_frame("5") + text_frame("4hello"));
    ws.read_until(from_server(1, "4hello"));
}

TEST_F(EngineV3, RequestsOfTheOtherRevisionAreRefusedAndHarmNothing) {
    std::string sid = open();
    EXPECT_THAT(client.get("/engine.io/?EIO=4&transport=polling&sid=" + sid),
                AllOf(StartsWith("HTTP/1.1 400"), EndsWith(R"({"code":3,"message":"Bad request"})")));
    EXPECT_THAT(client.post(target(sid), "2:4a"), EndsWith("ok"));
}

TEST_F(EngineV3, SaysGoodbyeInItsOwnForm) {
    std::string sid = open();
    server.on_text = [](engineio::connection& c, std::string_view) {
        c.send(engine_server::text_message("bye"));
        c.close(engineio::close_reason::forced_server_close);
    };
    EXPECT_THAT(client.post(target(sid), "2:4a"), EndsWith("ok"));
    EXPECT_THAT(client.get(target(sid)), EndsWith("\r\n\r\n4:4bye"));
    EXPECT_THAT(client.get(target(sid)), EndsWith("\r\n\r\n1:61:1"));
    EXPECT_THAT(client.get(target(sid)), HasSubstr(R"("code":1)"));
}

TEST_F(Jsonp, AnswersWithAScriptInBothRevisions) {
    std::string reply = client.get("/engine.io/?EIO=3&transport=polling&j=4");
    EXPECT_THAT(reply, AllOf(HasSubstr("text/javascript; charset=UTF-8"), HasSubstr("\r\n\r\n___eio[4](\""),
                             HasSubstr(R"(:0{\"sid\":)"), EndsWith("\");")));
    EXPECT_THAT(client.get("/engine.io/?EIO=4&transport=polling&j=alert(0)1"),
                AllOf(HasSubstr("\r\n\r\n___eio[01](\"0{"), EndsWith("\");")));
}

TEST_F(Jsonp, ReadsThePayloadOutOfAForm) {
    std::string escaped = client.get("/engine.io/?EIO=3&transport=polling&j=0");
    std::string sid = escaped.substr(escaped.find(R"(sid\":\")") + 8, 20);
    EXPECT_THAT(client.post(target(sid) + "&j=0", R"(d=4%3A4a%5Cnb10%3Ab4AQIDBA%3D%3D)"), EndsWith("ok"));
    EXPECT_THAT(client.get(target(sid) + "&j=1"), EndsWith(R"(___eio[1]("4:4a\nb10:b4AQIDBA==");)"));
}

TEST_F(Jsonp, AFormWithoutAPayloadClosesTheSession) {
    std::string escaped = client.get("/engine.io/?EIO=4&transport=polling&j=0");
    std::string sid = escaped.substr(escaped.find(R"(sid\":\")") + 8, 20);
    std::string at = "/engine.io/?EIO=4&transport=polling&j=0&sid=" + sid;
    EXPECT_THAT(client.post(at, "x=4a"), EndsWith("ok"));
    EXPECT_THAT(client.post(at, "d=4a"), HasSubstr(R"("code":1)"));
}
