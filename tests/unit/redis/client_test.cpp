#include "redis/client.hpp"
#include "redis/command.hpp"
#include "unit/redis/loop.hpp"
#include "unit/redis_server/redis_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace ringback::redis;
using namespace ringback::redis::test;
using namespace std::chrono_literals;

namespace {

/// A server, and a client that is up.
struct RedisClient : testing::Test {
    void SetUp() override {
        REQUIRE_REDIS();
        server.emplace();
        start(server->settings());
    }
    void start(config c) {
        made.emplace(l.context.get_executor(), std::move(c));
        ASSERT_TRUE(l.until([&] { return made->is_up(); }));
    }
    client& c() { return *made; }
    reply ask(std::string const& command) { return l.ask(c(), command); }

    loop l;
    std::optional<redis_server> server;
    std::optional<client> made;
};

TEST_F(RedisClient, AnswersCommandsInTheirOrderAndWritesThemTogether) {
    auto const before = c().round_trips();
    std::vector<std::int64_t> got;
    for (int i = 0; i < 1000; ++i)
        c().send(command("INCR", "n"), [&](reply r) { got.push_back(r.value().integer().value()); });
    EXPECT_TRUE(got.empty());
    ASSERT_TRUE(l.until([&] { return got.size() == 1000; }));
    for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(got[i], i + 1);
    EXPECT_EQ(c().round_trips() - before, 1U);
    EXPECT_EQ(c().commands(), 1000U);
}

TEST_F(RedisClient, HandsOverTheErrorsOfTheServerAsValues) {
    EXPECT_EQ(ask(command("SET", "text", "x")).value(), value::of_text("OK"));
    auto r = ask(command("INCR", "text"));
    ASSERT_TRUE(r);
    EXPECT_TRUE(r->is_error("ERR"));
    EXPECT_TRUE(ask(command("LPUSH", "text", "y")).value().is_error("WRONGTYPE"));
    EXPECT_TRUE(ask(command("NOSUCHCOMMAND")).value().is_error("ERR"));
    EXPECT_EQ(ask(command("GET", "text")).value().text(), "x") << "and goes on";
}

TEST_F(RedisClient, CarriesLongTextsOfAnyBytes) {
    std::string bytes(3'000'000, 'x');
    for (std::size_t i = 0; i < bytes.size(); i += 7)
        bytes[i] = static_cast<char>(i / 7);
    EXPECT_EQ(ask(command("SET", "long", bytes)).value().text(), "OK");
    EXPECT_EQ(ask(command("GET", "long")).value().text(), bytes);
}

TEST_F(RedisClient, RunsAScriptByItsNameAfterItsFirstUse) {
    script const s{"redis.call('INCR', KEYS[1]); return {KEYS[1], KEYS[2], ARGV[1]}"};
    std::vector<std::string> const keys{"k", "l"}, args{"v"};
    int answers = 0;
    auto run = [&] {
        c().run(s, keys, args, [&](reply r) {
            ASSERT_TRUE(r);
            EXPECT_EQ(*r, value::of_items({value::of_text("k"), value::of_text("l"), value::of_text("v")}));
            ++answers;
        });
    };
    run();
    run();
    ASSERT_TRUE(l.until([&] { return answers == 2; }));
    EXPECT_TRUE(server->ask({"INFO", "commandstats"}).contains("cmdstat_eval:calls=1,"));
    EXPECT_TRUE(server->ask({"INFO", "commandstats"}).contains("cmdstat_evalsha:calls=1,"));
    EXPECT_EQ(ask(command("GET", "k")).value().integer(), 2);
}

TEST_F(RedisClient, RunsAScriptOnceThatTheServerHasForgotten) {
    script const s{"return redis.call('INCR', KEYS[1])"};
    std::vector<std::string> const keys{"k"};
    std::vector<std::int64_t> got;
    auto run = [&] { c().run(s, keys, {}, [&](reply r) { got.push_back(r.value().integer().value_or(-1)); }); };
    run();
    ASSERT_TRUE(l.until([&] { return got.size() == 1; }));
    server->ask({"SCRIPT", "FLUSH"});
    run();
    run();
    ASSERT_TRUE(l.until([&] { return got.size() == 3; }));
    EXPECT_EQ(got, (std::vector<std::int64_t>{1, 2, 3}));
}

TEST_F(RedisClient, HandsOverWhatAScriptFailsWith) {
    script const s{"return redis.error_reply('NOTNOW come later')"};
    std::optional<reply> got;
    c().run(s, {}, {}, [&](reply r) { got = std::move(r); });
    ASSERT_TRUE(l.until([&] { return got.has_value(); }));
    EXPECT_TRUE(got->value().is_error("NOTNOW"));
}

TEST_F(RedisClient, RefusesWhatIsMoreThanItMayHaveWaiting) {
    auto settings = server->settings();
    settings.max_waiting = 3;
    start(settings);
    std::vector<bool> sent;
    for (int i = 0; i < 5; ++i)
        c().send(command("PING"), [&](reply r) {
            sent.push_back(r.has_value());
            EXPECT_TRUE(r || r.error() == errc::away);
        });
    EXPECT_TRUE(sent.empty()) << "never inside the call";
    ASSERT_TRUE(l.until([&] { return sent.size() == 5; }));
    EXPECT_EQ(std::ranges::count(sent, true), 3);
    EXPECT_TRUE(ask(command("PING")));
}

TEST_F(RedisClient, WorksOnTheDatabaseThatItWasGiven) {
    auto settings = server->settings();
    settings.database = 3;
    start(settings);
    EXPECT_TRUE(ask(command("SET", "here", "1")));
    EXPECT_EQ(server->ask({"GET", "here"}), "");
    EXPECT_TRUE(server->ask({"INFO", "keyspace"}).contains("db3:keys=1"));
}

TEST_F(RedisClient, MayEndInItsOwnHandler) {
    bool ended = false;
    int later = 0;
    for (int i = 0; i < 3; ++i)
        c().send(command("PING"), [&, i](reply) {
            if (i == 0) {
                made.reset();
                ended = true;
            } else {
                ++later;
            }
        });
    ASSERT_TRUE(l.until([&] { return ended; }));
    l.context.run(); // what is left ends by itself
    EXPECT_EQ(later, 0);
}

TEST_F(RedisClient, MayEndWhileItWaitsOrConnects) {
    c().send(command("PING"), [](reply) { FAIL(); });
    made.reset();
    l.context.restart();
    l.context.run();
    made.emplace(l.context.get_executor(), server->settings());
    made.reset();
    l.context.restart();
    l.context.run();
}

} // namespace
