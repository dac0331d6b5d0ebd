#include "gateway/event_payload.hpp"
#include "gateway/signal_text.hpp"
#include "socketio/json_scan.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace ringback::gateway {
namespace {

account_id const ann = *account_id::parse("ann");

TEST(SignalText, AppendsTheSenderAndKeepsEveryByte) {
    for (std::string const kept :
         {R"({"callId":"x","n":1.0)", R"({ "a" : 1e400 , "a":-0)", "{\"s\":\"\\ud800\\/\"\n", R"({"o":{"from":1})"})
        EXPECT_EQ(with_sender(kept + "}", ann), kept + R"(,"from":"ann"})");
}

TEST(SignalText, AnEmptyObjectGetsTheSender) {
    EXPECT_EQ(with_sender("{}", ann), R"({"from":"ann"})");
    EXPECT_EQ(with_sender("{ }", ann), R"({ "from":"ann"})");
}

TEST(SignalText, RemovesEveryFromOfTheTopLevel) {
    for (std::string const sent : {R"({"from":1,"a":2})", R"({"a":2,"from":1})", R"({"from":0,"a":2,"fr\u006fm":1})",
                                   R"({"from":[{}],"\u0066rom":"}","a":2})"})
        EXPECT_EQ(with_sender(sent, ann), R"({"a":2,"from":"ann"})") << sent;
    EXPECT_EQ(with_sender(R"({"from":1})", ann), R"({"from":"ann"})");
    EXPECT_EQ(with_sender(R"({"a":1,"from":1,"b":2 , "c":3})", ann), R"({"a":1,"b":2 , "c":3,"from":"ann"})");
}

TEST(SignalText, WhateverIsSentTheResultIsValidWithOneFromAtItsEnd) {
    std::mt19937 random{7};
    auto pick = [&](auto const& of) { return std::string{of[random() % std::size(of)]}; };
    char const* const keys[] = {R"("a")", R"("from")", R"("\u0066rom")", R"("callId")", R"("fro")"};
    char const* const values[] = {"1.0", R"("}")", R"({"from":[1,2]})", "[]", "null", R"("\\\"")", "1e400"};
    char const* const spaces[] = {"", " ", "\n\t"};
    for (int i = 0; i < 5000; ++i) {
        std::string sent = "{" + pick(spaces);
        for (std::size_t n = random() % 6, m = 0; m < n; ++m)
            sent += (m ? "," : "") + pick(spaces) + pick(keys) + pick(spaces) + ":" + pick(values) + pick(spaces);
        sent += "}";
        ASSERT_TRUE(socketio::check_json(sent)) << sent;
        std::string got = with_sender(sent, ann);
        ASSERT_TRUE(socketio::check_json(got)) << sent << " -> " << got;
        ASSERT_EQ(count_members(got, "from"), 1u) << sent;
        ASSERT_TRUE(got.ends_with(R"("from":"ann"})")) << got;
        ASSERT_EQ(count_members(got, "a"), count_members(sent, "a")) << sent;
    }
}

TEST(EventPayload, ReadsTheFieldsOfARequestBetweenPeers) {
    auto read = read_peer_request(R"({"to":"bob","callType":"VIDEO","metadata":{"n":1.0}})", ann, 4096);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->to, "bob");
    EXPECT_EQ(read->type, call::call_type::video);
    EXPECT_EQ(read->metadata, R"({"n":1.0})");
    using enum call::refusal_code;
    auto refused = [](std::string_view payload, std::uint64_t limit = 4096) {
        return read_peer_request(payload, ann, limit).error();
    };
    EXPECT_EQ(refused(R"({"to":"ann","callType":"AUDIO"})"), invalid_request);
    EXPECT_EQ(refused(R"({"to":"bob","callType":"AUDIO","metadata":null})"), invalid_request);
    EXPECT_EQ(refused(R"({"to":"bob","callType":"AUDIO","metadata":[]})"), invalid_request);
    EXPECT_EQ(refused(R"({"to":"bob","callType":"audio"})"), invalid_call_type);
    EXPECT_EQ(refused(R"({"to":"bob","callType":"AUDIO","metadata":{"a":1}})", 6), payload_too_large);
}

} // namespace
} // namespace ringback::gateway
