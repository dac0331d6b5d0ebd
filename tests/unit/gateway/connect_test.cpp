// Who may join a namespace: every check of the contract's table, and their order.
#include "gateway/address_subject.hpp"
#include "stage.hpp"

#include <gtest/gtest.h>

namespace ringback::gateway::testing {
namespace {

using namespace std::chrono_literals;
using auth::account_role;

std::string refused(std::string_view message, std::string_view code) {
    return R"({"message":")" + std::string{message} + R"(","data":{"code":")" + std::string{code} + R"("}})";
}
std::string const too_many = refused("Too many connection attempts. Please wait.", "RATE_LIMITED");
std::string const token_required = refused("Authentication token required", "UNAUTHORIZED");
std::string const token_invalid = refused("Invalid or expired token", "UNAUTHORIZED");
std::string const access_denied = refused("Access denied", "ACCESS_DENIED");
std::string const not_found = refused("Account not found", "ACCOUNT_NOT_FOUND");
std::string const suspended = refused("Account suspended. Please contact support.", "ACCOUNT_SUSPENDED");
std::string const not_approved = refused("Account not approved. Please wait for admin approval.", "NOT_APPROVED");

gateway_config strict() {
    auto c = stage::unlimited();
    c.provisioning = provisioning::strict;
    return c;
}

engineio::opening_request from(std::string address, std::string headers = {}) {
    engineio::opening_request r;
    r.address = std::move(address);
    r.headers = std::move(headers);
    return r;
}

call::account& stored(stage& s, std::string_view id, call::role role) {
    call::account& a = s.store.accounts[*account_id::parse(id)];
    a.id = *account_id::parse(id);
    a.role = role;
    if (role == call::role::telecaller) a.approval = call::approval_status::approved;
    return a;
}

struct Connect : ::testing::Test {
    std::string outcome(stage& s, std::string_view nsp, std::string_view auth, engineio::opening_request request = {}) {
        phone p{s.links->hub(0), std::string{nsp}, std::move(request)};
        p.join(auth);
        s.settle();
        std::string result = p.joined() ? "joined" : p.connect_error();
        p.drop();
        s.settle();
        return result;
    }
    std::string outcome(stage& s, std::string_view nsp, auth::claims const& who) {
        return outcome(s, nsp, R"({"token":")" + stage::sign(who) + "\"}");
    }
};

TEST_F(Connect, WithoutATokenIsRefused) {
    stage s;
    EXPECT_EQ(outcome(s, "/user", "{}"), token_required);
    EXPECT_EQ(outcome(s, "/user", R"({"token":""})"), token_required);
    EXPECT_EQ(outcome(s, "/telecaller", R"({"token":7})"), token_required);
}

TEST_F(Connect, WithAnInvalidTokenIsRefused) {
    stage s;
    EXPECT_EQ(outcome(s, "/user", R"({"token":"abc"})"), token_invalid);
    auto who = stage::claims_of("uma", account_role::user);
    who.expires_at = s.clock.at.wall - 6s;
    EXPECT_EQ(outcome(s, "/user", who), token_invalid);
    who.expires_at = s.clock.at.wall - 4s;
    EXPECT_EQ(outcome(s, "/user", who), "joined") << "within the leeway";
}

TEST_F(Connect, TheRoleMustFitTheNamespace) {
    stage s;
    EXPECT_EQ(outcome(s, "/user", stage::claims_of("t", account_role::telecaller)), access_denied);
    EXPECT_EQ(outcome(s, "/telecaller", stage::claims_of("u", account_role::user)), access_denied);
    EXPECT_EQ(outcome(s, "/user", stage::claims_of("a", account_role::admin)), access_denied);
    EXPECT_EQ(s.store.account_reads + s.store.account_writes, 0) << "refused before the store is asked";
}

TEST_F(Connect, StrictProvisioningWantsTheAccountToExistWithTheRoleOfTheToken) {
    stage s{strict()};
    EXPECT_EQ(outcome(s, "/user", stage::claims_of("uma", account_role::user)), not_found);
    stored(s, "uma", call::role::telecaller);
    EXPECT_EQ(outcome(s, "/user", stage::claims_of("uma", account_role::user)), access_denied);
    EXPECT_EQ(s.store.account_writes, 0);
}

TEST_F(Connect, ASuspendedAccountIsRefusedBeforeItsApprovalIsLookedAt) {
    stage s{strict()};
    auto& a = stored(s, "tess", call::role::telecaller);
    a.status = call::account_status::suspended;
    a.approval = call::approval_status::rejected;
    EXPECT_EQ(outcome(s, "/telecaller", stage::claims_of("tess", account_role::telecaller)), suspended);
}

TEST_F(Connect, ATelecallerMustBeApproved) {
    auto config = stage::unlimited();
    config.default_approval = call::approval_status::pending;
    stage s{config};
    EXPECT_EQ(outcome(s, "/telecaller", stage::claims_of("tess", account_role::telecaller)), not_approved);
    EXPECT_EQ(outcome(s, "/user", stage::claims_of("uma", account_role::user)), "joined");
}

TEST_F(Connect, TheAddressLimitComesFirstAndCountsAllNamespaces) {
    auto config = stage::unlimited();
    config.limits.connections = 2;
    stage s{config};
    EXPECT_EQ(outcome(s, "/user", "{}"), token_required);
    EXPECT_EQ(outcome(s, "/telecaller", stage::claims_of("tess", account_role::telecaller)), "joined");
    EXPECT_EQ(outcome(s, "/user", "{}"), too_many);
    EXPECT_EQ(outcome(s, "/user", "{}", from("192.0.2.2")), token_required);
    s.wait(60s);
    EXPECT_EQ(outcome(s, "/user", "{}"), token_required);
}

TEST_F(Connect, AnAccountThatReturnsToItsCallWithinAGraceIsNotCounted) {
    auto config = stage::unlimited();
    config.limits.connections = 2;
    config.calls.reconnect_grace = 30s;
    stage s{config};
    phone &uma = s.user(), &tess = s.telecaller();
    s.talk(uma, tess);
    auto who = stage::claims_of("uma", account_role::user);
    EXPECT_EQ(outcome(s, "/user", who), too_many) << "its device is still there";
    uma.drop();
    s.settle();
    EXPECT_EQ(outcome(s, "/user", who), "joined");
}

TEST_F(Connect, TheTokenMayComeInAHeaderOrACookie) {
    stage s;
    std::string token = stage::sign(stage::claims_of("uma", account_role::user));
    auto with = [&](std::string headers) { return outcome(s, "/user", "{}", from("", std::move(headers))); };
    EXPECT_EQ(with("Authorization: Bearer " + token + "\r\n"), "joined");
    EXPECT_EQ(with("Cookie: authenticationToken=" + token + "\r\n"), "joined");
    EXPECT_EQ(with("Host: a.example\r\nOrigin: https://b.example\r\nCookie: authenticationToken=" + token + "\r\n"),
              token_required);
}

TEST_F(Connect, AStoreThatIsAwayClosesTheTransportSoThatTheClientTriesAgain) {
    stage s;
    s.store.is_away = true;
    phone& p = s.connect("/user", stage::claims_of("uma", account_role::user));
    EXPECT_EQ(p.rest(), "");
    EXPECT_EQ(p.closed_for(), engineio::close_reason::forced_close);
}

TEST_F(Connect, AClientThatLeavesWhileItIsDecidedIsForgotten) {
    stage s;
    phone p{s.links->hub(0), "/user"};
    p.join(R"({"token":")" + stage::sign(stage::claims_of("uma", account_role::user)) + "\"}");
    p.drop();
    s.settle();
    EXPECT_EQ(p.rest(), "");
    EXPECT_EQ(s.links->hub(0).socket_count(), 0u);
}

TEST_F(Connect, AnExpiredTokenClosesTheSocketAfterTheLeeway) {
    stage s;
    auto who = stage::claims_of("uma", account_role::user);
    who.expires_at = s.clock.at.wall + 60s;
    phone& uma = stage::greeted(s.connect("/user", who));
    s.wait(64'999ms);
    EXPECT_EQ(uma.rest(), "");
    s.wait(2ms);
    EXPECT_EQ(uma.next("error"), R"({"message":"Invalid or expired token","code":"UNAUTHORIZED"})");
    EXPECT_TRUE(uma.was_disconnected());
}

TEST_F(Connect, ATokenThatExpiresDuringACallClosesTheSocketWhenTheCallEnds) {
    stage s{stage::unlimited(), 2};
    auto who = stage::claims_of("tess", account_role::telecaller);
    who.expires_at = s.clock.at.wall + 60s;
    phone &uma = s.user("uma", 0), &tess = stage::greeted(s.connect("/telecaller", who, 1));
    std::string id = s.talk(uma, tess);
    s.wait(66s);
    EXPECT_EQ(tess.rest(), "");
    tess.ask("call:end", stage::call(id));
    s.settle();
    EXPECT_EQ(text(tess.acknowledgement(), "callId"), id) << "the answer comes first";
    EXPECT_EQ(text(tess.next("error"), "message"), "Invalid or expired token");
    EXPECT_TRUE(tess.was_disconnected());
    stage::forget_presence(uma);
    EXPECT_EQ(text(uma.next("call:ended"), "reason"), "hangup");
}

TEST(AddressSubject, CountsIpv6ByItsNetwork) {
    EXPECT_EQ(address_subject("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(address_subject("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(address_subject("2001:db8:1:2:3:4:5:6"), address_subject("2001:db8:1:2::9"));
    EXPECT_NE(address_subject("2001:db8:1:2::1"), address_subject("2001:db8:1:3::1"));
    EXPECT_EQ(address_subject("fe80::1%eth0"), address_subject("fe80::2"));
    EXPECT_EQ(address_subject("unix"), "unix");
}

} // namespace
} // namespace ringback::gateway::testing
