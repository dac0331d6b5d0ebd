#include "redis/config.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace ringback::redis;

namespace {

using endpoints = std::vector<endpoint>;

TEST(RedisUrl, NamesOneServer) {
    auto c = parse_url("redis://cache.example.com");
    ASSERT_TRUE(c) << c.error();
    EXPECT_EQ(c->servers, (endpoints{{"cache.example.com", 6379}}));
    EXPECT_FALSE(c->tls);
    EXPECT_TRUE(c->sentinel_master.empty());
    EXPECT_EQ(c->database, 0U);
}

TEST(RedisUrl, CarriesUserPasswordPortAndDatabase) {
    auto c = parse_url("rediss://ringback:p%40ss%3aw%2Frd@10.0.0.7:6380/3");
    ASSERT_TRUE(c) << c.error();
    EXPECT_TRUE(c->tls);
    EXPECT_EQ(c->user, "ringback");
    EXPECT_EQ(c->password.reveal(), "p@ss:w/rd");
    EXPECT_EQ(c->servers, (endpoints{{"10.0.0.7", 6380}}));
    EXPECT_EQ(c->database, 3U);
}

TEST(RedisUrl, MayHaveAPasswordWithoutAUser) {
    auto c = parse_url("redis://:a:b@localhost/");
    ASSERT_TRUE(c) << c.error();
    EXPECT_EQ(c->user, "");
    EXPECT_EQ(c->password.reveal(), "a:b");
}

TEST(RedisUrl, TakesAnIpv6AddressInBrackets) {
    auto c = parse_url("redis://[fd00::7]:7000");
    ASSERT_TRUE(c) << c.error();
    EXPECT_EQ(c->servers, (endpoints{{"fd00::7", 7000}}));
    EXPECT_EQ(to_string(c->servers[0]), "[fd00::7]:7000");
}

TEST(RedisUrl, NamesSentinelsTheirMasterAndADatabase) {
    auto c = parse_url("redis+sentinel://:secret@s1:26380,s2,[::1]:26381/mymaster/2");
    ASSERT_TRUE(c) << c.error();
    EXPECT_EQ(c->servers, (endpoints{{"s1", 26380}, {"s2", 26379}, {"::1", 26381}}));
    EXPECT_EQ(c->sentinel_master, "mymaster");
    EXPECT_EQ(c->database, 2U);
    EXPECT_TRUE(parse_url("rediss+sentinel://s1/m").value().tls);
}

TEST(RedisUrl, RefusesAllOthersAndShowsNothingOfThem) {
    for (std::string_view text : {
             "",
             "redis",
             "redis:",
             "redis://",
             "http://hidden",
             "redis+sentinels://hidden/m",
             "sentinel://hidden",
             "redis://hidden:",
             "redis://hidden:0",
             "redis://hidden:65536",
             "redis://hidden:1x",
             "redis://hid den",
             "redis://hidden:6379/x",
             "redis://hidden:6379/1/2",
             "redis://hidden:6379/-1",
             "redis://a,hidden",
             "redis://hidden@host",
             "redis://hidden:@host",
             "redis://hidden:%4@host",
             "redis://u:%zzhidden@host",
             "redis://u:hidden?@host",
             "redis://u:p@host?hidden",
             "redis://[::1",
             "redis://[::1]6379",
             "redis+sentinel://hidden",
             "redis+sentinel://hidden/",
             "redis+sentinel://hidden,/m",
             "redis+sentinel:///m",
             "redis+sentinel://,hidden/m",
             "redis+sentinel://hidden/m/x",
         }) {
        auto c = parse_url(text);
        ASSERT_FALSE(c) << text;
        EXPECT_TRUE(c.error().contains("allowed")) << text << ": " << c.error();
        EXPECT_FALSE(c.error().contains("hid")) << c.error();
    }
}

} // namespace
