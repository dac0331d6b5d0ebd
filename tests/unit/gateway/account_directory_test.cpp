#include "gateway/account_directory.hpp"
#include "local_shards.hpp"
#include "scripted_store.hpp"

#include <gtest/gtest.h>

namespace ringback::gateway::testing {
namespace {

using namespace std::chrono_literals;

account_id const uma = *account_id::parse("uma");

gateway_config small() {
    gateway_config c;
    c.cached_accounts = 4;
    return c;
}

struct AccountDirectory : ::testing::Test {
    manual_clock clock;
    scripted_store store;
    std::shared_ptr<local_shards> links = std::make_shared<local_shards>(2, clock);
    gateway_config config = small();
    account_directory accounts{config, store, links};
    std::vector<account_directory::found> answers;

    void stored(account_id const& id, std::int64_t iat = -1) {
        call::account& a = store.accounts[id];
        a.id = id;
        a.claims_iat = iat;
    }
    auto keep() {
        return [this](account_directory::found f) { answers.push_back(std::move(f)); };
    }
    auth::claims claims(std::int64_t iat, std::string name = "Uma") {
        auth::claims c;
        c.account = uma;
        c.name = std::move(name);
        c.issued_at = wall_time{std::chrono::seconds{iat}};
        return c;
    }
    void settle() {
        while (links->run() || store.answer()) {
        }
    }
    account_ptr admitted(std::int64_t iat, std::string name = "Uma") {
        answers.clear();
        accounts.admit(0, claims(iat, std::move(name)), clock.at, keep());
        settle();
        return answers.size() == 1 && answers[0] ? *answers[0] : nullptr;
    }
};

TEST_F(AccountDirectory, CreatesAnAccountFromTheFirstToken) {
    auto account = admitted(100);
    ASSERT_TRUE(account);
    EXPECT_EQ(account->name, "Uma");
    EXPECT_EQ(store.account_writes, 1);
}

TEST_F(AccountDirectory, ATokenThatIsNotNewerNeedsNoStoreAtAll) {
    admitted(100);
    int before = store.account_reads;
    EXPECT_EQ(admitted(100, "Old")->name, "Uma");
    EXPECT_EQ(admitted(99, "Older")->name, "Uma");
    EXPECT_EQ(store.account_reads, before);
    EXPECT_EQ(store.account_writes, 1);
}

TEST_F(AccountDirectory, ANewerTokenRefreshesTheAccount) {
    auto first = admitted(100);
    EXPECT_EQ(admitted(101, "Uma Two")->name, "Uma Two");
    EXPECT_EQ(first->name, "Uma") << "a copy never changes";
    EXPECT_EQ(accounts.latest(first)->name, "Uma Two");
}

TEST_F(AccountDirectory, AfterARestartAKnownTokenCostsOneReadAndNoWrite) {
    stored(uma, 100);
    EXPECT_TRUE(admitted(100));
    EXPECT_EQ(store.account_reads, 1);
    EXPECT_EQ(store.account_writes, 0);
}

TEST_F(AccountDirectory, AWriteThatFailedIsNotAnAccountThatDoesNotExist) {
    stored(uma, 100);
    accounts.find(0, uma, keep());
    settle();
    store.is_away = true;
    EXPECT_FALSE(admitted(101));
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0].error(), ports::store_errc::unavailable);
}

TEST_F(AccountDirectory, ReadsOfOneAccountAreSharedByAllShards) {
    stored(uma);
    accounts.find(0, uma, keep());
    accounts.find(1, uma, keep());
    settle();
    EXPECT_EQ(store.account_reads, 1);
    ASSERT_EQ(answers.size(), 2u);
    EXPECT_EQ(*answers[0], *answers[1]) << "one copy";
}

TEST_F(AccountDirectory, AnUnknownAccountIsNullAndIsAskedForAgain) {
    for (int i = 1; i <= 2; ++i) {
        accounts.find(0, uma, keep());
        settle();
        EXPECT_EQ(*answers.back(), nullptr);
        EXPECT_EQ(store.account_reads, i);
    }
}

TEST_F(AccountDirectory, KeepsWhatSomebodyHoldsAndForgetsOthers) {
    stored(uma);
    account_ptr held;
    accounts.find(0, uma, [&](account_directory::found f) { held = *f; });
    settle();
    for (int i = 0; i < 50; ++i) {
        auto id = *account_id::parse("u" + std::to_string(i));
        stored(id);
        accounts.find(0, id, [](account_directory::found) {});
        settle();
    }
    EXPECT_LE(accounts.size(), 5u);
    EXPECT_EQ(accounts.latest(held), held);
    int before = store.account_reads;
    accounts.find(0, uma, keep());
    EXPECT_EQ(store.account_reads, before);
}

TEST_F(AccountDirectory, AnAnswerThatComesAfterTheDirectoryIsGoneIsHarmless) {
    stored(uma);
    bool answered = false;
    {
        account_directory brief{config, store, links};
        brief.find(0, uma, [&](account_directory::found) { answered = true; });
    }
    store.answer(); // posted to a shard, which would drop it once it has stopped
    EXPECT_FALSE(answered);
}

} // namespace
} // namespace ringback::gateway::testing
