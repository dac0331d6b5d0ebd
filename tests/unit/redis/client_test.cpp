#include "redis/client.hpp"
#include "redis/command.hpp"
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

class RedisClient : public testing::Test {
protected:
    void SetUp() override {
        if (!redis_server::is_installed()) GTEST_SKIP() << "redis-server is not installed: THE CLIENT IS NOT TESTED";
    }
};

TEST_F(RedisClient, AnswersCommandsInTheirOrder) {
    redis_server server;
    loop l;
    client c{l.context.get_executor(), server.settings()};
    ASSERT_TRUE(l.until([&] { return c.is_up(); }));
    std::vector<std::int64_t> got;
    for (int i = 0; i < 1000; ++i)
        c.send(command("INCR", "n"), [&](reply r) { got.push_back(r.value().integer().value()); });
    ASSERT_TRUE(l.until([&] { return got.size() == 1000; }));
    for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(got[i], i + 1);
    EXPECT_EQ(c.round_trips(), 2U) << "the greeting and one write for all";
}

TEST_F(RedisClient, RunsAScriptByItsNameAfterItsFirstUse) {
    redis_server server;
    loop l;
    client c{l.context.get_executor(), server.settings()};
    ASSERT_TRUE(l.until([&] { return c.is_up(); }));
    script const s{"return {KEYS[1], ARGV[1]}"};
    std::vector<std::string> const keys{"k"}, args{"v"};
    int answers = 0;
    auto expect_both = [&](reply r) {
        ASSERT_TRUE(r);
        ASSERT_EQ(r->items().size(), 2U) << r->text();
        EXPECT_EQ(r->items()[1].text(), "v");
        ++answers;
    };
    c.run(s, keys, args, expect_both);
    c.run(s, keys, args, expect_both);
    ASSERT_TRUE(l.until([&] { return answers == 2; }));
    server.ask({"SCRIPT", "FLUSH"});
    c.run(s, keys, args, expect_both);
    ASSERT_TRUE(l.until([&] { return answers == 3; }));
}

} // namespace
