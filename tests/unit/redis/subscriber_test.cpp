#include "redis/subscriber.hpp"
#include "unit/redis/loop.hpp"
#include "unit/redis_server/redis_server.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <string>
#include <vector>

using namespace ringback::redis;
using namespace ringback::redis::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;

/// A server, and a subscriber that is up.
struct RedisSubscriber : testing::Test {
    void SetUp() override {
        REQUIRE_REDIS();
        server.emplace();
        start(server->settings());
    }
    void start(config settings) {
        s.emplace(l.context.get_executor(), std::move(settings),
                  [this](std::string_view channel, std::string_view payload) {
                      heard.push_back(std::string{channel}.append(" ").append(payload));
                  });
        s->on_state([this](bool up) { states.push_back(up); });
        ASSERT_TRUE(is(true));
    }
    [[nodiscard]] bool is(bool up) {
        return l.until([&] { return s->is_up() == up; });
    }
    /// Waits for the confirmation.
    void subscribe(std::string const& channel) {
        bool confirmed = false;
        s->subscribe(channel, [&] { confirmed = true; });
        EXPECT_FALSE(confirmed) << "never inside the call";
        ASSERT_TRUE(l.until([&] { return confirmed; }));
    }
    /// How many heard it.
    std::string publish(std::string const& channel, std::string const& payload) {
        return server->ask({"PUBLISH", channel, payload});
    }
    [[nodiscard]] bool hears(std::size_t count) {
        return l.until([&] { return heard.size() >= count; });
    }

    loop l;
    std::optional<redis_server> server;
    words heard;
    std::vector<bool> states;
    std::optional<subscriber> s;
};

TEST_F(RedisSubscriber, HearsWhatIsPublishedOnceItIsConfirmed) {
    subscribe("a");
    subscribe("a");
    EXPECT_EQ(publish("a", "one"), "1");
    EXPECT_EQ(publish("b", "two"), "0");
    EXPECT_EQ(publish("a", std::string("x\0\r\ny", 5)), "1");
    ASSERT_TRUE(hears(2));
    EXPECT_EQ(heard, (words{"a one", "a " + std::string("x\0\r\ny", 5)}));
    EXPECT_EQ(s->messages(), 2U);
}

TEST_F(RedisSubscriber, HearsWhatAPatternMatches) {
    bool confirmed = false;
    s->psubscribe("{ringback}:*", [&] { confirmed = true; });
    ASSERT_TRUE(l.until([&] { return confirmed; }));
    EXPECT_EQ(publish("{ringback}:m:7", "x"), "1");
    ASSERT_TRUE(hears(1));
    EXPECT_EQ(heard, words{"{ringback}:m:7 x"});
    s->punsubscribe("{ringback}:*");
    ASSERT_TRUE(l.until([&] { return server->ask({"PUBSUB", "NUMPAT"}) == "0"; }));
}

TEST_F(RedisSubscriber, HearsNoMoreOfWhatItUnsubscribed) {
    subscribe("a");
    subscribe("b");
    s->unsubscribe("a");
    s->unsubscribe("never");
    subscribe("c");
    EXPECT_EQ(publish("a", "x"), "0");
    EXPECT_EQ(publish("b", "y"), "1");
    ASSERT_TRUE(hears(1));
    EXPECT_EQ(heard, words{"b y"});
}

TEST_F(RedisSubscriber, ConfirmsTheLastOfQuickChanges) {
    int confirmed = 0, outdated = 0;
    s->subscribe("a", [&] { ++outdated; });
    s->unsubscribe("a");
    s->subscribe("a", [&] {
        EXPECT_EQ(server->ask({"PUBSUB", "NUMSUB", "a"}), "a 1");
        ++confirmed;
    });
    ASSERT_TRUE(l.until([&] { return confirmed == 1; }));
    EXPECT_EQ(outdated, 0) << "taken back before it was confirmed";
}

TEST_F(RedisSubscriber, SubscribesAllAgainAfterARestartOfTheServer) {
    for (int i = 0; i < 500; ++i)
        s->subscribe("c" + std::to_string(i));
    subscribe("last");
    s->psubscribe("p*");
    server->stop(SIGKILL);
    ASSERT_TRUE(is(false));
    s->unsubscribe("c0");
    bool confirmed = false;
    s->subscribe("new", [&] { confirmed = true; });
    server->start();
    ASSERT_TRUE(is(true));
    EXPECT_TRUE(confirmed);
    EXPECT_EQ(states, (std::vector<bool>{true, false, true}));
    // Up means up for all of them.
    EXPECT_EQ(publish("c0", "x"), "0");
    for (auto const& channel : {"c1", "c499", "last", "new", "pattern"})
        EXPECT_EQ(publish(channel, "x"), "1") << channel;
    ASSERT_TRUE(hears(5));
    EXPECT_EQ(heard, (words{"c1 x", "c499 x", "last x", "new x", "pattern x"}));
}

TEST_F(RedisSubscriber, NoticesAServerThatStandsStillWhateverItSubscribed) {
    auto settings = server->settings();
    settings.command_timeout = 200ms;
    for (bool has_channel : {false, true}) {
        start(settings);
        if (has_channel) subscribe("a");
        server->signal(SIGSTOP);
        ASSERT_TRUE(is(false));
        server->signal(SIGCONT);
        ASSERT_TRUE(is(true));
    }
}

TEST_F(RedisSubscriber, KeepsASilentConnectionThatIsAlive) {
    auto settings = server->settings();
    settings.command_timeout = 100ms;
    states.clear();
    start(settings);
    subscribe("a");
    l.context.restart();
    l.context.run_for(700ms);
    s->unsubscribe("a");
    l.context.restart();
    l.context.run_for(400ms);
    EXPECT_EQ(states, std::vector<bool>{true});
}

TEST_F(RedisSubscriber, MayEndWhileItHearsOrConfirms) {
    subscriber* other = nullptr;
    auto executor = l.context.get_executor();
    bool ended = false;
    auto end = [&] {
        delete std::exchange(other, nullptr);
        ended = true;
    };
    other = new subscriber{executor, server->settings(), [&](std::string_view, std::string_view) { end(); }};
    other->subscribe("a", [&] { publish("a", "x"); });
    ASSERT_TRUE(l.until([&] { return ended; }));
    ended = false;
    other = new subscriber{executor, server->settings(), {}};
    other->subscribe("a", end);
    ASSERT_TRUE(l.until([&] { return ended; }));
}

} // namespace
