#pragma once

#include "contract/store_story.hpp"

#include <array>
#include <string>
#include <thread>
#include <vector>

namespace ringback::contract {

/// Groups, threads, the end and the next beginning of a store. ann, amy are users; tom, tim telecallers.
template <typename Harness>
class StoreOrder : public store_story<Harness> {
protected:
    void SetUp() override {
        this->users({"ann", "amy"});
        this->telecallers_are({"tom", "tim"});
    }
};
TYPED_TEST_SUITE_P(StoreOrder);

TYPED_TEST_P(StoreOrder, AConflictInAGroupUndoesNothingElse) {
    store_gate gate{this->store()};
    auto first = this->submit(say::opened(1, "ann", "tom"));
    auto refused = this->submit(say::opened(2, "amy", "tom"));
    auto second = this->submit(say::opened(3, "amy", "tim"));
    auto unknown = this->submit(say::answered(9));
    auto answered = this->submit(say::answered(3));
    gate.open();
    EXPECT_EQ(first.get(), ok);
    EXPECT_EQ(refused.get(), conflict);
    EXPECT_EQ(second.get(), ok);
    EXPECT_EQ(unknown.get(), conflict);
    EXPECT_EQ(answered.get(), ok);
    EXPECT_EQ(this->status(1), call::call_status::ringing);
    EXPECT_EQ(this->call(2), std::nullopt);
    EXPECT_EQ(this->status(3), call::call_status::accepted);
}

TYPED_TEST_P(StoreOrder, ARowThatTheDatabaseRefusesUndoesNothingElse) {
    store_gate gate{this->store()};
    auto first = this->submit(say::opened(1, "ann", "tom"));
    auto refused = this->submit(say::opened(2, "amy", "ghost")); // refused by a foreign key
    auto second = this->submit(say::opened(3, "amy", "tim"));
    gate.open();
    EXPECT_EQ(first.get(), ok);
    EXPECT_EQ(refused.get(), conflict);
    EXPECT_EQ(second.get(), ok);
    EXPECT_THAT(this->story_of(1), testing::ElementsAre("RINGING")) << "written once, though it was tried twice";
}

TYPED_TEST_P(StoreOrder, AWholeLifeCanShareAGroup) {
    store_gate gate{this->store()};
    auto opened = this->submit(say::opened(1, "ann", "tom"));
    auto answered = this->submit(say::answered(1));
    auto closed = this->submit(say::completed(1, 60));
    auto next = this->submit(say::opened(2, "ann", "tom"));
    gate.open();
    EXPECT_EQ(opened.get(), ok);
    EXPECT_EQ(answered.get(), ok);
    EXPECT_EQ(closed.get(), ok);
    EXPECT_EQ(next.get(), ok);
    EXPECT_EQ(this->coins("tom"), 60);
}

TYPED_TEST_P(StoreOrder, CompletionsComeInTheOrderOfSubmission) {
    std::vector<int> order;
    std::promise<void> all;
    auto note = [&](int n) {
        order.push_back(n);
        if (n == 4) all.set_value();
    };
    store_gate gate{this->store()};
    this->store().write(say::opened(1, "ann", "tom"), [&](auto) { note(0); });
    this->store().write(say::opened(2, "ann", "tim"), [&](auto) { note(1); });
    this->store().find_call(call_number(1), [&](auto) { note(2); });
    this->store().write(say::opened(3, "amy", "tim"), [&](auto) { note(3); });
    this->store().find_call(call_number(3), [&](auto) { note(4); });
    gate.open();
    all.get_future().get();
    EXPECT_THAT(order, testing::ElementsAre(0, 1, 2, 3, 4));
}

TYPED_TEST_P(StoreOrder, AReadSeesTheWritesBeforeItAndNotThoseAfterIt) {
    using found = ports::read_result<std::optional<ports::stored_call>>;
    auto find = [this] {
        return start<found>([this](auto done) { this->store().find_call(call_number(1), std::move(done)); });
    };
    store_gate gate{this->store()};
    auto nothing = find();
    auto opened = this->submit(say::opened(1, "ann", "tom"));
    auto rings = find();
    auto answered = this->submit(say::answered(1));
    auto talks = find();
    gate.open();
    EXPECT_EQ(nothing.get().value(), std::nullopt);
    EXPECT_EQ(rings.get().value().value().status, call::call_status::ringing);
    EXPECT_EQ(talks.get().value().value().status, call::call_status::accepted);
    EXPECT_EQ(opened.get(), ok);
    EXPECT_EQ(answered.get(), ok);
}

TYPED_TEST_P(StoreOrder, OfThreadsThatRaceForAPartyOneWins) {
    constexpr std::uint32_t rounds = 20;
    constexpr std::size_t threads = 4;
    std::array<std::vector<awaited<ports::write_outcome>>, threads> outcomes;
    {
        std::vector<std::jthread> racers;
        for (std::size_t t = 0; t < threads; ++t)
            racers.emplace_back([this, t, &mine = outcomes[t]] {
                for (std::uint32_t r = 0; r < rounds; ++r) {
                    auto const n = static_cast<std::uint32_t>(t * rounds + r + 1);
                    mine.push_back(this->submit(say::opened(n, t % 2 == 0 ? "ann" : "amy", "tom")));
                }
            });
    }
    std::size_t won = 0;
    for (auto& mine : outcomes)
        for (auto& outcome : mine)
            won += outcome.get() == ok ? 1u : 0u;
    EXPECT_EQ(won, 1u);
    EXPECT_EQ(this->calls_of("tom").value().items.size(), 1u);
}

TYPED_TEST_P(StoreOrder, ThreadsThatShareATelecallerLoseNoCoin) {
    constexpr std::uint32_t calls = 25;
    auto live = [this](std::uint32_t first, std::string_view caller, std::string_view callee) {
        for (std::uint32_t n = first; n < first + calls; ++n) {
            ASSERT_EQ(this->write(say::opened(n, caller, callee)), ok);
            ASSERT_EQ(this->write(say::answered(n)), ok);
            ASSERT_EQ(this->write(say::completed(n, 10)), ok);
        }
    };
    {
        std::jthread one{[&] { live(1000, "ann", "tom"); }};
        std::jthread two{[&] { live(2000, "amy", "tim"); }};
    }
    EXPECT_EQ(this->coins("tom"), calls * 10);
    EXPECT_EQ(this->coins("tim"), calls * 10);
    EXPECT_EQ(this->harness_.ledger().size(), calls * 4);
}

TYPED_TEST_P(StoreOrder, DestructionWritesAndAnswersWhatWasSubmitted) {
    store_gate gate{this->store()};
    auto opened = this->submit(say::opened(1, "ann", "tom"));
    auto answered = this->submit(say::answered(1));
    auto found = start<ports::read_result<std::optional<call::account>>>(
        [this](auto done) { this->store().find_account(id("ann"), std::move(done)); });
    gate.open();
    this->harness_.close();
    EXPECT_TRUE(opened.is_ready());
    EXPECT_TRUE(found.is_ready());
    EXPECT_EQ(opened.get(), ok);
    EXPECT_EQ(answered.get(), ok);
    this->harness_.open();
    EXPECT_EQ(this->status(1), call::call_status::accepted);
}

TYPED_TEST_P(StoreOrder, EverythingIsThereAfterTheNextStart) {
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(this->write(say::completed(1, 60)), ok);
    ASSERT_EQ(this->write(say::opened(2, "ann", "tom")), ok);
    auto const ann = this->account("ann");
    auto const first = this->call(1);
    auto const story = this->timeline(1);
    this->harness_.close();
    this->harness_.open();
    EXPECT_EQ(this->account("ann"), ann);
    EXPECT_EQ(this->call(1), first);
    EXPECT_EQ(this->timeline(1), story);
    EXPECT_EQ(this->coins("tom"), 60);
    EXPECT_EQ(this->write(say::opened(3, "amy", "tom")), conflict) << "call 2 still rings";
}

REGISTER_TYPED_TEST_SUITE_P(StoreOrder, AConflictInAGroupUndoesNothingElse, ARowThatTheDatabaseRefusesUndoesNothingElse,
                            AWholeLifeCanShareAGroup, CompletionsComeInTheOrderOfSubmission,
                            AReadSeesTheWritesBeforeItAndNotThoseAfterIt, OfThreadsThatRaceForAPartyOneWins,
                            ThreadsThatShareATelecallerLoseNoCoin, DestructionWritesAndAnswersWhatWasSubmitted,
                            EverythingIsThereAfterTheNextStart);

} // namespace ringback::contract
