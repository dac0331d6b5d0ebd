#pragma once

#include "contract/store_story.hpp"

namespace ringback::contract {

/// Calls that a server left active when it was lost. ann, amy are users; tom, tim telecallers.
template <typename Harness>
class StoreRecovery : public store_story<Harness> {
protected:
    void SetUp() override {
        this->harness_.recover(this->now());
        this->users({"ann", "amy"});
        this->telecallers_are({"tom", "tim"});
    }
    wall_time now() { return this->harness_.clock.now().wall; }

    /// Time passes, and the store has a reason to look at the clock.
    void pass(std::chrono::milliseconds time) {
        this->harness_.clock.advance(time);
        ASSERT_EQ(this->write(say::token("witness", {}, ++witnessed_)), ok);
    }
    void lose_the_server() {
        this->harness_.close();
        this->harness_.open();
    }

private:
    std::int64_t witnessed_ = 0;
};
TYPED_TEST_SUITE_P(StoreRecovery);

TYPED_TEST_P(StoreRecovery, AnAcceptedCallIsCompletedAndBilledUpToTheLastSignOfLife) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::answered(1, at(5s))), ok);
    this->pass(65s);
    auto const last_sign = this->now();
    this->pass(1s); // too soon for the next one
    this->lose_the_server();
    this->harness_.clock.advance(1h);

    auto ended = this->harness_.recover(this->now());
    ASSERT_EQ(ended.size(), 1u);
    EXPECT_EQ(ended[0], this->call(1));
    EXPECT_EQ(ended[0].status, call::call_status::completed);
    EXPECT_EQ(ended[0].reason, call::end_reason::server_lost);
    EXPECT_EQ(ended[0].ended_at, last_sign);
    EXPECT_EQ(ended[0].figures, (call::figures{60, 120, 60}));
    EXPECT_EQ(ended[0].coins_unpaid, 120);
    EXPECT_EQ(this->coins("tom"), 60);
    EXPECT_EQ(this->harness_.ledger().size(), 2u);
}

TYPED_TEST_P(StoreRecovery, ARingingCallIsMissed) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    this->pass(10s);
    this->lose_the_server();
    this->harness_.clock.advance(1h);
    auto ended = this->harness_.recover(this->now());
    ASSERT_EQ(ended.size(), 1u);
    EXPECT_EQ(ended[0].status, call::call_status::missed);
    EXPECT_EQ(ended[0].reason, call::end_reason::server_lost);
    EXPECT_EQ(ended[0].ended_at, at(10s));
    EXPECT_EQ(ended[0].accepted_at, std::nullopt);
    EXPECT_TRUE(this->harness_.ledger().empty());
    auto const story = this->timeline(1);
    ASSERT_EQ(story.size(), 2u);
    EXPECT_EQ(story[1].type, "MISSED");
    EXPECT_EQ(story[1].by, "");
    EXPECT_EQ(story[1].at, at(10s));
    EXPECT_EQ(story[1].details, R"({"reason":"server_lost"})");
}

TYPED_TEST_P(StoreRecovery, EveryActiveCallIsEndedOnceAndItsPartiesAreFree) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(this->write(say::opened(2, "amy", "tim")), ok);
    ASSERT_EQ(this->write(say::answered(2)), ok);
    this->lose_the_server();
    EXPECT_EQ(this->harness_.recover(this->now()).size(), 2u);
    EXPECT_EQ(this->harness_.recover(this->now()).size(), 0u);
    EXPECT_EQ(this->write(say::completed(2, 600)), conflict) << "a late closing bills nothing";
    EXPECT_EQ(this->write(say::opened(3, "ann", "tim")), ok);
    EXPECT_EQ(this->write(say::opened(4, "amy", "tom")), ok);
}

TYPED_TEST_P(StoreRecovery, ACallThatWasAcceptedAfterTheLastSignOfLifeCostsNothing) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::answered(1, at(2s))), ok);
    this->lose_the_server();
    this->harness_.clock.advance(1h);
    auto ended = this->harness_.recover(this->now());
    ASSERT_EQ(ended.size(), 1u);
    EXPECT_EQ(ended[0].ended_at, at(2s));
    EXPECT_EQ(ended[0].figures, call::figures{});
}

TYPED_TEST_P(StoreRecovery, NobodyPaysForTimeThatHasNotPassedByTheClockOfToday) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::answered(1, at(5s))), ok);
    this->pass(1h);
    this->lose_the_server();
    auto ended = this->harness_.recover(at(15s)); // the clock was an hour fast and was set right
    ASSERT_EQ(ended.size(), 1u);
    EXPECT_EQ(ended[0].figures.duration_s, 10);
}

TYPED_TEST_P(StoreRecovery, AStoreThatDoesNotRecoverIsNoSignOfLife) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::answered(1, at(0s))), ok);
    this->pass(10s);
    this->lose_the_server(); // what opens it next is a tool
    this->pass(100s);
    this->lose_the_server();
    auto ended = this->harness_.recover(this->now());
    ASSERT_EQ(ended.size(), 1u);
    EXPECT_EQ(ended[0].figures.duration_s, 10);
}

REGISTER_TYPED_TEST_SUITE_P(StoreRecovery, AnAcceptedCallIsCompletedAndBilledUpToTheLastSignOfLife,
                            ARingingCallIsMissed, EveryActiveCallIsEndedOnceAndItsPartiesAreFree,
                            ACallThatWasAcceptedAfterTheLastSignOfLifeCostsNothing,
                            NobodyPaysForTimeThatHasNotPassedByTheClockOfToday, AStoreThatDoesNotRecoverIsNoSignOfLife);

} // namespace ringback::contract
