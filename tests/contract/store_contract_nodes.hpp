#pragma once

#include "contract/store_story.hpp"
#include "ports/cluster_store.hpp"
#include "ports/duty_roster.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace ringback::contract {

/// Servers that work with one store, one after the other. ann, amy are users; tom, tim telecallers.
template <typename Harness>
class StoreNodes : public store_story<Harness> {
protected:
    void SetUp() override {
        this->users({"ann", "amy"});
        this->telecallers_are({"tom", "tim"});
    }
    wall_time now() { return this->harness_.clock.now().wall; }
    auto join() { return this->harness_.opened->join("a node", now()); }
    std::vector<std::uint32_t> abandoned() {
        return start<ports::read_result<std::vector<std::uint32_t>>>(
                   [&](auto done) { this->harness_.opened->find_abandoned(now(), 10s, std::move(done)); })
            .get()
            .value();
    }
    ports::taken_node take_over(std::uint32_t number) {
        return start<ports::read_result<ports::taken_node>>([&](auto done) {
                   this->harness_.opened->take_over(number, now(), {now() + 60s, now() + 60s}, std::move(done));
               })
            .get()
            .value();
    }
    ports::session_answer take_session(std::string hash, std::string_view who) {
        return start<ports::read_result<ports::session_answer>>([&](auto done) {
                   this->harness_.opened->take_session(std::move(hash), id(who), now(), std::move(done));
               })
            .get()
            .value();
    }
    void start_again_after(std::chrono::milliseconds time) {
        this->harness_.close();
        this->harness_.clock.advance(time);
        this->harness_.open();
    }
};
TYPED_TEST_SUITE_P(StoreNodes);

TYPED_TEST_P(StoreNodes, EachNodeThatJoinsHasAGreaterNumberAndTheSameDatabase) {
    auto const first = this->join();
    EXPECT_GT(first.node, 0u);
    EXPECT_EQ(first.database.size(), 32u);
    this->start_again_after(1s);
    auto const second = this->join();
    EXPECT_GT(second.node, first.node);
    EXPECT_EQ(second.database, first.database);
    TypeParam other;
    EXPECT_NE(other.opened->join("elsewhere", this->now()).database, first.database);
}

TYPED_TEST_P(StoreNodes, ANodeThatStartsIsGivenTheCallsOfThoseThatAreNotAliveAnyMore) {
    auto const dead = this->join().node;
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::opened(2, "amy", "tim", at(0s))), ok);
    ASSERT_EQ(this->write(say::answered(2, at(0s))), ok);
    this->harness_.clock.advance(3s);
    auto const last_sign = this->now(); // it stops then
    this->start_again_after(9s);
    auto const node = this->join().node;
    EXPECT_THAT(this->abandoned(), testing::Not(testing::Contains(dead))) << "it may be alive";
    this->harness_.clock.advance(1s);
    EXPECT_THAT(this->abandoned(), testing::Contains(dead));

    auto const taken = this->take_over(dead);
    EXPECT_EQ(taken.by, node);
    ASSERT_EQ(taken.left.missed.size(), 1u);
    EXPECT_EQ(taken.left.missed[0], this->call(1));
    EXPECT_EQ(taken.left.missed[0].reason, call::end_reason::server_lost);
    EXPECT_EQ(taken.left.missed[0].ended_at, last_sign);
    ASSERT_EQ(taken.left.survivors.size(), 1u);
    EXPECT_EQ(taken.left.survivors[0].call, this->call(2));
    EXPECT_EQ(taken.left.survivors[0].lost_at, last_sign);
    EXPECT_EQ(taken.left.untolds.size(), 2u);
    EXPECT_THAT(this->abandoned(), testing::Not(testing::Contains(dead)));

    auto const again = this->take_over(dead);
    EXPECT_EQ(again.by, node);
    EXPECT_TRUE(again.left.missed.empty() && again.left.survivors.empty() && again.left.untolds.empty());
    EXPECT_EQ(this->write(say::completed(2, 60)), ok) << "the call is this node's now";
    EXPECT_EQ(this->take_over(dead + 1000).by, 0u);
    EXPECT_EQ(this->take_over(node).by, 0u) << "nobody takes itself over";
}

TYPED_TEST_P(StoreNodes, ANodeTakesOverWhatAServerWithoutAClusterLeft) {
    (void)this->harness_.recover(this->now());
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::opened(2, "amy", "tim", at(0s))), ok);
    ASSERT_EQ(this->write(say::answered(2, at(0s))), ok);
    ASSERT_EQ(this->write(ports::change_sessions{{}, "connected", id("ann")}), ok);
    this->start_again_after(10s);
    (void)this->join();
    EXPECT_THAT(this->abandoned(), testing::ElementsAre(0u));
    auto const taken = this->take_over(0);
    EXPECT_EQ(taken.left.missed.size(), 1u);
    EXPECT_EQ(taken.left.survivors.size(), 1u);
    EXPECT_EQ(taken.left.untolds.size(), 2u);
    EXPECT_THAT(this->abandoned(), testing::IsEmpty());
    this->harness_.clock.advance(61s);
    EXPECT_EQ(this->take_session("connected", "ann").state, ports::session_state::expired);
}

TYPED_TEST_P(StoreNodes, AServerWithoutAClusterTakesOverWhatNodesLeft) {
    (void)this->join();
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::opened(2, "amy", "tim", at(0s))), ok);
    ASSERT_EQ(this->write(say::answered(2, at(0s))), ok);
    this->harness_.clock.advance(3s);
    auto const last_sign = this->now();
    this->start_again_after(1s);
    for (bool is_first : {true, false}) {
        auto const left = this->harness_.recover(this->now());
        EXPECT_EQ(left.missed.size(), is_first ? 1u : 0u);
        ASSERT_EQ(left.survivors.size(), 1u);
        EXPECT_EQ(left.survivors[0].lost_at, last_sign);
        this->start_again_after(1h);
    }
    (void)this->join();
    EXPECT_EQ(this->take_over(0).left.survivors.at(0).lost_at, last_sign) << "nobody came back";
}

TYPED_TEST_P(StoreNodes, ASessionTokenIsTakenOnceByItsAccountAsLongAsItIsGood) {
    using enum ports::session_state;
    auto const issuer = this->join().node;
    for (auto hash : {"one", "away"})
        ASSERT_EQ(this->write(ports::change_sessions{{}, hash, id("ann")}), ok);
    ASSERT_EQ(this->write(ports::let_session_expire{"away", this->now() + 30s, this->now()}), ok);
    EXPECT_EQ(this->take_session("one", "amy").state, unknown);
    EXPECT_EQ(this->take_session("two", "ann").state, unknown);
    auto const answer = this->take_session("one", "ann");
    EXPECT_EQ(answer.state, taken);
    EXPECT_EQ(answer.node, issuer);
    EXPECT_EQ(this->take_session("one", "ann").state, unknown) << "it is used up";

    this->harness_.clock.advance(30s);
    EXPECT_EQ(this->take_session("away", "ann").state, expired);
    ASSERT_EQ(this->write(ports::let_session_expire{"other", this->now() + 29s, this->now()}), ok);
    EXPECT_EQ(this->take_session("away", "ann").state, expired) << "known for as long again";
    this->harness_.clock.advance(30s);
    ASSERT_EQ(this->write(ports::let_session_expire{"other", this->now() + 30s, this->now()}), ok);
    EXPECT_EQ(this->take_session("away", "ann").state, unknown);
}

TYPED_TEST_P(StoreNodes, TheTokensOfALostNodesDevicesAreGoodForAWhile) {
    using enum ports::session_state;
    auto const dead = this->join().node;
    ASSERT_EQ(this->write(ports::change_sessions{{}, "one", id("ann")}), ok);
    ASSERT_EQ(this->write(ports::change_sessions{{}, "two", id("amy")}), ok);
    this->start_again_after(10s);
    (void)this->join();
    ASSERT_EQ(this->write(ports::change_sessions{{}, "ours", id("ann")}), ok);
    (void)this->take_over(dead);
    EXPECT_EQ(this->take_session("one", "ann").state, taken);
    this->harness_.clock.advance(60s);
    EXPECT_EQ(this->take_session("two", "amy").state, expired);
    EXPECT_EQ(this->take_session("ours", "ann").state, taken);
}

TYPED_TEST_P(StoreNodes, AServerWithoutAClusterHasEveryDuty) {
    for (int round = 0; round < 2; ++round) {
        auto is_ours = start<ports::read_result<bool>>(
            [&](auto done) { this->harness_.opened->claim_duty(ports::duty::webhooks, {}, 6s, std::move(done)); });
        EXPECT_EQ(is_ours.get(), true);
        this->start_again_after(0s);
    }
}

REGISTER_TYPED_TEST_SUITE_P(StoreNodes, EachNodeThatJoinsHasAGreaterNumberAndTheSameDatabase,
                            ANodeThatStartsIsGivenTheCallsOfThoseThatAreNotAliveAnyMore,
                            ANodeTakesOverWhatAServerWithoutAClusterLeft, AServerWithoutAClusterTakesOverWhatNodesLeft,
                            ASessionTokenIsTakenOnceByItsAccountAsLongAsItIsGood,
                            TheTokensOfALostNodesDevicesAreGoodForAWhile, AServerWithoutAClusterHasEveryDuty);

} // namespace ringback::contract
