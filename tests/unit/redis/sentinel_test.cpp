#include "redis/client.hpp"
#include "redis/command.hpp"
#include "redis/subscriber.hpp"
#include "unit/log_lines.hpp"
#include "unit/redis/loop.hpp"
#include "unit/redis_server/redis_server.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace ringback::redis;
using namespace ringback::redis::test;
using namespace std::chrono_literals;

namespace {

/// A master with a replica, and two Sentinels that watch them and agree alone.
struct RedisSentinel : testing::Test {
    void SetUp() override {
        REQUIRE_REDIS();
        first.emplace(std::vector<std::string>{"--repl-diskless-sync-delay", "0"});
        second.emplace(std::vector<std::string>{"--repl-diskless-sync-delay", "0", "--replicaof",
                                                "127.0.0.1 " + std::to_string(first->port())});
        ASSERT_TRUE(waits_for([&] { return second->ask({"INFO", "replication"}).contains("master_link_status:up"); }));
        for (auto* s : {&watcher, &other_watcher}) {
            s->emplace(std::vector<std::string>{}, redis_server::kind::sentinel);
            watch(**s, *first);
        }
        ASSERT_TRUE(waits_for([&] {
            return watcher->ask({"SENTINEL", "MASTER", "ours"}).contains("num-slaves 1") &&
                   watcher->ask({"SENTINEL", "MASTER", "ours"}).contains("num-other-sentinels 1");
        }));
        settings = watcher->settings();
        settings.servers = {{"127.0.0.1", watcher->port()}, {"127.0.0.1", other_watcher->port()}};
        settings.sentinel_master = "ours";
    }
    static void watch(redis_server const& sentinel, redis_server const& server) {
        sentinel.ask({"SENTINEL", "MONITOR", "ours", "127.0.0.1", std::to_string(server.port()), "1"});
        sentinel.ask({"SENTINEL", "SET", "ours", "down-after-milliseconds", "300"});
        sentinel.ask({"SENTINEL", "SET", "ours", "failover-timeout", "3000"});
    }
    template <typename Condition>
    [[nodiscard]] static bool waits_for(Condition holds) {
        for (auto const end = std::chrono::steady_clock::now() + 20s; !holds();) {
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::sleep_for(10ms); // between two questions
        }
        return true;
    }
    /// Whom the client talks to.
    std::string port_of(client& c) {
        auto info = l.ask(c, command("CONFIG", "GET", "port"));
        return info && info->items().size() == 2 ? std::string{info->items()[1].text()} : "";
    }

    loop l;
    std::optional<redis_server> first, second, watcher, other_watcher;
    config settings;
};

TEST_F(RedisSentinel, LeadsToTheMasterAndToItsSuccessorAfterItsDeath) {
    client c{l.context.get_executor(), settings};
    std::vector<std::string> heard;
    subscriber s{l.context.get_executor(), settings,
                 [&](std::string_view, std::string_view payload) { heard.emplace_back(payload); }};
    s.subscribe("a");
    ASSERT_TRUE(l.until([&] { return c.is_up() && s.is_up(); }));
    EXPECT_EQ(port_of(c), std::to_string(first->port()));

    first->stop(SIGKILL);
    ASSERT_TRUE(l.until([&] { return !c.is_up() && !s.is_up(); }));
    ASSERT_TRUE(l.until([&] { return c.is_up() && s.is_up(); }));
    EXPECT_EQ(port_of(c), std::to_string(second->port()));
    EXPECT_EQ(l.ask(c, command("SET", "x", "1")).value().text(), "OK");
    EXPECT_EQ(l.ask(c, command("PUBLISH", "a", "hello")).value().integer(), 1);
    ASSERT_TRUE(l.until([&] { return !heard.empty(); }));
}

TEST_F(RedisSentinel, LeadsToASuccessorBeforeTheFormerMasterKnows) {
    ringback::test::log_lines log;
    client c{l.context.get_executor(), settings};
    ASSERT_TRUE(l.until([&] { return c.is_up(); }));
    watcher->ask({"SENTINEL", "FAILOVER", "ours"});
    ASSERT_TRUE(l.until([&] { return !c.is_up(); }));
    ASSERT_TRUE(l.until([&] { return c.is_up(); }));
    EXPECT_EQ(port_of(c), std::to_string(second->port()));
    EXPECT_EQ(log.count("Sentinel has made 127.0.0.1:" + std::to_string(second->port()) + " the master"), 1);
    EXPECT_EQ(l.ask(c, command("SET", "x", "1")).value().text(), "OK");
}

TEST_F(RedisSentinel, IsOneOfSeveral) {
    watcher->stop(SIGKILL);
    client c{l.context.get_executor(), settings};
    ASSERT_TRUE(l.until([&] { return c.is_up(); }));
    EXPECT_EQ(port_of(c), std::to_string(first->port()));
}

TEST_F(RedisSentinel, IsNotBelievedWhenItLeadsToAReplica) {
    redis_server const misled{{}, redis_server::kind::sentinel};
    watch(misled, *second);
    settings.servers = {{"127.0.0.1", misled.port()}};
    ringback::test::log_lines log;
    client c{l.context.get_executor(), settings};
    auto const reason = "127.0.0.1:" + std::to_string(second->port()) + ": it is not the master";
    ASSERT_TRUE(l.until([&] { return log.count(reason) > 0; }));
    EXPECT_FALSE(c.is_up());
}

TEST_F(RedisSentinel, ThatKnowsNoSuchMasterIsNamed) {
    settings.sentinel_master = "theirs";
    ringback::test::log_lines log;
    client c{l.context.get_executor(), settings};
    ASSERT_TRUE(l.until([&] { return log.count("Sentinel: it knows no master theirs") > 0; }));
}

TEST_F(RedisSentinel, MayWantAPasswordAsItsServersDo) {
    for (auto* server : {&first, &second}) {
        (*server)->ask({"CONFIG", "SET", "masterauth", "word"});
        (*server)->ask({"CONFIG", "SET", "requirepass", "word"});
    }
    redis_server const locked{{"--requirepass", "word"}, redis_server::kind::sentinel};
    locked.ask({"SENTINEL", "MONITOR", "ours", "127.0.0.1", std::to_string(first->port()), "1"}, "word");
    settings.servers = {{"127.0.0.1", locked.port()}};
    settings.password = ringback::secret{"word"};
    client c{l.context.get_executor(), settings};
    ASSERT_TRUE(l.until([&] { return c.is_up(); }));
    EXPECT_EQ(port_of(c), std::to_string(first->port()));
}

} // namespace
