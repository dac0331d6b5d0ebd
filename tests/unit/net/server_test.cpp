// A real server on a free port of the loopback interface, and clients that send raw bytes.
#include "base/json_text.hpp"
#include "net/server.hpp"
#include "net/socketio_server.hpp"
#include "unit/net/raw_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>

using namespace ringback;
using namespace ringback::net;
using namespace std::chrono_literals;
using ringback::testing::raw_client;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace {

server_config quick(std::uint32_t shards) {
    server_config c;
    c.listen = {{"127.0.0.1", 0}};
    c.shards = shards;
    c.engine.ping_interval = 60s;
    return c;
}

struct Server : ::testing::Test {
    explicit Server(server_config c = quick(1)) : server{std::move(c), clock}, io{server, {}, clock} {
        server.routes().add("GET", "/hello", [](shard&, http_request const&, reply_handler reply) {
            reply(http_reply::text(200, "hello"));
        });
        server.routes().add("POST", "/echo", [](shard&, http_request const& r, reply_handler reply) {
            reply(http_reply::text(200, r.body));
        });
        server.routes().add("GET", "/forgets", [](shard&, http_request const&, reply_handler) {});
        for (std::uint32_t i = 0; i < server.size(); ++i)
            io.hub(i).of("/").on("echo", [](socketio::socket& s, socketio::event const& e) { s.emit("echo", e.args); });
    }
    ~Server() override { server.stop(); }
    std::uint16_t port() {
        if (server.bound().empty()) server.start();
        return server.bound()[0].port;
    }
    std::string open_polling(raw_client& c) {
        std::string reply = c.get("/socket.io/?EIO=4&transport=polling");
        auto at = reply.find("\"sid\":\"");
        EXPECT_NE(at, reply.npos) << reply;
        return reply.substr(at + 7, 20);
    }

    system_clock_source clock;
    net::server server;
    socketio_server io;
};

struct TwoShards : Server {
    TwoShards() : Server{quick(2)} {}
};

struct OneOrigin : Server {
    static server_config config() {
        auto c = quick(1);
        c.engine.cors.origins = {"https://app.example"};
        return c;
    }
    OneOrigin() : Server{config()} {}
};

struct SmallOutbox : Server {
    static server_config config() {
        auto c = quick(1);
        c.engine.max_outbox_bytes = 200'000;
        return c;
    }
    SmallOutbox() : Server{config()} {}
};

std::string masked_text(std::string_view payload) {
    std::string f = "\x81";
    if (payload.size() < 126) {
        f += static_cast<char>(0x80 | payload.size());
    } else {
        f += "\xfe";
        f += static_cast<char>(payload.size() >> 8);
        f += static_cast<char>(payload.size());
    }
    return f.append(4, '\0').append(payload); // the mask 0 leaves the bytes as they are
}

constexpr std::string_view upgrade_headers =
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
constexpr std::string_view upgrade_request =
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

} // namespace

TEST_F(Server, KeepsAConnectionForManyRequestsEvenPipelined) {
    raw_client c{port()};
    EXPECT_THAT(c.get("/hello"), AllOf(StartsWith("HTTP/1.1 200"), EndsWith("\r\n\r\nhello")));
    c.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(c.read_reply(), EndsWith("hello"));
    EXPECT_THAT(c.read_reply(), StartsWith("HTTP/1.1 404"));
    EXPECT_THAT(c.post("/echo", "back"), EndsWith("back"));
}

TEST_F(Server, AnswersHeadWithoutABody) {
    raw_client c{port()};
    c.send("HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(c.read_to_end(), AllOf(HasSubstr("Content-Length: 5"), EndsWith("\r\n\r\n")));
}

TEST_F(Server, RefusesWhatIsNotHttpOrTooLarge) {
    raw_client garbage{port()};
    garbage.send("what is this\r\n\r\n");
    EXPECT_THAT(garbage.read_to_end(), StartsWith("HTTP/1.1 400"));
    raw_client headers{port()};
    headers.send("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
    EXPECT_THAT(headers.read_to_end(), StartsWith("HTTP/1.1 431"));
    raw_client body{port()};
    body.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n");
    EXPECT_THAT(body.read_to_end(), StartsWith("HTTP/1.1 413"));
}

TEST_F(Server, AHandlerThatForgetsItsRequestDoesNotLeaveItHanging) {
    raw_client c{port()};
    EXPECT_THAT(c.get("/forgets"), StartsWith("HTTP/1.1 503"));
}

TEST_F(Server, ReadsAWebSocketHandshakeAndItsFirstFramesFromOneSegment) {
    raw_client c{port()};
    c.send(std::string{upgrade_request} + masked_text("40") + masked_text(R"(42["echo",1])"));
    EXPECT_THAT(c.read_until("\r\n\r\n"), AllOf(StartsWith("HTTP/1.1 101"), HasSubstr("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")));
    c.read_until("0{\"sid\"");
    c.read_until(R"(42["echo",1])");
}

TEST_F(Server, ReadsTheSameByteByByte) {
    raw_client c{port()};
    for (char byte : std::string{upgrade_request} + masked_text("40") + masked_text(R"(42["echo",2])"))
        c.send({&byte, 1});
    c.read_until(R"(42["echo",2])");
}

TEST_F(OneOrigin, RefusesAWebSocketFromAForeignPage) {
    auto from = [&](std::string_view origin) {
        raw_client c{port()};
        c.send("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nOrigin: " + std::string{origin} +
               "\r\n" + std::string{upgrade_headers} + "\r\n");
        return c.read_until("\r\n");
    };
    EXPECT_THAT(from("https://app.example"), StartsWith("HTTP/1.1 101"));
    EXPECT_THAT(from("http://x"), StartsWith("HTTP/1.1 101"));
    EXPECT_THAT(from("https://evil.example"), StartsWith("HTTP/1.1 400"));
}

TEST_F(Server, RefusesAWebSocketWithoutAKey) {
    raw_client no_key{port()};
    no_key.send("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n");
    EXPECT_THAT(no_key.read_to_end(), StartsWith("HTTP/1.1 400"));
}

TEST_F(Server, ClosesWithTheRightCodeAndWaitsForTheClient) {
    raw_client c{port()};
    c.send(std::string{upgrade_request} + "\x83\x80" + std::string(4, '\0')); // a reserved opcode
    c.read_until("\r\n\r\n");
    c.read_until("\x88\x02\x03\xea"); // close, 1002
    EXPECT_EQ(c.read_to_end(), "");
}

TEST_F(Server, AnAbortedPollEndsItsSessionAtOnce) {
    raw_client poller{port()}, other{port()};
    std::string sid = open_polling(other);
    poller.send("GET /socket.io/?EIO=4&transport=polling&sid=" + sid + " HTTP/1.1\r\nHost: x\r\n\r\n");
    other.post("/socket.io/?EIO=4&transport=polling&sid=" + sid, "40");
    EXPECT_THAT(poller.read_reply(), HasSubstr("40{\"sid\""));
    poller.send("GET /socket.io/?EIO=4&transport=polling&sid=" + sid + " HTTP/1.1\r\nHost: x\r\n\r\n");
    // A request that is answered behind it on the same shard proves that the poll is parked.
    other.get("/hello");
    poller.reset();
    // The end travels through the loop: ask until it has arrived; each answer before is "ok".
    std::string reply;
    for (int i = 0; i < 1000 && !reply.starts_with("HTTP/1.1 400"); ++i)
        reply = other.post("/socket.io/?EIO=4&transport=polling&sid=" + sid, "3");
    EXPECT_THAT(reply, HasSubstr("Session ID unknown"));
}

TEST_F(TwoShards, APollIsServedFromWhateverShardItLandsOn) {
    // The kernel spreads connections over the two listeners: 32 of them miss one with a chance of 2^-31.
    raw_client first{port()};
    std::string sid = open_polling(first);
    std::string target = "/socket.io/?EIO=4&transport=polling&sid=" + sid;
    EXPECT_THAT(first.post(target, "40"), EndsWith("ok"));
    EXPECT_THAT(first.get(target), HasSubstr("40{\"sid\""));
    for (int i = 0; i < 32; ++i) {
        raw_client poster{port()}, poller{port()};
        EXPECT_THAT(poster.post(target, R"(42["echo",)" + std::to_string(i) + "]"), EndsWith("ok"));
        EXPECT_THAT(poller.get(target), EndsWith(R"(42["echo",)" + std::to_string(i) + "]"));
    }
}

TEST_F(TwoShards, AWebSocketMovesToTheShardOfItsSession) {
    raw_client first{port()};
    for (int i = 0; i < 16; ++i) {
        std::string sid = open_polling(first);
        EXPECT_THAT(first.post("/socket.io/?EIO=4&transport=polling&sid=" + sid, "40"), EndsWith("ok"));
        raw_client upgrade{port()};
        upgrade.send("GET /socket.io/?EIO=4&transport=websocket&sid=" + sid + " HTTP/1.1\r\nHost: x\r\n" +
                     std::string{upgrade_headers} + "\r\n" + masked_text("2probe"));
        upgrade.read_until("3probe");
        upgrade.send(masked_text("5") + masked_text(R"(42["echo",1])"));
        upgrade.read_until("40{\"sid\"");
        upgrade.read_until(R"(42["echo",1])");
    }
}

TEST_F(TwoShards, ABroadcastReachesBothShards) {
    std::vector<raw_client> all;
    for (int i = 0; i < 32; ++i) {
        raw_client& c = all.emplace_back(port());
        c.send(std::string{upgrade_request} + masked_text("40"));
        c.read_until("40{\"sid\"");
    }
    io.post([](socketio::hub& hub) { hub.of("/").emit("news", "1"); });
    for (raw_client& c : all)
        c.read_until(R"(42["news",1])");
}

TEST_F(SmallOutbox, ASlowReaderIsClosedAndNobodyElse) {
    raw_client slow{port()}, quick_one{port()};
    for (raw_client* c : {&slow, &quick_one}) {
        c->send(std::string{upgrade_request} + masked_text("40"));
        c->read_until("40{\"sid\"");
    }
    std::string big = json_string(std::string(50'000, 'x'));
    for (int i = 0; i < 400; ++i) { // far beyond what the kernel buffers for one connection
        io.post([&big](socketio::hub& hub) { hub.of("/").emit("big", big); });
        quick_one.read_until("xxx\"]");
    }
    EXPECT_THROW(for (;;) slow.read_until("xxx\"]"), std::runtime_error);
    quick_one.send(masked_text(R"(42["echo",1])"));
    quick_one.read_until(R"(42["echo",1])");
}

TEST_F(Server, StoppingClosesWithoutADisconnectSoThatClientsComeBack) {
    raw_client c{port()};
    c.send(std::string{upgrade_request} + masked_text("40"));
    c.read_until("40{\"sid\"");
    c.read_until("}");
    server.stop();
    EXPECT_EQ(c.read_to_end(), std::string("\x88\x00", 2));
}

TEST_F(Server, RefusesAPortThatIsTaken) {
    net::server second{[&] {
                           auto c = quick(1);
                           c.listen[0].port = port();
                           return c;
                       }(),
                       clock};
    EXPECT_THROW(second.start(), std::system_error);
}

TEST_F(TwoShards, WhatIsPostedAfterTheEndIsDroppedWhileEveryShardStillExists) {
    (void)port(); // starts
    server.stop();
    bool ran = false;
    auto held = std::make_shared<int>();
    // A request that was left over answers on another shard when it is destroyed.
    server.at(1).post([&, held] { server.at(0).post([&ran] { ran = true; }); });
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_FALSE(ran);
}
