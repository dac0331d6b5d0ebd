#include "bus/redis/streams_codec.hpp"
#include "unit/socketio/hex.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The bytes were recorded from @socket.io/redis-streams-adapter 0.3.1.

namespace ringback::bus::streams {
namespace {

using namespace socketio;
using namespace std::chrono_literals;
using ::testing::ElementsAre;

message_limits const limits;
constexpr std::string_view node = "0123456789abcdef";

broadcast made(audience to, std::string name, std::string args) {
    return {.nsp = "/chat",
            .to = std::move(to),
            .name = std::move(name),
            .args = std::move(args),
            .attachments = {},
            .flags = {},
            .ack_id = {},
            .encoded = {}};
}

cluster_request request_of(std::optional<decoded> const& read) { return std::get<cluster_request>(read.value()); }
cluster_answer answer_of(std::optional<decoded> const& read) { return std::get<cluster_answer>(read.value()); }

TEST(StreamsMessage, IsWrittenAsNodesAdapterWritesIt) {
    auto event = made({{"r1"}, {"e"}}, "ev", R"("x",300,{"k":[null]})");
    event.flags.is_volatile = true;
    EXPECT_EQ(
        encode_data(broadcast_message(event)),
        R"({"packet":{"type":2,"data":["ev","x",300,{"k":[null]}]},"opts":{"rooms":["r1"],"except":["e"],"flags":{"volatile":true}}})");
    using kind = audience_change::kind;
    auto join = change_message_of({"/chat", {{"r1"}, {}}, kind::join, {"n"}});
    EXPECT_EQ(join.type, message_type::join);
    EXPECT_EQ(encode_data(join), R"({"opts":{"rooms":["r1"],"except":[],"flags":{}},"rooms":["n"]})");
    auto close = change_message_of({"/chat", {{}, {"q"}}, kind::close_connection, {}});
    EXPECT_EQ(close.type, message_type::disconnect);
    EXPECT_EQ(encode_data(close), R"({"opts":{"rooms":[],"except":["q"],"flags":{}},"close":true})");
    EXPECT_EQ(
        encode_publication(node, "/chat", server_message_of("hey", "1", "")),
        from_hex("84a47479706509a46461746181a67061636b657492a368657901a3756964b030313233343536373839616263646566a36e73"
                 "70a52f63686174"));
    EXPECT_EQ(encode_publication(node, "/chat", server_message_of("hey", "", "0fa30a933db0b865")).substr(0, 7),
              from_hex("84a47479706509"));
    EXPECT_EQ(
        encode_publication(node, "/chat",
                           answer_message({.what = cluster_answer::kind::client_count, .id = "rid", .clients = 2})),
        from_hex("84a4747970650ba46461746182a9726571756573744964a3726964ab636c69656e74436f756e7402a3756964b03031323334"
                 "3536373839616263646566a36e7370a52f63686174"));
    cluster_answer ack{.what = cluster_answer::kind::client_ack, .id = "rid"};
    ack.content.args = R"({"b":{"_placeholder":true,"num":0}})";
    ack.content.attachments = {"\x09"};
    EXPECT_EQ(
        encode_publication(node, "/chat", answer_message(ack)),
        from_hex("84a4747970650ca46461746182a9726571756573744964a3726964a67061636b657481a162c40109a3756964b03031323334"
                 "3536373839616263646566a36e7370a52f63686174"));
}

TEST(StreamsMessage, OfNodesStreamIsRead) {
    auto read = request_of(decode_entry(
        node, "/chat", "3", "gqZwYWNrZXSCpHR5cGUCpGRhdGGTomV2xAIBAtf/HVNTAGVT8QCkb3B0c4Olcm9vbXOQpmV4Y2VwdJClZmxhZ3OA",
        limits));
    EXPECT_EQ(read.nsp, "/chat");
    EXPECT_EQ(read.uid, node);
    auto const& e = std::get<event_message>(read.body);
    EXPECT_EQ(e.name, "ev");
    EXPECT_EQ(e.what.args, R"({"_placeholder":true,"num":0},"2023-11-14T22:13:20.123Z")");
    EXPECT_THAT(e.what.attachments, ElementsAre("\x01\x02"));
    EXPECT_FALSE(e.ack_timeout);
    auto change = request_of(
        decode_entry("u", "/", "5", R"({"opts":{"rooms":[],"except":[],"flags":{}},"rooms":["n"]})", limits));
    EXPECT_EQ(std::get<change_message>(change.body).what.what, audience_change::kind::leave);
}

TEST(StreamsMessage, OfNodesChannelIsRead) {
    auto ask = request_of(decode_publication(
        from_hex("84a47479706503a46461746183a67061636b657482a47479706502a46461746192a361736b01a9726571756573744964b061"
                 "633636313434663134656330353462a46f70747383a5726f6f6d7391a27231a665786365707490a5666c61677381a774696d"
                 "656f7574cd0bb8a3756964b030313233343536373839616263646566a36e7370a52f63686174"),
        limits));
    EXPECT_EQ(ask.id.size(), 16u);
    EXPECT_EQ(std::get<event_message>(ask.body).ack_timeout, 3000ms);
    auto fetch = request_of(decode_publication(
        from_hex("84a47479706507a46461746182a46f70747383a5726f6f6d7391a27231a665786365707490a5666c61677380a972657175657"
                 "3744964"
                 "b036353561383030663438666134336236a3756964b030313233343536373839616263646566a36e7370a52f63686174"),
        limits));
    EXPECT_THAT(std::get<fetch_message>(fetch.body).of.rooms, ElementsAre("r1"));
}

TEST(StreamsMessage, IsReadBackAsItWasWritten) {
    auto event = made({{"a"}, {"b"}}, "n", R"([{"_placeholder":true,"num":0}],1)");
    event.attachments = {"\x07"};
    auto entry = request_of(decode_entry("me", "/chat", "3", encode_data(broadcast_message(event)), limits));
    EXPECT_EQ(std::get<event_message>(entry.body).what.args, event.args);
    auto asked =
        request_of(decode_publication(encode_publication("me", "/chat", ask_message(event, "q", 70ms)), limits));
    EXPECT_EQ(std::get<event_message>(asked.body).ack_timeout, 70ms);
    EXPECT_EQ(std::get<event_message>(asked.body).what.attachments, event.attachments);

    cluster_answer found{.what = cluster_answer::kind::sockets, .id = "q"};
    found.sockets.resize(1);
    found.sockets[0].id = "s";
    found.sockets[0].rooms = {"s", "r"};
    auto answer = answer_of(decode_publication(encode_publication("me", "/chat", answer_message(found)), limits));
    EXPECT_EQ(answer.id, "q");
    EXPECT_THAT(answer.sockets.at(0).rooms, ElementsAre("s", "r"));

    cluster_answer said{.what = cluster_answer::kind::server_event, .id = "q"};
    EXPECT_EQ(answer_of(decode_publication(encode_publication("me", "/", answer_message(said)), limits)).content.args,
              "");
    said.content.args = "7";
    EXPECT_EQ(answer_of(decode_publication(encode_publication("me", "/", answer_message(said)), limits)).content.args,
              "7");
}

TEST(StreamsMessage, OfAnotherKindIsNone) {
    auto good = encode_publication("me", "/chat", fetch_message_of({}, "q"));
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(decode_publication(good.substr(0, size), limits)) << size;
    // What the classic adapter publishes on the same channel: an array.
    EXPECT_FALSE(decode_publication(from_hex("93a7656d697474657283a47479706502a46461746190a36e7370a12f80"), limits));
    for (std::string_view type : {"", "x", "1", "2", "13", "99", "3x", "-3", "7"})
        EXPECT_FALSE(decode_entry("u", "/", type, R"({"packet":{"type":2,"data":["a"]},"opts":7})", limits)) << type;
    for (std::string_view data : {"", "{", "*", "gqZwYWNrZXQ=", "eyJhIjoxfQ==", R"({"packet":{"data":[1]},"opts":{}})"})
        EXPECT_FALSE(decode_entry("u", "/", "3", data, limits)) << data;
}

TEST(StreamsSession, OfNodeIsReadAndOurOwnHasItsBeginBeside) {
    auto of_node = decode_session("hKNzaWSkc2lkMaNwaWSkcGlkMaVyb29tc5Kkc2lkMaJyMaRkYXRhgaFuAQ==", limits);
    ASSERT_TRUE(of_node);
    EXPECT_EQ(of_node->socket_id, "sid1");
    EXPECT_EQ(of_node->pid, "pid1");
    EXPECT_THAT(of_node->rooms, ElementsAre("r1"));
    EXPECT_EQ(of_node->data, R"({"n":1})");
    EXPECT_EQ(of_node->nsp, "");

    lost_session ours{.nsp = "/", .socket_id = "s", .pid = "p", .rooms = {"r"}, .data = "", .mark = {}};
    ours.mark.reached = {17, 3};
    auto again = decode_session(encode_session(ours), limits);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->nsp, "/");
    EXPECT_THAT(again->rooms, ElementsAre("r"));
    EXPECT_EQ(again->data, "{}");
    EXPECT_EQ(again->mark.reached, (cluster_offset{17, 3}));
    ours.mark.brought = "16-0"; // what its client has for certain, when it was resumed and lost again
    EXPECT_EQ(decode_session(encode_session(ours), limits)->mark.reached, (cluster_offset{16, 0}));
    for (std::string_view junk : {"", "?", "gA==", "kA==", "eyJzaWQiOjF9"})
        EXPECT_FALSE(decode_session(junk, limits)) << junk;
}

TEST(ClusterOffset, IsTextAsRedisWritesIt) {
    EXPECT_EQ(to_string(cluster_offset{1'700'000'000'000, 5}), "1700000000000-5");
    EXPECT_EQ(parse_offset("1700000000000-5"), (cluster_offset{1'700'000'000'000, 5}));
    EXPECT_LT((cluster_offset{1, 9}), (cluster_offset{2, 0}));
    for (std::string_view junk : {"", "1", "1-", "-1", "1-2x", "x-1", "1-2-3", "99999999999999999999-0", " 1-2"})
        EXPECT_FALSE(parse_offset(junk)) << junk;
}

} // namespace
} // namespace ringback::bus::streams
