#pragma once

#include "contract/store_story.hpp"

#include <map>
#include <string>
#include <utility>

namespace ringback::contract {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// ann, amy are users; tom, tim telecallers.
template <typename Harness>
class StoreCalls : public store_story<Harness> {
protected:
    void SetUp() override {
        this->users({"ann", "amy"});
        this->telecallers_are({"tom", "tim"});
    }
    void a_call(std::uint32_t n, std::string_view caller, std::string_view callee, std::int64_t seconds) {
        ASSERT_EQ(this->write(say::opened(n, caller, callee)), ok);
        ASSERT_EQ(this->write(say::answered(n)), ok);
        ASSERT_EQ(this->write(say::completed(n, seconds)), ok);
    }
};
TYPED_TEST_SUITE_P(StoreCalls);

// Opening ------------------------------------------------------------------------------------------------------------

TYPED_TEST_P(StoreCalls, AnOpenedCallRings) {
    auto o = say::opened(1, "ann", "tom", at(7ms));
    o.what.facts.type = call::call_type::video;
    ASSERT_EQ(this->write(o), ok);
    auto c = this->call(1).value();
    EXPECT_EQ(c.status, call::call_status::ringing);
    EXPECT_EQ(c.reason, std::nullopt);
    EXPECT_EQ(c.accepted_at, std::nullopt);
    EXPECT_EQ(c.ended_at, std::nullopt);
    EXPECT_EQ(c.rates, call::rates{});
    EXPECT_EQ(c.facts.type, call::call_type::video);
    EXPECT_EQ(c.facts.created_at, at(7ms));
    EXPECT_EQ(c.facts.expires_at, at(7ms) + 30s);
    EXPECT_EQ(c.facts.caller.realm, call::realm::user);
    EXPECT_EQ(c.facts.callee.realm, call::realm::telecaller);
}

TYPED_TEST_P(StoreCalls, ACallShowsTheNamesOfToday) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    call::account_patch p;
    p.name = "Tommy";
    p.profile = "avatar-3";
    ASSERT_EQ(this->write(say::admin("tom", p)), ok);
    auto c = this->call(1).value();
    EXPECT_EQ(c.facts.caller.who, (call::display{id("ann"), "ann", std::nullopt}));
    EXPECT_EQ(c.facts.callee.who, (call::display{id("tom"), "Tommy", "avatar-3"}));
}

TYPED_TEST_P(StoreCalls, AnUnknownCallIsNotFound) { EXPECT_EQ(this->call(1), std::nullopt); }

TYPED_TEST_P(StoreCalls, AKnownIdIsAConflictEvenAfterTheCall) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    EXPECT_EQ(this->write(say::opened(1, "ann", "tom")), conflict);
    EXPECT_EQ(this->write(say::opened(1, "amy", "tim")), conflict);
    ASSERT_EQ(this->write(say::missed(1)), ok);
    EXPECT_EQ(this->write(say::opened(1, "ann", "tom")), conflict);
    EXPECT_EQ(this->status(1), call::call_status::missed);
    EXPECT_EQ(this->write(say::opened(2, "ann", "tom")), ok) << "the refused ones hold nobody";
    EXPECT_EQ(this->write(say::opened(3, "amy", "tim")), ok);
}

TYPED_TEST_P(StoreCalls, APartyHasOneActiveCallOnWhicheverSide) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    EXPECT_EQ(this->write(say::opened(2, "ann", "tim")), conflict);
    EXPECT_EQ(this->write(say::opened(3, "amy", "tom")), conflict);
    EXPECT_EQ(this->write(say::opened_by_peer(4, "tom", "tim")), conflict) << "the callee as caller";
    EXPECT_EQ(this->write(say::opened_by_peer(5, "tim", "ann")), conflict) << "the caller as callee";
    ASSERT_EQ(this->write(say::answered(1)), ok);
    EXPECT_EQ(this->write(say::opened(6, "amy", "tom")), conflict);
    EXPECT_EQ(this->write(say::opened_by_peer(7, "amy", "ann")), conflict);
}

TYPED_TEST_P(StoreCalls, ACallThatWasRefusedLeavesItsPartiesFree) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(this->write(say::opened(2, "amy", "tom")), conflict);
    EXPECT_EQ(this->call(2), std::nullopt);
    EXPECT_EQ(this->write(say::opened(3, "amy", "tim")), ok);
}

TYPED_TEST_P(StoreCalls, EveryEndFreesBothParties) {
    using enum call::call_status;
    std::uint32_t n = 0;
    for (auto [status, reason] : {std::pair{rejected, call::end_reason::rejected},
                                  {missed, call::end_reason::timeout},
                                  {cancelled, call::end_reason::cancelled},
                                  {completed, call::end_reason::hangup}}) {
        ASSERT_EQ(this->write(say::opened(++n, "ann", "tom")), ok);
        ASSERT_EQ(this->write(say::ended(n, status, reason)), ok);
        EXPECT_EQ(this->status(n), status);
        EXPECT_EQ(this->call(n).value().reason, reason);
    }
    EXPECT_EQ(this->write(say::opened_by_peer(++n, "tom", "ann")), ok);
}

TYPED_TEST_P(StoreCalls, ACallOfAnAccountThatIsNotKnownIsAConflict) {
    EXPECT_EQ(this->write(say::opened(1, "ann", "ghost")), conflict);
    EXPECT_EQ(this->write(say::opened(2, "ghost", "tom")), conflict);
    EXPECT_EQ(this->call(1), std::nullopt);
    EXPECT_EQ(this->write(say::opened(3, "ann", "tom")), ok);
}

// Answering ----------------------------------------------------------------------------------------------------------

TYPED_TEST_P(StoreCalls, AnAnswerIsWrittenOnceAndOnlyWhileItRings) {
    EXPECT_EQ(this->write(say::answered(1)), conflict) << "not known";
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    EXPECT_EQ(this->write(say::answered(1, at(5s))), ok);
    EXPECT_EQ(this->write(say::answered(1, at(6s))), conflict);
    auto c = this->call(1).value();
    EXPECT_EQ(c.status, call::call_status::accepted);
    EXPECT_EQ(c.accepted_at, at(5s));
    EXPECT_EQ(c.rates, (call::rates{2, 1}));
    ASSERT_EQ(this->write(say::completed(1, 1)), ok);
    EXPECT_EQ(this->write(say::answered(1)), conflict);
}

// Closing ------------------------------------------------------------------------------------------------------------

TYPED_TEST_P(StoreCalls, ACallThatWasNotAnsweredCostsNothing) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(this->write(say::missed(1, at(30s))), ok);
    auto c = this->call(1).value();
    EXPECT_EQ(c.status, call::call_status::missed);
    EXPECT_EQ(c.reason, call::end_reason::timeout);
    EXPECT_EQ(c.ended_at, at(30s));
    EXPECT_EQ(c.figures, call::figures{});
    EXPECT_THAT(this->harness_.ledger(), IsEmpty());
}

TYPED_TEST_P(StoreCalls, ACompletedCallHasItsFiguresAndOneLedgerEntryPerParty) {
    this->a_call(1, "ann", "tom", 60);
    auto c = this->call(1).value();
    EXPECT_EQ(c.status, call::call_status::completed);
    EXPECT_EQ(c.reason, call::end_reason::hangup);
    EXPECT_EQ(c.accepted_at, at(5s));
    EXPECT_EQ(c.ended_at, at(65s));
    EXPECT_EQ(c.rates, (call::rates{2, 1}));
    EXPECT_EQ(c.figures, (call::figures{60, 120, 60}));
    EXPECT_EQ(c.coins_unpaid, 120) << "ann had nothing";
    auto const text = call_number(1).text();
    EXPECT_THAT(this->harness_.ledger(),
                UnorderedElementsAre(ledger_line{"ann", text, 0, 0}, ledger_line{"tom", text, 60, 60}));
    EXPECT_EQ(this->coins("ann"), 0);
    EXPECT_EQ(this->coins("tom"), 60);
}

TYPED_TEST_P(StoreCalls, TheCallerPaysAsMuchAsItHas) {
    this->a_call(1, "ann", "tom", 100); // tom has 100 now, and calls himself
    this->a_call(2, "tom", "tim", 30);
    EXPECT_EQ(this->call(2).value().coins_unpaid, 0);
    EXPECT_EQ(this->coins("tom"), 40);
    this->a_call(3, "tom", "tim", 30);
    EXPECT_EQ(this->call(3).value().coins_unpaid, 20);
    EXPECT_EQ(this->call(3).value().figures.coins_spent, 60);
    EXPECT_EQ(this->coins("tom"), 0);
    EXPECT_EQ(this->coins("tim"), 60) << "who was called gets it all the same";
}

TYPED_TEST_P(StoreCalls, TheLedgerAddsUpToTheBalances) {
    this->a_call(1, "ann", "tom", 100);
    this->a_call(2, "tom", "tim", 7);
    this->a_call(3, "tim", "tom", 5);
    this->a_call(4, "tom", "tim", 1000);
    std::map<std::string, std::int64_t> sum;
    for (auto const& line : this->harness_.ledger()) {
        sum[line.account] += line.amount;
        EXPECT_EQ(line.balance, sum[line.account]) << "each entry says the balance after it";
    }
    for (auto const& [account, total] : sum)
        EXPECT_EQ(this->coins(account), total) << account;
}

TYPED_TEST_P(StoreCalls, AnEndIsWrittenOnceAndBilledOnce) {
    EXPECT_EQ(this->write(say::completed(1, 60)), conflict) << "not known";
    this->a_call(1, "ann", "tom", 60);
    auto const ledger = this->harness_.ledger();
    auto const before = this->call(1);
    EXPECT_EQ(this->write(say::completed(1, 600)), conflict);
    EXPECT_EQ(this->write(say::missed(1)), conflict);
    EXPECT_EQ(this->call(1), before);
    EXPECT_EQ(this->harness_.ledger(), ledger);
    EXPECT_EQ(this->coins("tom"), 60);
}

TYPED_TEST_P(StoreCalls, AClosingIsCompleteWhenTheAnswerWasNeverWritten) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(this->write(say::completed(1, 60)), ok);
    auto c = this->call(1).value();
    EXPECT_EQ(c.accepted_at, at(5s));
    EXPECT_EQ(c.rates, (call::rates{2, 1}));
    EXPECT_EQ(this->coins("tom"), 60);
}

TYPED_TEST_P(StoreCalls, AClosingTakesBackAnAnswerThatCameToNothing) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(this->write(say::answered(1)), ok);
    ASSERT_EQ(this->write(say::ended(1, call::call_status::missed, call::end_reason::setup_failed)), ok);
    auto c = this->call(1).value();
    EXPECT_EQ(c.accepted_at, std::nullopt);
    EXPECT_EQ(c.rates, call::rates{});
    EXPECT_THAT(this->harness_.ledger(), IsEmpty());
}

TYPED_TEST_P(StoreCalls, ACallBetweenPeersIsNotBilled) {
    ASSERT_EQ(this->write(say::opened_by_peer(1, "ann", "tom")), ok);
    auto closed = say::completed(1, 60);
    closed.what.figures = {60, 0, 0};
    ASSERT_EQ(this->write(closed), ok);
    EXPECT_EQ(this->call(1).value().figures.duration_s, 60);
    EXPECT_EQ(this->call(1).value().coins_unpaid, 0);
    EXPECT_THAT(this->harness_.ledger(), IsEmpty());
}

// Timeline -----------------------------------------------------------------------------------------------------------

TYPED_TEST_P(StoreCalls, TheTimelineTellsWhatHappenedInTheOrderInWhichItWasWritten) {
    auto opened = say::opened(1, "ann", "tom", at(9s));
    auto answered = say::answered(1, at(5s)); // the wall clock was set back
    auto closed = say::completed(1, 60);
    closed.event.details = R"({"reason":"hangup"})";
    ASSERT_EQ(this->write(opened), ok);
    ASSERT_EQ(this->write(answered), ok);
    ASSERT_EQ(this->write(closed), ok);
    EXPECT_THAT(this->timeline(1), ElementsAre(opened.event, answered.event, closed.event));
    EXPECT_THAT(this->timeline(2), IsEmpty());
}

TYPED_TEST_P(StoreCalls, AConflictLeavesNoEvent) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), conflict);
    ASSERT_EQ(this->write(say::opened(2, "amy", "tom")), conflict);
    ASSERT_EQ(this->write(say::missed(1)), ok);
    ASSERT_EQ(this->write(say::answered(1)), conflict);
    ASSERT_EQ(this->write(say::completed(1, 5)), conflict);
    EXPECT_THAT(this->story_of(1), ElementsAre("RINGING", "MISSED"));
    EXPECT_THAT(this->story_of(2), IsEmpty());
}

REGISTER_TYPED_TEST_SUITE_P(StoreCalls, AnOpenedCallRings, ACallShowsTheNamesOfToday, AnUnknownCallIsNotFound,
                            AKnownIdIsAConflictEvenAfterTheCall, APartyHasOneActiveCallOnWhicheverSide,
                            ACallThatWasRefusedLeavesItsPartiesFree, EveryEndFreesBothParties,
                            ACallOfAnAccountThatIsNotKnownIsAConflict, AnAnswerIsWrittenOnceAndOnlyWhileItRings,
                            ACallThatWasNotAnsweredCostsNothing, ACompletedCallHasItsFiguresAndOneLedgerEntryPerParty,
                            TheCallerPaysAsMuchAsItHas, TheLedgerAddsUpToTheBalances, AnEndIsWrittenOnceAndBilledOnce,
                            AClosingIsCompleteWhenTheAnswerWasNeverWritten, AClosingTakesBackAnAnswerThatCameToNothing,
                            ACallBetweenPeersIsNotBilled, TheTimelineTellsWhatHappenedInTheOrderInWhichItWasWritten,
                            AConflictLeavesNoEvent);

} // namespace ringback::contract
