#include "unit/webhooks/outage.hpp"
#include "webhooks/dispatcher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace ringback::webhooks {

using namespace std::chrono_literals;
using test::outage;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

namespace {

attempt_result const timed_out = std::unexpected{"timed out"};
attempt_result const closed_early = std::unexpected{"closed before the answer was complete"};

ports::waiting_webhook event(std::string id, wall_time due = {}) {
    return {.id = std::move(id), .type = {}, .body = "{}", .since = due, .attempts = 0, .due = due};
}
moment at(std::chrono::milliseconds since) { return moment{} + since; }

std::vector<std::string> ids(std::vector<ports::waiting_webhook> const& events) {
    std::vector<std::string> all;
    for (auto const& e : events)
        all.push_back(e.id);
    return all;
}

} // namespace

// One attempt --------------------------------------------------------------------------------------------------------

TEST(Dispatcher, SendsWhatIsDueAndNoMoreThanMayBeInFlight) {
    dispatcher d{{.max_in_flight = 2}, {}, 1};
    auto chosen = d.choose({event("a"), event("b"), event("c")}, at(0s));
    EXPECT_THAT(ids(chosen.send), ElementsAre("a", "b"));
    EXPECT_EQ(d.wanted(at(0s).mono), 0u);
    (void)d.finished("a", 200, at(1s));
    EXPECT_THAT(ids(d.choose({event("a"), event("b"), event("c")}, at(1s)).send), ElementsAre("c"))
        << "a is delivered, but the outbox does not know it yet";
}

TEST(Dispatcher, WaitsForWhatIsDueLater) {
    dispatcher d{{}, {}, 1};
    auto chosen = d.choose({event("a", wall_time{5s})}, at(0s));
    EXPECT_THAT(chosen.send, IsEmpty());
    EXPECT_EQ(chosen.look_again, at(5s).mono);
}

TEST(Dispatcher, AClockThatWasSetBackDelaysNothing) {
    dispatcher d{{}, {}, 1};
    EXPECT_THAT(d.choose({event("a", wall_time{240h})}, at(0s)).send, SizeIs(1));
}

TEST(Dispatcher, Every2xxIsADelivery) {
    for (int status : {200, 201, 202, 204, 299}) {
        dispatcher d{{}, {}, 1};
        (void)d.choose({event("a")}, at(0s));
        EXPECT_TRUE(std::holds_alternative<ports::webhook_delivered>(d.finished("a", status, at(1s)))) << status;
    }
}

TEST(Dispatcher, Gone410IsADeadLetterAtOnce) {
    dispatcher d{{}, {}, 1};
    (void)d.choose({event("a")}, at(0s));
    auto dead = std::get<ports::webhook_given_up>(d.finished("a", 410, at(1s)));
    EXPECT_EQ(dead.reason, "status 410: the receiver does not want it");
    EXPECT_EQ(dead.at, wall_time{1s});
}

TEST(Dispatcher, EverythingElseIsTriedAgain) {
    for (attempt_result const& how : {attempt_result{500}, attempt_result{503}, attempt_result{404},
                                      attempt_result{301}, attempt_result{100}, timed_out, closed_early}) {
        dispatcher d{{}, {}, 1};
        (void)d.choose({event("a")}, at(0s));
        auto later = std::get<ports::webhook_postponed>(d.finished("a", how, at(1s)));
        EXPECT_GE(later.due, wall_time{1500ms});
        EXPECT_LE(later.due, wall_time{2s});
        EXPECT_FALSE(later.reason.empty());
    }
}

TEST(Dispatcher, AReasonIsPlainTextWhateverItWasMadeOf) {
    dispatcher d{{}, {}, 1};
    (void)d.choose({event("a")}, at(0s));
    attempt_result const strange = std::unexpected{std::string{"a\0b\xff\n", 5} + std::string(1000, 'x')};
    auto const reason = std::get<ports::webhook_postponed>(d.finished("a", strange, at(1s))).reason;
    EXPECT_EQ(reason, "a?b??" + std::string(495, 'x'));
}

TEST(Dispatcher, TheBackoffDoublesUpToItsLongestWithJitter) {
    delivery_terms const terms;
    std::set<std::chrono::milliseconds> seen;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        dispatcher d{terms, {}, seed};
        for (std::uint32_t attempts = 0; attempts < 40; ++attempts) {
            auto e = event("a");
            e.attempts = attempts;
            ASSERT_THAT(d.choose({e}, at(0s)).send, SizeIs(1));
            auto later = std::get<ports::webhook_postponed>(d.finished("a", 500, at(0s)));
            d.settled("a");
            auto const whole =
                std::min<std::chrono::milliseconds>(1s * (std::int64_t{1} << std::min(attempts, 20u)), 1h);
            auto const wait = later.due.time_since_epoch();
            EXPECT_GE(wait, whole / 2);
            EXPECT_LE(wait, whole);
            if (attempts == 5) seen.insert(wait);
        }
    }
    EXPECT_GT(seen.size(), 40u) << "events of one outage do not come back together";
}

TEST(Dispatcher, AfterADayTheLastAttemptMakesADeadLetter) {
    dispatcher d{{}, {}, 1};
    auto e = event("a");
    e.attempts = 30;
    (void)d.choose({e}, at(24h - 1s));
    auto last = std::get<ports::webhook_postponed>(d.finished("a", 500, at(24h - 1s)));
    EXPECT_EQ(last.due, wall_time{24h}) << "one more, when the day is over";
    d.settled("a");
    (void)d.choose({e}, at(24h));
    EXPECT_EQ(std::get<ports::webhook_given_up>(d.finished("a", 500, at(24h))).reason, "status 500");
}

TEST(Dispatcher, WhatWaitedWhileTheServerWasStoppedGetsItsDayToo) {
    dispatcher d{{}, wall_time{48h}, 1};
    (void)d.choose({event("a")}, at(48h));
    EXPECT_TRUE(std::holds_alternative<ports::webhook_postponed>(d.finished("a", timed_out, at(48h))));
}

TEST(Dispatcher, WhatWasBrokenOffIsSentAgain) {
    dispatcher d{{}, {}, 1};
    (void)d.choose({event("a")}, at(0s));
    d.broken_off("a");
    EXPECT_THAT(d.choose({event("a")}, at(0s)).send, SizeIs(1));
}

// An outage ----------------------------------------------------------------------------------------------------------

TEST(Dispatcher, AReceiverThatIsAwayIsOnlyProbed) {
    dispatcher d{{}, {}, 1};
    std::vector<ports::waiting_webhook> many;
    for (int i = 0; i < 100; ++i)
        many.push_back(event(std::to_string(i)));
    auto under_way = ids(d.choose(many, at(0s)).send);
    ASSERT_THAT(under_way, SizeIs(8));
    for (auto const& id : under_way)
        (void)d.finished(id, timed_out, at(10s));
    EXPECT_TRUE(d.is_probing());
    EXPECT_EQ(d.wanted(at(10s).mono), 0u);
    EXPECT_LE(d.probe_at(), at(11s).mono) << "the first probe comes soon, however many failed together";
    auto probe = d.choose(many, at(11s)).send;
    ASSERT_THAT(probe, SizeIs(1));
    EXPECT_EQ(d.wanted(at(11s).mono), 0u) << "one at a time";
    (void)d.finished(probe[0].id, 500, at(12s));
    EXPECT_FALSE(d.is_probing()) << "it answers for itself";
    EXPECT_THAT(d.choose(many, at(12s)).send, SizeIs(8));
}

TEST(Dispatcher, WhatIsTooOldWhileTheReceiverIsAwayIsBuriedUnsent) {
    dispatcher d{{}, {}, 1};
    for (std::string id : {"a", "b", "c"}) {
        (void)d.choose({event(id)}, at(0s));
        (void)d.finished(id, timed_out, at(0s));
    }
    auto chosen = d.choose({event("d"), event("e")}, at(25h));
    ASSERT_THAT(chosen.bury, SizeIs(2));
    EXPECT_FALSE(std::get<ports::webhook_given_up>(chosen.bury[0]).was_attempted);
    EXPECT_THAT(d.choose({event("d"), event("e")}, at(25h)).bury, IsEmpty()) << "the outbox will know";
}

// Stories of an hour, against an outbox in memory --------------------------------------------------------------------

TEST(WebhookStory, AReceiverThatIsDownForAnHourGetsEverythingInOrder) {
    outage story{[](outage::attempt const& a) -> attempt_result {
        if (a.at < 1h) return std::unexpected{"connection refused"};
        return 200;
    }};
    story.play(2h);
    story.expect_all_arrived();
    EXPECT_LE(story.last_delivery(), 1h + 2min)
        << "an outage is over when it is over, not at the end of a long backoff";
    EXPECT_LE(story.attempts_before(1h), 300u) << "probes, not a storm";
}

TEST(WebhookStory, EachWayOfFailingIsSurvived) {
    for (attempt_result const& failure : {attempt_result{500}, attempt_result{503}, timed_out, closed_early}) {
        outage story{[&](outage::attempt const& a) -> attempt_result {
            if (a.at < 1h && a.number % 3 != 0) return failure;
            return 200;
        }};
        story.play(4h);
        story.expect_all_arrived();
    }
}

TEST(WebhookStory, AnswersThatAreLostAfterTheEventArrivedRepeatItWithItsId) {
    outage story{[&](outage::attempt const& a) -> attempt_result {
        if (a.number % 2 == 0) return closed_early; // after the receiver took it
        return 200;
    }};
    story.receiver_keeps_what_it_does_not_answer();
    story.play(4h);
    story.expect_all_arrived();
    EXPECT_GT(story.repetitions(), 0u);
}

TEST(WebhookStory, AnEventThatTheReceiverDoesNotWantDoesNotHoldUpItsCall) {
    outage story{[](outage::attempt const& a) -> attempt_result {
        if (a.step == 1) return 410;
        return 200;
    }};
    story.play(1h);
    EXPECT_EQ(story.dead(), outage::calls);
    story.expect_all_arrived(/*but_for_step=*/1);
}

TEST(WebhookStory, AnOutboxThatCannotBeWrittenForAWhileRepeatsNothing) {
    outage story{[](outage::attempt const&) -> attempt_result { return 200; }};
    story.outbox_is_away(10min, 20min);
    story.play(1h);
    story.expect_all_arrived();
    EXPECT_EQ(story.repetitions(), 0u);
}

} // namespace ringback::webhooks
