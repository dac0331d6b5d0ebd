#pragma once

#include "contract/store_story.hpp"

#include <set>
#include <string>

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
    /// It stops, which stamps a last time.
    void lose_the_server_for(std::chrono::milliseconds time) {
        this->harness_.close();
        this->harness_.open();
        this->harness_.clock.advance(time);
    }

private:
    std::int64_t witnessed_ = 0;
};
TYPED_TEST_SUITE_P(StoreRecovery);

TYPED_TEST_P(StoreRecovery, AnAcceptedCallSurvivesAndIsLostSinceTheLastSignOfLife) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::answered(1, at(5s))), ok);
    this->pass(65s);
    auto const last_sign = this->now();
    this->lose_the_server_for(1h);

    auto left = this->harness_.recover(this->now());
    EXPECT_TRUE(left.missed.empty());
    ASSERT_EQ(left.survivors.size(), 1u);
    EXPECT_EQ(left.survivors[0].call, this->call(1));
    EXPECT_EQ(left.survivors[0].call.status, call::call_status::accepted);
    EXPECT_EQ(left.survivors[0].lost_at, last_sign);
    EXPECT_EQ(left.survivors[0].caller_coins, 0);
    EXPECT_TRUE(this->harness_.ledger().empty()) << "whether it goes on is not known yet";
    EXPECT_EQ(this->write(say::completed(1, 60)), ok);
}

TYPED_TEST_P(StoreRecovery, AnEndThatWasToldAndNotWrittenIsNobodysNews) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::answered(1, at(5s))), ok);
    ASSERT_EQ(this->write(ports::keep_untold{call_number(1), call::side::caller, this->now() + 1h}), ok);
    this->lose_the_server_for(10s);
    auto left = this->harness_.recover(this->now());
    EXPECT_EQ(left.survivors.size(), 1u);
    EXPECT_TRUE(left.untolds.empty());
}

TYPED_TEST_P(StoreRecovery, ACallThatNobodyCameBackToIsLostSinceTheFirstOfTwoOutages) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::answered(1, at(0s))), ok);
    this->pass(10s);
    this->lose_the_server_for(1h);
    auto const since = this->harness_.recover(this->now()).survivors.at(0).lost_at;
    this->pass(10s);
    this->lose_the_server_for(1h);
    EXPECT_EQ(this->harness_.recover(this->now()).survivors.at(0).lost_at, since);
}

TYPED_TEST_P(StoreRecovery, ACallThatWentOnIsLostSinceTheSecondOfTwoOutages) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::answered(1, at(0s))), ok);
    this->pass(10s);
    this->lose_the_server_for(1h);
    (void)this->harness_.recover(this->now());
    ports::timeline_event event;
    event.at = this->now();
    event.type = "RESUMED";
    ASSERT_EQ(this->write(ports::call_resumed{call_number(1), event}), ok);
    EXPECT_EQ(this->write(ports::call_resumed{call_number(1), {}}), conflict) << "once";
    EXPECT_EQ(this->timeline(1).back().type, "RESUMED");
    this->pass(10s);
    auto const last_sign = this->now();
    this->lose_the_server_for(1h);
    EXPECT_EQ(this->harness_.recover(this->now()).survivors.at(0).lost_at, last_sign);
}

TYPED_TEST_P(StoreRecovery, ARingingCallIsMissedAndItsPartiesAreToBeTold) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    this->pass(10s);
    this->lose_the_server_for(1h);
    auto left = this->harness_.recover(this->now());
    ASSERT_EQ(left.missed.size(), 1u);
    EXPECT_EQ(left.missed[0], this->call(1));
    EXPECT_EQ(left.missed[0].status, call::call_status::missed);
    EXPECT_EQ(left.missed[0].reason, call::end_reason::server_lost);
    EXPECT_EQ(left.missed[0].ended_at, at(10s));
    EXPECT_EQ(left.missed[0].accepted_at, std::nullopt);
    EXPECT_TRUE(left.survivors.empty());
    EXPECT_TRUE(this->harness_.ledger().empty());
    auto const story = this->timeline(1);
    ASSERT_EQ(story.size(), 2u);
    EXPECT_EQ(story[1].type, "MISSED");
    EXPECT_EQ(story[1].by, "");
    EXPECT_EQ(story[1].at, at(10s));
    EXPECT_EQ(story[1].details, R"({"reason":"server_lost"})");

    ASSERT_EQ(left.untolds.size(), 2u);
    for (auto const& untold : left.untolds) {
        EXPECT_EQ(untold.call, left.missed[0]);
        EXPECT_EQ(untold.until, this->now() + 60s);
    }
    EXPECT_NE(left.untolds[0].side, left.untolds[1].side);
}

TYPED_TEST_P(StoreRecovery, WhoIsToBeToldIsRememberedUntilItWasToldOrTheTimeIsOver) {
    for (auto n : {1u, 2u}) {
        ASSERT_EQ(this->write(say::opened(n, n == 1 ? "ann" : "amy", n == 1 ? "tom" : "tim", at(0s))), ok);
        ASSERT_EQ(this->write(say::missed(n)), ok);
    }
    auto const until = this->now() + 60s;
    ASSERT_EQ(this->write(ports::keep_untold{call_number(1), call::side::caller, until}), ok);
    ASSERT_EQ(this->write(ports::keep_untold{call_number(1), call::side::callee, until}), ok);
    ASSERT_EQ(this->write(ports::keep_untold{call_number(2), call::side::callee, until}), ok);
    EXPECT_EQ(this->write(ports::keep_untold{call_number(3), call::side::callee, until}), conflict);
    ASSERT_EQ(this->write(ports::drop_untold{call_number(1), call::side::caller}), ok);
    this->lose_the_server_for(30s);
    auto left = this->harness_.recover(this->now());
    ASSERT_EQ(left.untolds.size(), 2u);
    EXPECT_EQ(left.untolds[0].call, this->call(1));
    EXPECT_EQ(left.untolds[0].side, call::side::callee);
    EXPECT_EQ(left.untolds[0].until, until);
    EXPECT_EQ(left.untolds[1].call, this->call(2));
    this->lose_the_server_for(30s);
    EXPECT_TRUE(this->harness_.recover(this->now()).untolds.empty());
}

TYPED_TEST_P(StoreRecovery, EveryActiveCallIsTakenOverAndMissedOnesFreeTheirParties) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(this->write(say::opened(2, "amy", "tim")), ok);
    ASSERT_EQ(this->write(say::answered(2)), ok);
    this->lose_the_server_for(0s);
    auto first = this->harness_.recover(this->now()), second = this->harness_.recover(this->now());
    EXPECT_EQ(first.missed.size(), 1u);
    EXPECT_EQ(first.survivors.size(), 1u);
    EXPECT_TRUE(second.missed.empty());
    EXPECT_EQ(second.survivors.size(), 1u);
    EXPECT_EQ(this->write(say::missed(1)), conflict) << "a late closing changes nothing";
    EXPECT_EQ(this->write(say::opened(3, "ann", "tim")), conflict) << "he is in a call that may go on";
    EXPECT_EQ(this->write(say::opened(4, "ann", "tom")), ok);
}

TYPED_TEST_P(StoreRecovery, ACallThatWasAcceptedAfterTheLastSignOfLifeWasLostThen) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::answered(1, at(2s))), ok);
    this->lose_the_server_for(1h);
    EXPECT_EQ(this->harness_.recover(this->now()).survivors.at(0).lost_at, at(2s));
}

TYPED_TEST_P(StoreRecovery, NobodyPaysForTimeThatHasNotPassedByTheClockOfToday) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::answered(1, at(5s))), ok);
    this->pass(1h);
    this->lose_the_server_for(0s);
    auto left = this->harness_.recover(at(15s)); // the clock was an hour fast and was set right
    EXPECT_EQ(left.survivors.at(0).lost_at, at(15s));
}

TYPED_TEST_P(StoreRecovery, AStoreThatTakesNothingOverIsNoSignOfLife) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::answered(1, at(0s))), ok);
    this->pass(10s);
    auto const last_sign = this->now();
    this->harness_.close();
    this->harness_.open(); // by a tool
    this->harness_.clock.advance(100s);
    this->harness_.close();
    this->harness_.open();
    EXPECT_EQ(this->harness_.recover(this->now()).survivors.at(0).lost_at, last_sign);
}

TYPED_TEST_P(StoreRecovery, AServerThatStopsSaysSoALastTime) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::answered(1, at(0s))), ok);
    this->harness_.clock.advance(1234ms); // too soon for a stamp
    auto const stopped = this->now();
    this->lose_the_server_for(1h);
    EXPECT_EQ(this->harness_.recover(this->now()).survivors.at(0).lost_at, stopped);
}

TYPED_TEST_P(StoreRecovery, SessionsThatWereGoodAreGoodForAWhile) {
    auto const ann = id("ann");
    ASSERT_EQ(this->write(ports::change_sessions{{}, "used", ann}), ok);
    ASSERT_EQ(this->write(ports::change_sessions{{"used", "unknown"}, "connected", ann}), ok);
    ASSERT_EQ(this->write(ports::change_sessions{{}, "away", id("tom")}), ok);
    ASSERT_EQ(this->write(ports::change_sessions{{}, "over", ann}), ok);
    ASSERT_EQ(this->write(ports::let_session_expire{"over", this->now() + 1s, this->now()}), ok);
    ASSERT_EQ(this->write(ports::let_session_expire{"away", this->now() + 30s, this->now()}), ok);
    this->pass(20s);
    this->lose_the_server_for(1h);
    auto names = [](ports::inheritance const& left) {
        std::set<std::string> all;
        for (auto const& s : left.sessions)
            all.insert(s.hash + " of " + s.account.text());
        return all;
    };
    EXPECT_EQ(names(this->harness_.recover(this->now())), (std::set<std::string>{"away of tom", "connected of ann"}));
    ASSERT_EQ(this->write(ports::change_sessions{{"connected"}, "", {}}), ok);
    this->lose_the_server_for(30s);
    EXPECT_EQ(names(this->harness_.recover(this->now())), (std::set<std::string>{"away of tom"}));
    this->pass(59s);
    this->pass(2s);
    this->lose_the_server_for(1s);
    EXPECT_TRUE(this->harness_.recover(this->now()).sessions.empty());
}

REGISTER_TYPED_TEST_SUITE_P(
    StoreRecovery, AnEndThatWasToldAndNotWrittenIsNobodysNews, AnAcceptedCallSurvivesAndIsLostSinceTheLastSignOfLife,
    ACallThatNobodyCameBackToIsLostSinceTheFirstOfTwoOutages, ACallThatWentOnIsLostSinceTheSecondOfTwoOutages,
    ARingingCallIsMissedAndItsPartiesAreToBeTold, WhoIsToBeToldIsRememberedUntilItWasToldOrTheTimeIsOver,
    EveryActiveCallIsTakenOverAndMissedOnesFreeTheirParties, ACallThatWasAcceptedAfterTheLastSignOfLifeWasLostThen,
    NobodyPaysForTimeThatHasNotPassedByTheClockOfToday, AStoreThatTakesNothingOverIsNoSignOfLife,
    AServerThatStopsSaysSoALastTime, SessionsThatWereGoodAreGoodForAWhile);

} // namespace ringback::contract
