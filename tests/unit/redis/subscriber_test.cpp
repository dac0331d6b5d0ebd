#include "redis/subscriber.hpp"
#include "unit/redis/loop.hpp"
#include "unit/redis_server/redis_server.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

using namespace ringback::redis;
using namespace ringback::redis::test;
using namespace std::chrono_literals;

namespace {

class RedisSubscriber : public testing::Test {
protected:
    void SetUp() override {
        if (!redis_server::is_installed()) GTEST_SKIP() << "redis-server is not installed: PUB/SUB IS NOT TESTED";
    }
};

TEST_F(RedisSubscriber, SubscribesAgainAfterARestartOfTheServer) {
    redis_server server;
    loop l;
    std::vector<std::string> heard;
    subscriber s{l.context.get_executor(), server.settings(), [&](std::string_view channel, std::string_view payload) {
                     heard.push_back(std::string{channel}.append(" ").append(payload));
                 }};
    bool confirmed = false;
    s.subscribe("a", [&] { confirmed = true; });
    s.psubscribe("b*");
    ASSERT_TRUE(l.until([&] { return confirmed && s.is_up(); }));
    EXPECT_EQ(server.ask({"PUBLISH", "a", "1"}), "1");
    ASSERT_TRUE(l.until([&] { return heard.size() == 1; }));

    server.stop(SIGKILL);
    ASSERT_TRUE(l.until([&] { return !s.is_up(); }));
    server.start();
    ASSERT_TRUE(l.until([&] { return s.is_up(); }));
    EXPECT_EQ(server.ask({"PUBLISH", "a", "2"}), "1");
    EXPECT_EQ(server.ask({"PUBLISH", "bee", "3"}), "1");
    ASSERT_TRUE(l.until([&] { return heard.size() == 3; }));
    EXPECT_EQ(heard, (std::vector<std::string>{"a 1", "a 2", "bee 3"}));
}

} // namespace
