#include "call/account.hpp"

#include <gtest/gtest.h>

using namespace ringback;
using namespace ringback::call;

namespace {

constexpr auto fresh = approval_status::pending;

account new_account(role r = role::user) {
    account a;
    a.id = *account_id::parse("ann");
    a.role = r;
    return a;
}

} // namespace

TEST(Account, EnumsAreReadBackFromTheirTexts) {
    EXPECT_EQ(parse_role("TELECALLER"), role::telecaller);
    EXPECT_EQ(to_string(role::admin), "ADMIN");
    EXPECT_EQ(parse_role("user"), std::nullopt);
    EXPECT_EQ(parse_account_status("SUSPENDED"), account_status::suspended);
    EXPECT_EQ(to_string(account_status::active), "ACTIVE");
    EXPECT_EQ(parse_approval_status("REJECTED"), approval_status::rejected);
    EXPECT_EQ(to_string(approval_status::approved), "APPROVED");
}

TEST(Account, WithoutANameHasOneForMessagesAndOneForPayloads) {
    display d{*account_id::parse("ann"), {}, {}};
    EXPECT_EQ(name_in_message(d), "This person");
    EXPECT_EQ(name_in_payload(d), "Unknown");
    d.name = "";
    EXPECT_EQ(name_in_payload(d), "Unknown");
    d.name = "Ann";
    EXPECT_EQ(name_in_message(d), "Ann");
    EXPECT_EQ(name_in_payload(d), "Ann");
}

TEST(Account, IsAvailableWhenActiveAndIfATelecallerApproved) {
    account a = new_account();
    EXPECT_TRUE(is_available(a));
    a.status = account_status::suspended;
    EXPECT_FALSE(is_available(a));
    account t = new_account(role::telecaller);
    EXPECT_FALSE(is_available(t));
    t.approval = approval_status::rejected;
    EXPECT_FALSE(is_available(t));
    t.approval = approval_status::approved;
    EXPECT_TRUE(is_available(t));
}

TEST(Account, OnlyANewerTokenRefreshes) {
    account a = new_account();
    EXPECT_TRUE(refresh_from_claims(a, {.name = "Ann"}, 100, fresh));
    EXPECT_FALSE(refresh_from_claims(a, {.name = "Old"}, 100, fresh));
    EXPECT_FALSE(refresh_from_claims(a, {.name = "Older"}, 0, fresh));
    EXPECT_EQ(a.name, "Ann");
    EXPECT_TRUE(refresh_from_claims(a, {.name = "Anne"}, 101, fresh));
    EXPECT_EQ(a.name, "Anne");
    EXPECT_EQ(a.claims_iat, 101);
}

TEST(Account, ATokenWithoutIatCreatesAndNeverRefreshes) {
    account a = new_account();
    EXPECT_TRUE(refresh_from_claims(a, {.name = "Ann"}, 0, fresh));
    EXPECT_FALSE(refresh_from_claims(a, {.name = "Other"}, 0, fresh));
    EXPECT_EQ(a.name, "Ann");
}

TEST(Account, WhatAnAdminWroteStays) {
    account a = new_account();
    write_by_admin(a, {.name = "Ann by admin"}, fresh);
    EXPECT_TRUE(a.is_pinned(account_field::name));
    EXPECT_FALSE(a.is_pinned(account_field::about));
    EXPECT_TRUE(refresh_from_claims(a, {.name = "Ann by token", .about = "hi"}, 100, fresh));
    EXPECT_EQ(a.name, "Ann by admin");
    EXPECT_EQ(a.about, "hi");
}

TEST(Account, AnAdminCanRemoveAName) {
    account a = new_account();
    refresh_from_claims(a, {.name = "Ann"}, 1, fresh);
    write_by_admin(a, {.name = std::optional<std::string>{}}, fresh);
    EXPECT_EQ(a.name, std::nullopt);
}

TEST(Account, ANewTelecallerGetsTheDefaultApprovalOnce) {
    account a = new_account();
    EXPECT_TRUE(refresh_from_claims(a, {.role = role::telecaller}, 1, fresh));
    EXPECT_EQ(a.approval, approval_status::pending);
    write_by_admin(a, {.approval = approval_status::approved}, fresh);
    refresh_from_claims(a, {.role = role::telecaller}, 2, fresh);
    EXPECT_EQ(a.approval, approval_status::approved);
}

TEST(Account, ATokenCannotApproveOrReactivate) {
    account a = new_account(role::telecaller);
    write_by_admin(a, {.status = account_status::suspended, .approval = approval_status::rejected}, fresh);
    refresh_from_claims(a, {.status = account_status::active, .approval = approval_status::approved}, 5, fresh);
    EXPECT_EQ(a.status, account_status::suspended);
    EXPECT_EQ(a.approval, approval_status::rejected);
}
