#include "bus/redis/classic_codec.hpp"
#include "unit/socketio/hex.hpp"

#include <gtest/gtest.h>

#include <array>

// The bytes were recorded from @socket.io/redis-adapter 8.3.0 and @socket.io/redis-emitter 5.1.0.

namespace ringback::bus::classic {
namespace {

using namespace socketio;
using namespace std::chrono_literals;

message_limits const limits;

broadcast made(std::string nsp, audience to, std::string name, std::string args, emit_flags flags = {}) {
    return {.nsp = std::move(nsp),
            .to = std::move(to),
            .name = std::move(name),
            .args = std::move(args),
            .attachments = {},
            .flags = flags,
            .ack_id = {},
            .encoded = {}};
}

TEST(ClassicBroadcast, IsWrittenAsNodesAdapterWritesIt) {
    auto what = made("/chat", {{"r1", "r2"}, {"e"}}, "ev", R"("x",300,-5,1.5)", {true, false});
    EXPECT_EQ(
        encode_broadcast("uid123", what),
        from_hex("93a675696431323383a47479706502a46461746195a26576a178cd012cfbcb3ff8000000000000a36e7370a52f63686174"
                 "83a5726f6f6d7392a27231a27232a665786365707491a165a5666c61677382a8766f6c6174696c65c3a8636f6d70726573"
                 "73c2"));
    EXPECT_EQ(
        encode_broadcast("uid123", made("/chat", {{"r1"}, {}}, "ev", "")),
        from_hex("93a675696431323383a47479706502a46461746191a26576a36e7370a52f6368617483a5726f6f6d7391a27231a6657863"
                 "65707490a5666c61677380"));
}

TEST(ClassicBroadcast, OfTheEmitterIsRead) {
    auto bytes = from_hex("93a7656d697474657283a47479706502a46461746195a46e65777301a2c3bc81a16192c3c0c0a36e7370a12f83a5"
                          "726f6f6d7391a3726564"
                          "a5666c61677382a8766f6c6174696c65c3a8636f6d7072657373c2a665786365707491a178");
    EXPECT_EQ(uid_of_broadcast(bytes), "emitter");
    auto read = decode_broadcast(bytes, limits);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->nsp, "/");
    EXPECT_EQ(read->uid, "emitter");
    auto const& e = std::get<event_message>(read->body);
    EXPECT_EQ(e.name, "news");
    EXPECT_EQ(e.what.args, R"(1,"ü",{"a":[true,null]},null)");
    EXPECT_EQ(e.to.rooms, std::vector<std::string>{"red"});
    EXPECT_EQ(e.to.except, std::vector<std::string>{"x"});
    EXPECT_TRUE(e.flags.is_volatile);
    EXPECT_FALSE(e.flags.compress);
    EXPECT_FALSE(e.ack_timeout);
}

TEST(ClassicBroadcast, BringsBinaryAndDates) {
    auto read = decode_broadcast(from_hex("93a7656d697474657283a47479706502a46461746193a162c4020102d7ff1d5353006553f100"
                                          "a36e7370a12f83a5726f6f6d7390a566"
                                          "6c61677380a665786365707490"),
                                 limits);
    ASSERT_TRUE(read);
    auto const& e = std::get<event_message>(read->body);
    EXPECT_EQ(e.what.args, R"({"_placeholder":true,"num":0},"2023-11-14T22:13:20.123Z")");
    EXPECT_EQ(e.what.attachments, std::vector<std::string>{"\x01\x02"});
}

TEST(ClassicBroadcast, IsReadBackAsItWasWritten) {
    auto what = made("/a#b", {{"x"}, {"y", "z"}}, "n\"ame", R"([1,{"k":[]}],{"_placeholder":true,"num":0})");
    what.attachments = {std::string("\0\xff", 2)};
    auto read = decode_broadcast(encode_broadcast("me", what), limits);
    ASSERT_TRUE(read);
    auto const& e = std::get<event_message>(read->body);
    EXPECT_EQ(read->nsp, what.nsp);
    EXPECT_EQ(e.name, what.name);
    EXPECT_EQ(e.what.args, what.args);
    EXPECT_EQ(e.what.attachments, what.attachments);
    EXPECT_EQ(e.to.rooms, what.to.rooms);
    EXPECT_EQ(e.to.except, what.to.except);
}

TEST(ClassicBroadcast, OfAnotherKindIsNone) {
    auto good = encode_broadcast("me", made("/", {}, "a", "1"));
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(decode_broadcast(good.substr(0, size), limits)) << size;
    EXPECT_FALSE(decode_broadcast(good, {.max_bytes = 10}));
    // What a streams adapter 0.3 publishes on the same channel: a map.
    EXPECT_FALSE(decode_broadcast(from_hex("84a47479706507a46461746180a3756964a178a36e7370a12f"), limits));
    for (std::string_view junk : {"", "{}", "[1,2,3]", "\x93\x01\x02\x03", "\x93\xa1x\xc0\xc0", "\x93\xa1x\x80\x80"})
        EXPECT_FALSE(decode_broadcast(junk, limits)) << junk;
}

TEST(ClassicRequest, IsWrittenAsNodesAdapterWritesIt) {
    EXPECT_EQ(
        encode_ask("uid123", "GH2d8G", made("/chat", {{"r1"}, {}}, "ask", R"({"k":"v"})"), 3000ms),
        from_hex(
            "85a3756964a6756964313233a9726571756573744964a6474832643847a47479706507a67061636b657483a47479706502a464"
            "61746192a361736b81a16ba176a36e7370a52f63686174a46f70747383a5726f6f6d7391a27231a665786365707490a5666c61"
            "677381a774696d656f7574cd0bb8"));
    using kind = audience_change::kind;
    EXPECT_EQ(encode_change("uid123", {"/chat", {{"r1"}, {}}, kind::join, {"n"}}),
              R"({"uid":"uid123","type":2,"opts":{"rooms":["r1"],"except":[]},"rooms":["n"]})");
    EXPECT_EQ(encode_change("uid123", {"/chat", {}, kind::leave, {"n", "m"}}),
              R"({"uid":"uid123","type":3,"opts":{"rooms":[],"except":[]},"rooms":["n","m"]})");
    EXPECT_EQ(encode_change("uid123", {"/chat", {{}, {"q"}}, kind::disconnect, {}}),
              R"({"uid":"uid123","type":4,"opts":{"rooms":[],"except":["q"]},"close":false})");
    EXPECT_EQ(encode_server_event("uid123", "", "hey", "1"), R"({"uid":"uid123","type":6,"data":["hey",1]})");
    EXPECT_EQ(encode_server_event("uid123", "2NLuJQ", "hey", ""),
              R"({"uid":"uid123","requestId":"2NLuJQ","type":6,"data":["hey"]})");
    EXPECT_EQ(encode_fetch("uid123", "1hQzDU", {{"r1"}, {}}),
              R"({"uid":"uid123","requestId":"1hQzDU","type":5,"opts":{"rooms":["r1"],"except":[]}})");
}

TEST(ClassicRequest, OfEveryTypeIsRead) {
    auto read = [](std::string_view text) { return decode_request("/chat", text, limits).value(); };
    auto ids = read(R"({"uid":"u","requestId":"i","type":0,"rooms":["a",5]})");
    EXPECT_EQ(ids.nsp, "/chat");
    EXPECT_EQ(ids.uid, "u");
    EXPECT_EQ(ids.id, "i");
    EXPECT_TRUE(std::get<fetch_message>(ids.body).ids_only);
    EXPECT_EQ(std::get<fetch_message>(ids.body).of.rooms, (std::vector<std::string>{"a", "5"}));
    EXPECT_TRUE(std::holds_alternative<rooms_message>(read(R"({"uid":"u","requestId":"i","type":1})").body));

    using kind = audience_change::kind;
    auto change = [&](std::string_view text) { return std::get<change_message>(read(text).body).what; };
    auto join = change(R"({"type":2,"opts":{"rooms":["a"],"except":["b"]},"rooms":["c"]})");
    EXPECT_EQ(join.what, kind::join);
    EXPECT_EQ(join.nsp, "/chat");
    EXPECT_EQ(join.to.except, std::vector<std::string>{"b"});
    EXPECT_EQ(join.rooms, std::vector<std::string>{"c"});
    EXPECT_EQ(change(R"({"type":3,"opts":{"rooms":[],"except":[]},"rooms":["c"]})").what, kind::leave);
    EXPECT_EQ(change(R"({"type":4,"opts":{"rooms":[],"except":[]},"close":true})").what, kind::close_connection);
    auto old = change(R"({"type":2,"sid":"s","room":"r","requestId":"i"})");
    EXPECT_EQ(old.to.rooms, std::vector<std::string>{"s"});
    EXPECT_EQ(old.rooms, std::vector<std::string>{"r"});
    EXPECT_EQ(change(R"({"type":4,"sid":"s","close":false,"requestId":"i"})").what, kind::disconnect);

    auto fetch = read(R"({"uid":"u","requestId":"i","type":5,"opts":{"rooms":["a"],"except":[]}})");
    EXPECT_FALSE(std::get<fetch_message>(fetch.body).ids_only);
    auto server = read(R"({"uid":"u","type":6,"data":["hi", 1, {"x":[]}]})");
    EXPECT_TRUE(server.id.empty());
    EXPECT_EQ(std::get<server_message>(server.body).name, "hi");
    EXPECT_EQ(std::get<server_message>(server.body).args, R"(1, {"x":[]})");

    auto ask = decode_request("/chat", encode_ask("u", "i", made("/chat", {{"r"}, {}}, "ask", "1"), 700ms), limits);
    ASSERT_TRUE(ask);
    EXPECT_EQ(std::get<event_message>(ask->body).ack_timeout, 700ms);
}

TEST(ClassicRequest, OfAnotherKindIsNone) {
    for (std::string_view junk :
         {"", "{", "[]", "{}", R"({"type":99})", R"({"type":5})", R"({"type":5,"opts":7})",
          R"({"type":2,"opts":{}, "rooms":{}})", R"({"type":3,"sid":5})", R"({"type":6,"data":{}})",
          R"({"type":6,"data":[1]})", R"({"type":0,"rooms":[{}]})",
          R"({"type":7,"requestId":"x","packet":{"type":2,"data":["a"],"nsp":"/other"},"opts":{"rooms":[]}})",
          "{\"type\":1,\"x\":\"\xff\"}", "\xdf\xff\xff\xff\xff", "\x81\xa4type\x05"})
        EXPECT_FALSE(decode_request("/", junk, limits)) << junk;
    std::string deep(1000, '\x91');
    EXPECT_FALSE(decode_request("/", deep, limits));
    EXPECT_FALSE(decode_request("/", R"({"type":5,"opts":)" + std::string(1000, '['), limits));
}

TEST(ClassicAnswer, IsWrittenAsNodesAdapterWritesIt) {
    using kind = cluster_answer::kind;
    EXPECT_EQ(encode_answer({.what = kind::done, .id = "rid"}), R"({"requestId":"rid"})");
    EXPECT_EQ(encode_answer({.what = kind::socket_ids, .id = "rid", .names = {"a", "b"}}),
              R"({"requestId":"rid","sockets":["a","b"]})");
    EXPECT_EQ(encode_answer({.what = kind::room_names, .id = "rid"}), R"({"requestId":"rid","rooms":[]})");
    EXPECT_EQ(encode_answer({.what = kind::client_count, .id = "rid", .clients = 3}),
              R"({"type":8,"requestId":"rid","clientCount":3})");
    cluster_answer reply{.what = kind::server_event, .id = "rid"};
    EXPECT_EQ(encode_answer(reply), R"({"type":6,"requestId":"rid"})");
    reply.content.args = R"(["x"])";
    EXPECT_EQ(encode_answer(reply), R"({"type":6,"requestId":"rid","data":["x"]})");
    cluster_answer ack{.what = kind::client_ack, .id = "rid"};
    ack.content.args = R"({"b":{"_placeholder":true,"num":0}})";
    ack.content.attachments = {"\x09"};
    EXPECT_EQ(encode_answer(ack), from_hex("83a47479706509a9726571756573744964a3726964a67061636b657481a162c40109"));
}

TEST(ClassicAnswer, OfNodeIsRead) {
    using kind = cluster_answer::kind;
    auto nothing = decode_answer(from_hex("83a47479706509a9726571756573744964a3726964a67061636b6574d40000"), limits);
    ASSERT_TRUE(nothing);
    EXPECT_EQ(nothing->what, kind::client_ack);
    EXPECT_EQ(nothing->content.args, "");
    auto count = decode_answer(R"({"type":8,"requestId":"rid","clientCount":3})", limits);
    EXPECT_EQ(count->clients, 3u);
    auto found = decode_answer(
        R"({"requestId":"rid","sockets":[{"id":"s","handshake":{"headers":{"host":"h","bad":"a\r\nb"},"address":"::1",)"
        R"("issued":7,"secure":true,"query":{"a b":"c&d"}},"rooms":["s","r"],"data":{"n":1}},7]})",
        limits);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->sockets.size(), 1u);
    auto const& s = found->sockets[0];
    EXPECT_EQ(s.id, "s");
    EXPECT_EQ(s.rooms, (std::vector<std::string>{"s", "r"}));
    EXPECT_EQ(s.data, R"({"n":1})");
    EXPECT_EQ(s.address, "::1");
    EXPECT_EQ(s.headers, "host: h\r\n");
    EXPECT_EQ(s.query, "a%20b=c%26d");
    EXPECT_EQ(s.issued_ms, 7);
    EXPECT_TRUE(s.secure);
}

TEST(ClassicAnswer, SocketsAreReadBackAsTheyWereWritten) {
    socket_description s{.id = "id",
                         .rooms = {"id", "\"room\""},
                         .data = R"({"a":[1]})",
                         .address = "10.0.0.1",
                         .query = "EIO=4&transport=websocket",
                         .headers = "host: example.com\r\n",
                         .issued_ms = 1'700'000'000'123,
                         .secure = true};
    auto read =
        decode_answer(encode_answer({.what = cluster_answer::kind::sockets, .id = "rid", .sockets = {s}}), limits);
    ASSERT_TRUE(read && read->sockets.size() == 1);
    auto const& r = read->sockets[0];
    EXPECT_EQ(std::tie(r.id, r.rooms, r.data, r.address, r.query, r.headers, r.issued_ms, r.secure),
              std::tie(s.id, s.rooms, s.data, s.address, s.query, s.headers, s.issued_ms, s.secure));
}

TEST(ClassicAnswer, OfAClientWithStrangeHeadersIsStillJson) {
    socket_description s{.id = "id", .rooms = {"id"}, .address = {}, .query = {}, .headers = {}};
    s.headers = "user-agent: \xff\xfe\r\n";
    auto read =
        decode_answer(encode_answer({.what = cluster_answer::kind::sockets, .id = "rid", .sockets = {s}}), limits);
    ASSERT_TRUE(read && read->sockets.size() == 1);
    EXPECT_EQ(read->sockets[0].headers, "user-agent: ??\r\n");
}

TEST(ClassicAnswer, OfAnotherKindIsNone) {
    for (std::string_view junk : {"", "{}", "[]", R"({"requestId":"x"})", R"({"requestId":"x","sockets":7})",
                                  R"({"type":8,"requestId":"x","clientCount":-1})", R"({"type":9})", "\x80"})
        EXPECT_FALSE(decode_answer(junk, limits)) << junk;
}

} // namespace
} // namespace ringback::bus::classic
