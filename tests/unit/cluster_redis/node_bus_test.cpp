// Two nodes in one process that talk over a real Redis.
#include "cluster/redis/node_bus.hpp"
#include "redis/command.hpp"
#include "unit/redis/loop.hpp"
#include "unit/redis_server/redis_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ringback::cluster {
namespace {

using namespace std::chrono_literals;
using redis::test::loop;
using redis::test::redis_server;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

struct NodeBus : testing::Test {
    struct node {
        node(NodeBus& of, std::uint32_t n)
            : number{n},
              client{of.events.context.get_executor(), of.server->settings()} {
            bus = std::make_unique<node_bus>(
                number, 1, of.server->settings(),
                std::vector<node_bus::shard>{{of.events.context.get_executor(), &client}}, of.clock,
                node_bus::listener{[this](auto, std::string_view m) { heard.emplace_back(m); },
                                   [this](auto, std::string_view m) { given_back.emplace_back(m); }, [] {},
                                   [this](mono_time) { return is_in_doubt; }});
            bus->when_listening([this] { is_listening = true; });
        }
        std::uint32_t const number;
        bool is_listening = false, is_in_doubt = false;
        std::vector<std::string> heard, given_back;
        redis::client client;
        std::unique_ptr<node_bus> bus;
    };

    void SetUp() override {
        REQUIRE_REDIS();
        server.emplace();
        ann.emplace(*this, 1);
        bob.emplace(*this, 2);
        ASSERT_TRUE(events.until([&] { return ann->is_listening && bob->is_listening; }));
    }
    void turn_for(std::chrono::milliseconds time) {
        events.context.restart();
        events.context.run_for(time);
    }

    loop events;
    system_clock_source clock;
    std::optional<redis_server> server;
    std::optional<node> ann, bob;
};

TEST_F(NodeBus, WhatIsHeardIsNotGivenBackWhenItsReceiverIsGone) {
    ann->bus->send(0, {2, 0}, "ring");
    ASSERT_TRUE(events.until([&] { return !bob->heard.empty(); }));
    turn_for(100ms); // the acknowledgement
    ann->bus->forget_node(2);
    turn_for(10ms);
    EXPECT_THAT(bob->heard, ElementsAre("ring"));
    EXPECT_THAT(ann->given_back, IsEmpty());
}

TEST_F(NodeBus, WhoMayHaveBeenGivenUpHearsNothingSoThatItIsGivenBack) {
    bob->is_in_doubt = true;
    ann->bus->send(0, {2, 0}, "the end");
    turn_for(300ms);
    EXPECT_THAT(bob->heard, IsEmpty());
    ann->bus->forget_node(2);
    ASSERT_TRUE(events.until([&] { return !ann->given_back.empty(); }));
    EXPECT_THAT(ann->given_back, ElementsAre("the end"));
}

TEST_F(NodeBus, WhatIsForAllIsSaidWhenRedisIsThereAgain) {
    auto const kill = redis::command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no");
    ann->client.send(kill, [](redis::reply const&) {});
    ann->bus->send_to_all(0, "behind the end of the connection");
    ASSERT_TRUE(events.until([&] { return !ann->client.is_up(); }));
    ann->bus->send_to_all(0, "without one");
    ASSERT_TRUE(events.until([&] { return bob->heard.size() == 2; }));
    EXPECT_THAT(bob->heard, UnorderedElementsAre("behind the end of the connection", "without one"));
}

TEST_F(NodeBus, WhatWasNotHeardInDoubtIsRepeatedWhenItIsOver) {
    bob->is_in_doubt = true;
    ann->bus->send(0, {2, 0}, "ring");
    turn_for(50ms);
    ann->bus->send(0, {2, 0}, "the end");
    turn_for(50ms);
    EXPECT_THAT(bob->heard, IsEmpty());
    bob->is_in_doubt = false;
    bob->bus->hear_again();
    auto const since = std::chrono::steady_clock::now();
    ASSERT_TRUE(events.until([&] { return bob->heard.size() == 2; }));
    EXPECT_LT(std::chrono::steady_clock::now() - since, link_state::terms{}.repeat_after / 2) << "it is asked for";
    EXPECT_THAT(bob->heard, ElementsAre("ring", "the end"));
}

} // namespace
} // namespace ringback::cluster
