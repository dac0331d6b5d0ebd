#pragma once

#include "contract/store_story.hpp"

#include <string>
#include <utility>
#include <vector>

namespace ringback::contract {

using testing::ElementsAre;
using testing::IsEmpty;

/// Coins that come and go without a call, and the ledger. ann is a user, tom a telecaller.
template <typename Harness>
class StoreCoins : public store_story<Harness> {
protected:
    using moved = ports::read_result<std::optional<ports::ledger_entry>>;

    void SetUp() override {
        this->users({"ann"});
        this->telecallers_are({"tom"});
    }
    static ports::coin_movement movement(std::string_view who, std::int64_t amount, std::string key) {
        return {id(who), amount, "a gift", std::move(key), at(9s)};
    }
    awaited<moved> submit_coins(std::string_view who, std::int64_t amount, std::string key) {
        return start<moved>(
            [&](auto done) { this->store().add_coins(movement(who, amount, std::move(key)), std::move(done)); });
    }
    std::optional<ports::ledger_entry> add(std::string_view who, std::int64_t amount, std::string key) {
        return submit_coins(who, amount, std::move(key)).get().value();
    }
    ports::read_result<ports::page<ports::ledger_entry>> ledger_of(std::string_view who,
                                                                   ports::page_request page = {}) {
        return start<ports::read_result<ports::page<ports::ledger_entry>>>(
                   [&](auto done) { this->store().ledger_of(id(who), std::move(page), std::move(done)); })
            .get();
    }
    static std::vector<std::int64_t> amounts(std::vector<ports::ledger_entry> const& entries) {
        std::vector<std::int64_t> found;
        for (auto const& e : entries)
            found.push_back(e.amount);
        return found;
    }
};
TYPED_TEST_SUITE_P(StoreCoins);

TYPED_TEST_P(StoreCoins, CoinsComeWithAnEntry) {
    auto entry = this->add("ann", 250, "k1").value();
    EXPECT_EQ(entry.account, id("ann"));
    EXPECT_EQ(entry.call, std::nullopt);
    EXPECT_EQ(entry.amount, 250);
    EXPECT_EQ(entry.balance, 250);
    EXPECT_EQ(entry.reason, "a gift");
    EXPECT_EQ(entry.created_at, at(9s));
    EXPECT_EQ(this->coins("ann"), 250);
    EXPECT_THAT(this->ledger_of("ann").value().items, ElementsAre(entry));
}

TYPED_TEST_P(StoreCoins, AKeyMovesCoinsOnceAndIsAnsweredAsTheFirstTime) {
    auto first = this->add("ann", 250, "k1");
    ASSERT_EQ(this->add("ann", 50, "k2").value().balance, 300);
    EXPECT_EQ(this->add("ann", 250, "k1"), first);
    EXPECT_EQ(this->add("ann", 999, "k1"), first) << "whatever else it says";
    EXPECT_EQ(this->coins("ann"), 300);
    EXPECT_EQ(this->add("tom", 7, "k1").value().balance, 7) << "another account has keys of its own";
}

TYPED_TEST_P(StoreCoins, AKeyHoldsAfterARestart) {
    auto first = this->add("ann", 250, "k1");
    this->harness_.close();
    this->harness_.open();
    EXPECT_EQ(this->add("ann", 250, "k1"), first);
    EXPECT_EQ(this->coins("ann"), 250);
}

TYPED_TEST_P(StoreCoins, RequestsWithOneKeyThatComeTogetherMoveCoinsOnce) {
    store_gate gate{this->store()};
    auto one = this->submit_coins("ann", 250, "k1");
    auto two = this->submit_coins("ann", 250, "k1");
    gate.open();
    EXPECT_EQ(one.get().value(), two.get().value());
    EXPECT_EQ(this->coins("ann"), 250);
}

TYPED_TEST_P(StoreCoins, ABalanceStaysBetweenNothingAndTheGreatestNumber) {
    ASSERT_EQ(this->add("ann", 100, "k1").value().balance, 100);
    auto taken = this->add("ann", -250, "k2").value();
    EXPECT_EQ(taken.amount, -100) << "what was really taken";
    EXPECT_EQ(taken.balance, 0);
    ASSERT_EQ(this->add("ann", 5, "k3").value().balance, 5);
    auto much = this->add("ann", ports::max_balance, "k4").value();
    EXPECT_EQ(much.amount, ports::max_balance - 5);
    EXPECT_EQ(this->coins("ann"), ports::max_balance);
}

TYPED_TEST_P(StoreCoins, AnUnknownAccountGetsNothing) {
    EXPECT_EQ(this->add("ghost", 5, "k1"), std::nullopt);
    EXPECT_THAT(this->ledger_of("ghost").value().items, IsEmpty());
}

TYPED_TEST_P(StoreCoins, TheLedgerOfAnAccountShowsItsOwnEntriesNewestFirst) {
    ASSERT_EQ(this->add("ann", 300, "k1").value().balance, 300);
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(this->write(say::completed(1, 60)), ok);
    ASSERT_EQ(this->add("ann", -30, "k2").value().balance, 150);
    auto entries = this->ledger_of("ann").value().items;
    EXPECT_THAT(this->amounts(entries), ElementsAre(-30, -120, 300));
    EXPECT_EQ(entries.at(1).call, call_number(1));
    EXPECT_EQ(entries.at(1).balance, 180);
    EXPECT_THAT(this->amounts(this->ledger_of("tom").value().items), ElementsAre(60));
}

TYPED_TEST_P(StoreCoins, PagesOfTheLedgerShowEveryEntryOnce) {
    for (int n = 1; n <= 7; ++n)
        ASSERT_TRUE(this->add("ann", n, "k" + std::to_string(n)));
    ports::page_request request{.limit = 3, .cursor = ""};
    auto page = this->ledger_of("ann", request).value();
    EXPECT_THAT(this->amounts(page.items), ElementsAre(7, 6, 5));
    ASSERT_TRUE(this->add("ann", 8, "k8"));
    request.cursor = page.next_cursor;
    page = this->ledger_of("ann", request).value();
    EXPECT_THAT(this->amounts(page.items), ElementsAre(4, 3, 2)) << "what came meanwhile shifts nothing";
    request.cursor = page.next_cursor;
    page = this->ledger_of("ann", request).value();
    EXPECT_THAT(this->amounts(page.items), ElementsAre(1));
    EXPECT_EQ(page.next_cursor, "");
    EXPECT_EQ(this->ledger_of("ann", {.limit = 3, .cursor = "x"}).error(), ports::store_errc::bad_cursor);
}

REGISTER_TYPED_TEST_SUITE_P(StoreCoins, CoinsComeWithAnEntry, AKeyMovesCoinsOnceAndIsAnsweredAsTheFirstTime,
                            AKeyHoldsAfterARestart, RequestsWithOneKeyThatComeTogetherMoveCoinsOnce,
                            ABalanceStaysBetweenNothingAndTheGreatestNumber, AnUnknownAccountGetsNothing,
                            TheLedgerOfAnAccountShowsItsOwnEntriesNewestFirst, PagesOfTheLedgerShowEveryEntryOnce);

} // namespace ringback::contract
