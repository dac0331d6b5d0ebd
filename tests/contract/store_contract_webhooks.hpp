#pragma once

#include "contract/store_story.hpp"
#include "ports/webhook_outbox.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringback::contract {

/// The outbox of webhooks. ann, amy are users; tom, tim telecallers.
template <typename Harness>
class StoreWebhooks : public store_story<Harness> {
protected:
    template <typename Result>
    using read = ports::read_result<Result>;

    void SetUp() override {
        this->users({"ann", "amy"});
        this->telecallers_are({"tom", "tim"});
    }
    ports::webhook_outbox& outbox() { return this->harness_.outbox(); }

    std::vector<ports::waiting_webhook> first(std::uint32_t limit = 100) {
        return start<read<std::vector<ports::waiting_webhook>>>(
                   [&](auto done) { outbox().first_webhooks(limit, std::move(done)); })
            .get()
            .value();
    }
    /// The bodies of those that may be sent.
    std::vector<std::string> sendable() {
        std::vector<std::string> bodies;
        for (auto const& w : first())
            bodies.push_back(w.body);
        return bodies;
    }
    std::string id_of(std::string_view body) {
        for (auto const& w : first())
            if (w.body == body) return w.id;
        return "none";
    }
    void settle(std::vector<ports::webhook_settlement> what) {
        auto done = start<read<bool>>([&](auto then) { outbox().settle_webhooks(std::move(what), std::move(then)); });
        ASSERT_TRUE(done.get().value());
    }
    void deliver(std::string_view body) { settle({ports::webhook_delivered{id_of(body), at(60s)}}); }
    void give_up(std::string_view body, std::string reason = "410") {
        settle({ports::webhook_given_up{id_of(body), at(60s), std::move(reason)}});
    }
    read<ports::page<ports::dead_webhook>> dead(ports::page_request page = {}) {
        return start<read<ports::page<ports::dead_webhook>>>(
                   [&](auto done) { outbox().list_dead_webhooks(std::move(page), std::move(done)); })
            .get();
    }
    std::vector<std::string> dead_bodies() {
        std::vector<std::string> bodies;
        auto const page = dead().value();
        for (auto const& d : page.items)
            bodies.push_back(d.body);
        return bodies;
    }
    bool replay(std::string const& id) {
        return start<read<bool>>([&](auto done) { outbox().replay_webhook(id, at(90s), std::move(done)); })
            .get()
            .value();
    }
    ports::webhook_backlog count() {
        return start<read<ports::webhook_backlog>>([&](auto done) { outbox().count_webhooks(std::move(done)); })
            .get()
            .value();
    }
    void show(std::string_view who, call::presence now, call::realm realm = call::realm::telecaller) {
        ASSERT_EQ(this->write(ports::presence_shown{id(who), realm, now, at(1s)}), ok);
    }
    void call_ends(std::uint32_t n, std::string_view caller, std::string_view callee) {
        ASSERT_EQ(this->write(say::opened(n, caller, callee)), ok);
        ASSERT_EQ(this->write(say::answered(n)), ok);
        ASSERT_EQ(this->write(say::completed(n, 60)), ok);
    }

    static std::string body(std::string_view type, std::uint32_t n, std::string_view status) {
        return std::string{type} + " " + call_number(n).text() + " " + std::string{status};
    }
    static std::string ringing(std::uint32_t n) { return body("call.ringing", n, "RINGING"); }
    static std::string accepted(std::uint32_t n) { return body("call.accepted", n, "ACCEPTED"); }
    static std::string ended(std::uint32_t n, std::string_view status = "COMPLETED") {
        return body("call.ended", n, status);
    }
};
TYPED_TEST_SUITE_P(StoreWebhooks);

TYPED_TEST_P(StoreWebhooks, EachStepOfACallWaitsForTheOneBeforeIt) {
    this->call_ends(1, "ann", "tom");
    EXPECT_EQ(this->sendable(), std::vector{this->ringing(1)});
    this->deliver(this->ringing(1));
    EXPECT_EQ(this->sendable(), std::vector{this->accepted(1)});
    this->deliver(this->accepted(1));
    EXPECT_EQ(this->sendable(), std::vector{this->ended(1)});
    this->deliver(this->ended(1));
    EXPECT_TRUE(this->sendable().empty());
    EXPECT_EQ(this->count().waiting, 0u) << "what was delivered is gone";
}

TYPED_TEST_P(StoreWebhooks, CallsDoNotWaitForEachOther) {
    this->call_ends(1, "ann", "tom");
    ASSERT_EQ(this->write(say::opened(2, "amy", "tim")), ok);
    EXPECT_EQ(this->sendable(), (std::vector{this->ringing(1), this->ringing(2)}));
}

TYPED_TEST_P(StoreWebhooks, WhatWasNotWrittenIsNotTold) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(this->write(say::opened(2, "amy", "tom")), conflict) << "tom is being called";
    ASSERT_EQ(this->write(say::answered(2)), conflict);
    ASSERT_EQ(this->write(say::missed(2)), conflict);
    ASSERT_EQ(this->write(ports::presence_shown{id("nobody"), {}, {}, at(0s)}), conflict);
    EXPECT_EQ(this->count().waiting, 1u);
}

TYPED_TEST_P(StoreWebhooks, AClosingThatComesTwiceIsToldOnce) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(this->write(say::missed(1)), ok);
    ASSERT_EQ(this->write(say::missed(1)), conflict);
    EXPECT_EQ(this->count().waiting, 2u);
}

TYPED_TEST_P(StoreWebhooks, ABusyAttemptHasEnded) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    auto const attempt = say::opened(2, "amy", "tom");
    ASSERT_EQ(this->write(ports::call_not_begun{attempt.what, say::event(at(1s), "MISSED", "")}), ok);
    EXPECT_EQ(this->sendable(), (std::vector{this->ringing(1), this->ended(2, "MISSED")}));
}

TYPED_TEST_P(StoreWebhooks, CallsThatALostServerLeftAreToldAsEnded) {
    this->harness_.recover(at(0s));
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    this->deliver(this->ringing(1));
    this->harness_.close();
    this->harness_.open();
    this->harness_.recover(at(60s));
    EXPECT_EQ(this->sendable(), std::vector{this->ended(1, "MISSED")});
}

TYPED_TEST_P(StoreWebhooks, WaitingEventsAndTheirAttemptsOutliveTheProcess) {
    this->call_ends(1, "ann", "tom");
    this->settle({ports::webhook_postponed{this->id_of(this->ringing(1)), at(77s), "500"}});
    auto const before = this->first();
    this->harness_.close();
    this->harness_.open();
    auto const after = this->first();
    ASSERT_EQ(after.size(), 1u);
    EXPECT_EQ(after[0].id, before[0].id);
    EXPECT_EQ(after[0].type, ports::webhook_type::call_ringing);
    EXPECT_EQ(after[0].attempts, 1u);
    EXPECT_EQ(after[0].due, at(77s));
    EXPECT_EQ(after[0].since, at(0s));
}

TYPED_TEST_P(StoreWebhooks, ThePresenceOfAnAccountIsToldInOrderAndApartForEachNamespace) {
    this->show("tom", call::presence::online);
    this->show("tom", call::presence::on_call);
    this->show("tom", call::presence::online, call::realm::peer);
    EXPECT_EQ(this->sendable(), (std::vector<std::string>{"tom telecaller ONLINE", "tom peer ONLINE"}));
    this->deliver("tom telecaller ONLINE");
    EXPECT_EQ(this->sendable(), (std::vector<std::string>{"tom peer ONLINE", "tom telecaller ON_CALL"}));
}

TYPED_TEST_P(StoreWebhooks, TheFirstOnesAreThoseThatAreDueFirst) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom", at(0s))), ok);
    ASSERT_EQ(this->write(say::opened(2, "amy", "tim", at(1s))), ok);
    this->settle({ports::webhook_postponed{this->id_of(this->ringing(1)), at(1h), "500"}});
    EXPECT_EQ(this->sendable(), (std::vector{this->ringing(2), this->ringing(1)}));
    EXPECT_EQ(this->first(1).size(), 1u);
}

TYPED_TEST_P(StoreWebhooks, ADeadLetterLetsTheNextOneGoAndIsListed) {
    this->call_ends(1, "ann", "tom");
    auto const id = this->id_of(this->ringing(1));
    this->settle({ports::webhook_postponed{id, at(50s), "500"}});
    this->give_up(this->ringing(1), "410 Gone");
    EXPECT_EQ(this->sendable(), std::vector{this->accepted(1)});
    auto const list = this->dead().value().items;
    ASSERT_EQ(list.size(), 1u);
    EXPECT_EQ(list[0].id, id);
    EXPECT_EQ(list[0].type, ports::webhook_type::call_ringing);
    EXPECT_EQ(list[0].body, this->ringing(1));
    EXPECT_EQ(list[0].created_at, at(0s));
    EXPECT_EQ(list[0].died_at, at(60s));
    EXPECT_EQ(list[0].attempts, 2u);
    EXPECT_EQ(list[0].reason, "410 Gone");
}

TYPED_TEST_P(StoreWebhooks, DeadLettersComeInPagesNewestFirst) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(this->write(say::opened(2, "amy", "tim")), ok);
    this->give_up(this->ringing(1));
    this->give_up(this->ringing(2));
    EXPECT_EQ(this->dead_bodies(), (std::vector{this->ringing(2), this->ringing(1)}));
    auto const page = this->dead({.limit = 1, .cursor = {}}).value();
    ASSERT_EQ(page.items.size(), 1u);
    ASSERT_FALSE(page.next_cursor.empty());
    auto const next = this->dead({.limit = 1, .cursor = page.next_cursor}).value();
    ASSERT_EQ(next.items.size(), 1u);
    EXPECT_EQ(next.items[0].body, this->ringing(1));
    EXPECT_TRUE(next.next_cursor.empty());
    EXPECT_EQ(this->dead({.limit = 1, .cursor = "x"}).error(), ports::store_errc::bad_cursor);
}

TYPED_TEST_P(StoreWebhooks, AReplayedLetterIsDueAgainAsIfItWereNew) {
    this->call_ends(1, "ann", "tom");
    auto const id = this->id_of(this->ringing(1));
    this->give_up(this->ringing(1));
    EXPECT_FALSE(this->replay("ffffffffffffffffffffffff"));
    EXPECT_TRUE(this->replay(id));
    EXPECT_FALSE(this->replay(id)) << "it is no dead letter now";
    EXPECT_TRUE(this->dead_bodies().empty());
    EXPECT_EQ(this->sendable(), (std::vector{this->accepted(1), this->ringing(1)})) << "by the time when they are due";
    auto const replayed = this->first()[1];
    EXPECT_EQ(replayed.id, id);
    EXPECT_EQ(replayed.attempts, 0u);
    EXPECT_EQ(replayed.since, at(90s));
    this->deliver(this->accepted(1));
    EXPECT_EQ(this->sendable(), std::vector{this->ringing(1)}) << "what is behind waits for the elder";
    this->deliver(this->ringing(1));
    EXPECT_EQ(this->sendable(), std::vector{this->ended(1)});
}

TYPED_TEST_P(StoreWebhooks, ASettlementOfWhatDoesNotWaitChangesNothing) {
    this->call_ends(1, "ann", "tom");
    auto const id = this->id_of(this->ringing(1));
    this->settle({ports::webhook_delivered{id, at(1s)}, ports::webhook_delivered{id, at(1s)},
                  ports::webhook_postponed{id, at(2s), ""}, ports::webhook_given_up{id, at(3s), ""}});
    EXPECT_EQ(this->sendable(), std::vector{this->accepted(1)});
    EXPECT_EQ(this->count().waiting, 2u);
    EXPECT_EQ(this->count().dead, 0u);
    this->give_up(this->accepted(1));
    this->settle({ports::webhook_delivered{this->dead().value().items[0].id, at(4s)}});
    EXPECT_EQ(this->count().dead, 1u);
}

TYPED_TEST_P(StoreWebhooks, WhatWaitsIsBoundedAndTheRestIsCountedAsLost) {
    std::uint32_t const most = webhook_terms().max_waiting;
    for (std::uint32_t i = 0; i < most / 2 + 1; ++i)
        this->show("tom", call::presence::online);
    EXPECT_EQ(this->count().waiting, most / 2) << "presence fills half";
    EXPECT_EQ(this->count().lost, 1u);
    for (std::uint32_t n = 1; n <= most / 2; ++n) {
        ASSERT_EQ(this->write(say::opened(n, "ann", "tom")), ok);
        ASSERT_EQ(this->write(say::missed(n)), ok) << "a full outbox is in nobody's way";
    }
    EXPECT_EQ(this->count().waiting, most);
    EXPECT_EQ(this->count().lost, 1u + most / 2);
    EXPECT_EQ(this->count().oldest, at(1s));
    this->deliver("tom telecaller ONLINE");
    ASSERT_EQ(this->write(say::opened(1000, "ann", "tom")), ok);
    EXPECT_EQ(this->count().waiting, most);
}

TYPED_TEST_P(StoreWebhooks, DeadLettersAreBoundedToo) {
    std::uint32_t const most = webhook_terms().max_dead;
    for (std::uint32_t n = 1; n <= most + 1; ++n) {
        ASSERT_EQ(this->write(say::opened(n, "ann", "tom")), ok);
        ASSERT_EQ(this->write(say::missed(n)), ok);
        this->give_up(this->ringing(n));
    }
    EXPECT_EQ(this->count().dead, most);
    EXPECT_EQ(this->dead().value().items.back().body, this->ringing(2));
}

TYPED_TEST_P(StoreWebhooks, TheWatcherIsToldOfNewOnesWhenTheyAreDurable) {
    int told = 0; // on the store's thread, whose answers come after
    this->outbox().watch_webhooks([&told] { ++told; });
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    EXPECT_EQ(told, 1);
    ASSERT_EQ(this->write(say::token("ann", {}, 2)), ok) << "no event";
    EXPECT_EQ(told, 1);
    this->outbox().watch_webhooks({});
    ASSERT_EQ(this->write(say::missed(1)), ok);
    EXPECT_EQ(told, 1);
}

REGISTER_TYPED_TEST_SUITE_P(StoreWebhooks, EachStepOfACallWaitsForTheOneBeforeIt, CallsDoNotWaitForEachOther,
                            WhatWasNotWrittenIsNotTold, AClosingThatComesTwiceIsToldOnce, ABusyAttemptHasEnded,
                            CallsThatALostServerLeftAreToldAsEnded, WaitingEventsAndTheirAttemptsOutliveTheProcess,
                            ThePresenceOfAnAccountIsToldInOrderAndApartForEachNamespace,
                            TheFirstOnesAreThoseThatAreDueFirst, ADeadLetterLetsTheNextOneGoAndIsListed,
                            DeadLettersComeInPagesNewestFirst, AReplayedLetterIsDueAgainAsIfItWereNew,
                            ASettlementOfWhatDoesNotWaitChangesNothing, WhatWaitsIsBoundedAndTheRestIsCountedAsLost,
                            DeadLettersAreBoundedToo, TheWatcherIsToldOfNewOnesWhenTheyAreDurable);

} // namespace ringback::contract
