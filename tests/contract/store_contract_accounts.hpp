#pragma once

#include "contract/store_story.hpp"

namespace ringback::contract {

template <typename Harness>
class StoreAccounts : public store_story<Harness> {};
TYPED_TEST_SUITE_P(StoreAccounts);

TYPED_TEST_P(StoreAccounts, AnAccountIsFoundAsItWasPut) {
    call::account_patch p;
    p.role = call::role::telecaller;
    p.name = "Ann \"the voice\" O'Neil 😀";
    p.profile = "avatar-7";
    p.language = "de";
    p.about = "two\nlines; DROP TABLE accounts; -- :id";
    ASSERT_EQ(this->write(ports::put_account{id("ann"), p, ports::by_claims{1'700'000'000},
                                             call::approval_status::pending, at(123ms)}),
              ok);

    auto found = this->account("ann").value();
    EXPECT_EQ(found.id, id("ann"));
    EXPECT_EQ(found.role, call::role::telecaller);
    EXPECT_EQ(found.name, "Ann \"the voice\" O'Neil 😀");
    EXPECT_EQ(found.profile, "avatar-7");
    EXPECT_EQ(found.language, "de");
    EXPECT_EQ(found.about, "two\nlines; DROP TABLE accounts; -- :id");
    EXPECT_EQ(found.status, call::account_status::active);
    EXPECT_EQ(found.approval, call::approval_status::pending);
    EXPECT_EQ(found.coins, 0);
    EXPECT_EQ(found.created_at, at(123ms));
    EXPECT_EQ(found.claims_iat, 1'700'000'000);
    EXPECT_EQ(found.pinned, 0u);
}

TYPED_TEST_P(StoreAccounts, WhatWasNeverSaidIsEmpty) {
    ASSERT_EQ(this->write(say::token("ann", {}, 0)), ok);
    auto found = this->account("ann").value();
    EXPECT_EQ(found.name, std::nullopt);
    EXPECT_EQ(found.profile, std::nullopt);
    EXPECT_EQ(found.approval, std::nullopt);
    EXPECT_EQ(found.language, "");
    EXPECT_EQ(found.claims_iat, 0);
}

TYPED_TEST_P(StoreAccounts, AnUnknownAccountIsNotFound) { EXPECT_EQ(this->account("nobody"), std::nullopt); }

TYPED_TEST_P(StoreAccounts, ANewerTokenRefreshesAndKeepsTheDateOfCreation) {
    call::account_patch first, second;
    first.name = "Ann";
    first.language = "de";
    second.name = "Anna";
    ASSERT_EQ(this->write(say::token("ann", first, 10)), ok);
    auto later = say::token("ann", second, 11);
    later.at = at(1h);
    ASSERT_EQ(this->write(later), ok);
    auto found = this->account("ann").value();
    EXPECT_EQ(found.name, "Anna");
    EXPECT_EQ(found.language, "de");
    EXPECT_EQ(found.created_at, at(0s));
    EXPECT_EQ(found.claims_iat, 11);
}

TYPED_TEST_P(StoreAccounts, ATokenThatIsNotNewerIsOkAndChangesNothing) {
    call::account_patch first, second;
    first.name = "Ann";
    second.name = "Old";
    ASSERT_EQ(this->write(say::token("ann", first, 10)), ok);
    auto before = this->account("ann");
    EXPECT_EQ(this->write(say::token("ann", second, 10)), ok);
    EXPECT_EQ(this->write(say::token("ann", second, 9)), ok);
    EXPECT_EQ(this->account("ann"), before);
}

TYPED_TEST_P(StoreAccounts, WhatAnAdminWroteStaysWhenATokenComes) {
    call::account_patch by_admin, by_token;
    by_admin.name = "Ann";
    by_token.name = "Mallory";
    by_token.about = "hello";
    ASSERT_EQ(this->write(say::admin("ann", by_admin)), ok);
    ASSERT_EQ(this->write(say::token("ann", by_token, 10)), ok);
    auto found = this->account("ann").value();
    EXPECT_EQ(found.name, "Ann");
    EXPECT_EQ(found.about, "hello");
    EXPECT_TRUE(found.is_pinned(call::account_field::name));
    EXPECT_FALSE(found.is_pinned(call::account_field::about));
}

TYPED_TEST_P(StoreAccounts, AnAdminSuspendsRevokesAndRemovesAName) {
    this->telecallers_are({"tom"});
    call::account_patch p;
    p.name.emplace(std::nullopt);
    p.status = call::account_status::suspended;
    p.approval = call::approval_status::rejected;
    ASSERT_EQ(this->write(say::admin("tom", p)), ok);
    auto found = this->account("tom").value();
    EXPECT_EQ(found.name, std::nullopt);
    EXPECT_EQ(found.status, call::account_status::suspended);
    EXPECT_EQ(found.approval, call::approval_status::rejected);
}

TYPED_TEST_P(StoreAccounts, ARefreshLeavesTheCoinsAlone) {
    this->users({"ann"});
    this->telecallers_are({"tom"});
    ASSERT_EQ(this->write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(this->write(say::completed(1, 60)), ok);
    ASSERT_EQ(this->coins("tom"), 60);
    ASSERT_EQ(this->write(say::token("tom", {}, 99)), ok);
    EXPECT_EQ(this->coins("tom"), 60);
}

REGISTER_TYPED_TEST_SUITE_P(StoreAccounts, AnAccountIsFoundAsItWasPut, WhatWasNeverSaidIsEmpty,
                            AnUnknownAccountIsNotFound, ANewerTokenRefreshesAndKeepsTheDateOfCreation,
                            ATokenThatIsNotNewerIsOkAndChangesNothing, WhatAnAdminWroteStaysWhenATokenComes,
                            AnAdminSuspendsRevokesAndRemovesAName, ARefreshLeavesTheCoinsAlone);

} // namespace ringback::contract
