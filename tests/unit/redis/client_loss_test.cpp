#include "redis/client.hpp"
#include "redis/command.hpp"
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

/// A server, and a client that is up.
struct RedisLoss : testing::Test {
    void SetUp() override {
        REQUIRE_REDIS();
        server.emplace();
    }
    void start(config settings) {
        made.emplace(l.context.get_executor(), std::move(settings));
        made->on_state([this](bool up) { states.push_back(up); });
    }
    [[nodiscard]] bool comes_up() {
        return l.until([&] { return made->is_up(); });
    }
    [[nodiscard]] bool goes_down() {
        return l.until([&] { return !made->is_up(); });
    }
    /// What became of a command, in `became`.
    void send() {
        made->send(command("INCR", "n"), [this](reply r) { became.push_back(r ? "done" : name_of(r.error())); });
    }
    static std::string name_of(errc e) { return e == errc::away ? "away" : e == errc::lost ? "lost" : "timed out"; }

    ringback::test::log_lines log;
    loop l;
    std::optional<redis_server> server;
    std::optional<client> made;
    std::vector<bool> states;
    std::vector<std::string> became;
};

using words = std::vector<std::string>;

TEST_F(RedisLoss, OfTheServerFailsWhatWasSentAndRefusesWhatComesLater) {
    start(server->settings());
    ASSERT_TRUE(comes_up());
    server->signal(SIGSTOP);
    send();
    send();
    l.context.restart();
    l.context.run_for(20ms); // the commands leave
    EXPECT_TRUE(became.empty());
    server->stop(SIGKILL);
    ASSERT_TRUE(l.until([&] { return became.size() == 2; }));
    EXPECT_EQ(became, (words{"lost", "lost"}));
    ASSERT_TRUE(goes_down());
    send();
    EXPECT_EQ(became.size(), 2U) << "never inside the call";
    ASSERT_TRUE(l.until([&] { return became.size() == 3; }));
    EXPECT_EQ(became.back(), "away");

    server->start();
    ASSERT_TRUE(comes_up());
    send();
    ASSERT_TRUE(l.until([&] { return became.size() == 4; }));
    EXPECT_EQ(became.back(), "done");
    EXPECT_EQ(server->ask({"GET", "n"}), "1") << "none was sent again";
    EXPECT_EQ(states, (std::vector<bool>{true, false, true}));
    EXPECT_TRUE(log.has("redis: available again"));
}

TEST_F(RedisLoss, OfAServerThatStandsStillIsNoticedByACommand) {
    auto settings = server->settings();
    settings.command_timeout = 200ms;
    start(settings);
    ASSERT_TRUE(comes_up());
    server->signal(SIGSTOP);
    send();
    ASSERT_TRUE(l.until([&] { return became.size() == 1; }));
    EXPECT_EQ(became, words{"timed out"});
    ASSERT_TRUE(goes_down());
    EXPECT_TRUE(log.has("redis: not available: 127.0.0.1:" + std::to_string(server->port()) + ": no answer in time"));
    server->signal(SIGCONT);
    ASSERT_TRUE(comes_up());
    send();
    ASSERT_TRUE(l.until([&] { return became.size() == 2; }));
    EXPECT_EQ(became.back(), "done");
}

TEST_F(RedisLoss, OfAServerThatStandsStillIsNoticedWithoutACommand) {
    auto settings = server->settings();
    settings.command_timeout = 200ms;
    start(settings);
    ASSERT_TRUE(comes_up());
    server->signal(SIGSTOP);
    ASSERT_TRUE(goes_down());
    server->signal(SIGCONT);
    ASSERT_TRUE(comes_up());
}

TEST_F(RedisLoss, NeverHappensToASilentConnectionThatIsAlive) {
    auto settings = server->settings();
    settings.command_timeout = 100ms;
    start(settings);
    ASSERT_TRUE(comes_up());
    l.context.restart();
    l.context.run_for(700ms);
    EXPECT_EQ(states, std::vector<bool>{true});
}

TEST_F(RedisLoss, IsNotWhatALoopThatStoodStillTakesUnreadAnswersFor) {
    auto settings = server->settings();
    settings.command_timeout = 300ms;
    start(settings);
    ASSERT_TRUE(comes_up());
    server->ask({"SET", "long", std::string(1'000'000, 'x')});
    int answers = 0;
    for (int i = 0; i < 20; ++i)
        made->send(command("GET", "long"), [&](reply r) { answers += r.has_value() ? 1 : -1000; });
    l.context.restart();
    l.context.run_for(1ms);
    std::this_thread::sleep_for(500ms); // what is tested: nobody reads
    ASSERT_TRUE(l.until([&] { return answers == 20 || answers < 0; }));
    EXPECT_EQ(answers, 20);
}

TEST_F(RedisLoss, EndsWhenALateServerAppears) {
    server->stop(SIGTERM);
    start(server->settings());
    l.context.run_for(100ms);
    EXPECT_TRUE(states.empty());
    send();
    ASSERT_TRUE(l.until([&] { return became.size() == 1; }));
    EXPECT_EQ(became, words{"away"});
    server->start_slowly();
    ASSERT_TRUE(comes_up());
    EXPECT_EQ(log.count("Connection refused"), 1) << "however often it was tried";
    EXPECT_EQ(log.count("redis: available again"), 1);
}

TEST_F(RedisLoss, IsToldOnceByAllConnectionsOfOneConfiguration) {
    auto const settings = server->settings();
    start(settings);
    client second{l.context.get_executor(), settings}, third{l.context.get_executor(), settings};
    auto all = [&](bool up) {
        return l.until([&] { return made->is_up() == up && second.is_up() == up && third.is_up() == up; });
    };
    ASSERT_TRUE(all(true));
    server->stop(SIGKILL);
    ASSERT_TRUE(all(false));
    server->start();
    ASSERT_TRUE(all(true));
    EXPECT_EQ(log.count("redis: available again"), 1);
    EXPECT_EQ(log.count("the server closed the connection"), 1);
}

TEST_F(RedisLoss, LetsAHandlerSendAtOnceWithoutHarm) {
    start(server->settings());
    ASSERT_TRUE(comes_up());
    server->signal(SIGSTOP);
    made->send(command("INCR", "n"), [this](reply) {
        send();
        send();
    });
    l.context.restart();
    l.context.run_for(20ms);
    server->stop(SIGKILL);
    ASSERT_TRUE(l.until([&] { return became.size() == 2; }));
    EXPECT_EQ(became, (words{"away", "away"}));
}

TEST_F(RedisLoss, LetsAHandlerEndTheClient) {
    start(server->settings());
    ASSERT_TRUE(comes_up());
    server->signal(SIGSTOP);
    bool ended = false;
    made->send(command("INCR", "n"), [&](reply) {
        made.reset();
        ended = true;
    });
    made->send(command("INCR", "n"), [](reply) { FAIL(); });
    l.context.restart();
    l.context.run_for(20ms);
    server->stop(SIGKILL);
    ASSERT_TRUE(l.until([&] { return ended; }));
    l.context.run();
    EXPECT_EQ(states, std::vector<bool>{true}) << "nobody is told any more";
}

} // namespace
