#include "socketio/json_scan.hpp"
#include "socketio/packet.hpp"
#include "socketio/packet_encoder.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>

using namespace ringback::socketio;

namespace {

constexpr std::uint64_t greatest_id = std::numeric_limits<std::uint64_t>::max();

template <class Append, class... Arguments>
std::string made(Append append, Arguments&&... arguments) {
    std::string out;
    append(out, std::forward<Arguments>(arguments)...);
    return out;
}

std::string event(std::string_view nsp, std::optional<std::uint64_t> ack_id, std::string_view name, auto... raw) {
    std::string out;
    append_event(out, nsp, ack_id, name, raw...);
    return out;
}

} // namespace

TEST(PacketEncoder, WritesConnectWithSidThenPid) {
    EXPECT_EQ(made(append_connect, "/", "abc", std::nullopt), R"(40{"sid":"abc"})");
    EXPECT_EQ(made(append_connect, "/user", "abc", "xyz"), R"(40/user,{"sid":"abc","pid":"xyz"})");
}

TEST(PacketEncoder, WritesConnectErrorWithDataWhenThereIsSome) {
    EXPECT_EQ(made(append_connect_error, "/x", "Invalid namespace", ""), R"(44/x,{"message":"Invalid namespace"})");
    EXPECT_EQ(made(append_connect_error, "/", "a \"b\"", R"({"code":1})"),
              R"(44{"message":"a \"b\"","data":{"code":1}})");
}

TEST(PacketEncoder, WritesDisconnect) {
    EXPECT_EQ(made(append_disconnect, "/"), "41");
    EXPECT_EQ(made(append_disconnect, "/user"), "41/user,");
}

TEST(PacketEncoder, WritesEvents) {
    EXPECT_EQ(event("/", {}, "hi"), R"(42["hi"])");
    EXPECT_EQ(event("/user", 0, "hi", "1", std::string{R"({"a":2})"}), R"(42/user,0["hi",1,{"a":2}])");
    EXPECT_EQ(event("/", greatest_id, "a\"b\n"), R"(4218446744073709551615["a\"b\n"])");
}

TEST(PacketEncoder, TakesArgumentsAsTheyWereReceivedAndLeavesOutEmptyOnes) {
    EXPECT_EQ(event("/", {}, "hi", "1 , [2]", "", "null"), R"(42["hi",1 , [2],null])");
    EXPECT_EQ(event("/", {}, "hi", ""), R"(42["hi"])");
    std::string out;
    append_ack(out, "/", 7, "", "1", "");
    EXPECT_EQ(out, "437[1]");
}

TEST(PacketEncoder, WritesAcks) {
    std::string out;
    append_ack(out, "/", 0);
    EXPECT_EQ(out, "430[]");
    out.clear();
    append_ack(out, "/user", 12, R"({"ok":true})", "2");
    EXPECT_EQ(out, R"(43/user,12[{"ok":true},2])");
}

TEST(PacketEncoder, WritesBinaryPacketsWithTheirCount) {
    std::string out;
    append_binary_event(out, 2, "/user", 3, "f", R"({"_placeholder":true,"num":0})");
    EXPECT_EQ(out, R"(452-/user,3["f",{"_placeholder":true,"num":0}])");
    out.clear();
    append_binary_event(out, 10, "/", std::nullopt, "f", "1");
    EXPECT_EQ(out, R"(4510-["f",1])");
    out.clear();
    append_binary_ack(out, 1, "/", 4, R"({"_placeholder":true,"num":0})");
    EXPECT_EQ(out, R"(461-4[{"_placeholder":true,"num":0}])");
}

TEST(PacketEncoder, AppendsBehindWhatIsThere) {
    std::string out = "frame:";
    append_event(out, "/", std::nullopt, "hi");
    append_disconnect(out, "/");
    EXPECT_EQ(out, R"(frame:42["hi"]41)");
}

TEST(PacketEncoder, IsUndoneByTheDecoder) {
    std::mt19937 random{7};
    auto pick = [&](std::initializer_list<std::string_view> from) { return from.begin()[random() % from.size()]; };
    for (int i = 0; i < 2'000; ++i) {
        auto nsp = pick({"/", "/user", "/?a=b", "/\xc3\xa9"});
        auto name = pick({"hi", "", "a\"\\\n\x01", "call:end", "\xf0\x9f\x93\x9e"});
        auto args = pick({"", "1", R"("x", {"a":[ ]})", "null,1.50,-0"});
        auto attachments = static_cast<std::uint32_t>(random() % 3);
        std::optional<std::uint64_t> id;
        if (random() % 2) id = random() % 3 ? random() : greatest_id;

        std::string text, scratch;
        append_binary_event(text, attachments, nsp, id, name, args);
        auto packet = decode_packet(std::string_view{text}.substr(1), {});
        ASSERT_TRUE(packet) << text;
        EXPECT_EQ(packet->type, attachments ? packet_type::binary_event : packet_type::event);
        EXPECT_EQ(packet->attachments, attachments);
        EXPECT_EQ(packet->nsp, nsp);
        EXPECT_EQ(packet->ack_id, id);
        EXPECT_EQ(event_name(*packet, scratch), name);
        EXPECT_EQ(packet->args, args);

        text.clear();
        append_binary_ack(text, attachments, nsp, id.value_or(0), args);
        packet = decode_packet(std::string_view{text}.substr(1), {});
        ASSERT_TRUE(packet) << text;
        EXPECT_EQ(packet->type, attachments ? packet_type::binary_ack : packet_type::ack);
        EXPECT_EQ(packet->nsp, nsp);
        EXPECT_EQ(packet->ack_id, id.value_or(0));
        EXPECT_EQ(packet->args, args);
    }
}
