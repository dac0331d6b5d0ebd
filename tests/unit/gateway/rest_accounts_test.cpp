// The routes of accounts and coins, and what a write does to who is connected.
#include "gateway/rest_body.hpp"
#include "rest_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ringback::gateway::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

std::string const suspended = R"({"message":"Account suspended. Please contact support.","code":"ACCOUNT_SUSPENDED"})";
std::string const not_approved =
    R"({"message":"Account not approved. Please wait for admin approval.","code":"NOT_APPROVED"})";

struct RestAccounts : ::testing::Test {
    explicit RestAccounts(gateway_config config = stage::unlimited(), std::uint32_t shards = 2)
        : s{std::move(config), shards} {}

    void write(std::string_view who, std::string body) {
        auto reply = rest.as_admin("PATCH", "/api/v1/accounts/" + std::string{who}, std::move(body));
        ASSERT_EQ(reply.status, 200u) << reply.body;
    }

    stage s;
    rest_client rest{s};
};

TEST(RestBody, OnlyTheFieldsOfAnAccountAreWritten) {
    auto patch =
        read_account_patch(R"({"role":"TELECALLER","name":null,"language":"hindi","about":null,"coins":99,"x":1,
                                        "accountStatus":"SUSPENDED","approvalStatus":"REJECTED"})");
    ASSERT_TRUE(patch);
    call::account_patch expected;
    expected.role = call::role::telecaller;
    expected.name.emplace(std::nullopt);
    expected.language = "hindi";
    expected.about = "";
    expected.status = call::account_status::suspended;
    expected.approval = call::approval_status::rejected;
    EXPECT_EQ(*patch, expected);
}

TEST(RestBody, WhatIsNotAllowedIsNamed) {
    for (auto [body, named] : {std::pair{R"({"role":"KING"})", "role"},
                               {R"({"role":null})", "role"},
                               {R"({"name":7})", "name"},
                               {R"({"name":"a\u0000b"})", "name"},
                               {R"({"language":[]})", "language"},
                               {R"({"accountStatus":"active"})", "accountStatus"},
                               {R"({"approvalStatus":"MAYBE"})", "approvalStatus"},
                               {R"([])", "object"},
                               {"", "object"},
                               {R"({"name":"\xff"})", "object"}}) {
        auto patch = read_account_patch(body);
        ASSERT_FALSE(patch) << body;
        EXPECT_THAT(patch.error(), HasSubstr(named));
    }
}

TEST(RestBody, AnAmountIsAWholeNumber) {
    EXPECT_EQ(read_coins(R"({"amount":-5,"reason":"refund"})")->amount, -5);
    EXPECT_EQ(read_coins(R"({"amount":5.0,"reason":null})")->amount, 5);
    EXPECT_EQ(read_coins(R"({"amount":9007199254740991})")->amount, 9'007'199'254'740'991);
    for (char const* body : {R"({"amount":0.5})", R"({"amount":"5"})", R"({})", R"({"amount":1e300})",
                             R"({"amount":18446744073709551615})", R"({"amount":1,"reason":7})"})
        EXPECT_FALSE(read_coins(body)) << body;
}

TEST_F(RestAccounts, AnAccountIsCreatedAndShown) {
    auto reply =
        rest.as_admin("PUT", "/api/v1/accounts/tess%2F1", R"({"role":"TELECALLER","name":"Tess","language":"hindi"})");
    ASSERT_EQ(reply.status, 200u);
    EXPECT_EQ(text(reply.body, "_id"), "tess/1");
    EXPECT_EQ(text(reply.body, "approvalStatus"), "APPROVED");
    EXPECT_EQ(member(reply.body, "profile"), "null");
    EXPECT_EQ(rest.as_admin("GET", "/api/v1/accounts/tess%2F1").body, reply.body);
}

TEST_F(RestAccounts, APatchCreatesNothing) {
    auto reply = rest.as_admin("PATCH", "/api/v1/accounts/ghost", R"({"name":"Boo"})");
    EXPECT_EQ(reply.status, 404u);
    EXPECT_EQ(text(reply.body, "code"), "ACCOUNT_NOT_FOUND");
    EXPECT_EQ(rest.as_admin("GET", "/api/v1/accounts/ghost").status, 404u);
}

TEST_F(RestAccounts, AnIdThatIsNoneIsRefused) {
    EXPECT_EQ(rest.as_admin("PUT", "/api/v1/accounts/a%20b", "{}").status, 400u);
    EXPECT_EQ(rest.as_admin("GET", "/api/v1/accounts/a%20b").status, 404u);
}

TEST_F(RestAccounts, CoinsNeedAKey) {
    rest.as_admin("PUT", "/api/v1/accounts/ann", "{}");
    auto reply = rest.as_admin("POST", "/api/v1/accounts/ann/coins", R"({"amount":5})");
    EXPECT_EQ(reply.status, 400u);
    EXPECT_THAT(reply.body, HasSubstr("Idempotency-Key"));
    EXPECT_TRUE(s.store.movements.empty());
    reply = rest.as_admin("POST", "/api/v1/accounts/ann/coins", R"({"amount":5,"reason":"a gift"})",
                          "Idempotency-Key: k1\r\n");
    ASSERT_EQ(reply.status, 200u);
    EXPECT_EQ(member(reply.body, "coins"), "5");
    EXPECT_EQ(s.store.movements.at(0).key, "k1");
    EXPECT_EQ(s.store.movements.at(0).reason, "a gift");
    EXPECT_EQ(rest.as_admin("POST", "/api/v1/accounts/ghost/coins", R"({"amount":5})", "Idempotency-Key: k\r\n").status,
              404u);
}

TEST_F(RestAccounts, WhatAnAdminWroteIsSeenAtTheNextEventOnEveryShard) {
    phone& user = s.user("uma", 1);
    phone& telecaller = s.telecaller("tess", 0);
    stage::forget_presence(user);
    write("tess", R"({"name":"Theresa"})");
    write("uma", R"({"name":"Ursula"})");
    user.emit("call:initiate", R"({"telecallerId":"tess","callType":"AUDIO"})");
    s.settle();
    EXPECT_EQ(text(member(telecaller.next("call:incoming"), "caller"), "name"), "Ursula");
    EXPECT_EQ(text(member(user.next("call:ringing"), "telecaller"), "name"), "Theresa");
}

TEST_F(RestAccounts, SuspendingClosesEverySocketOfTheAccountAndNoOther) {
    phone& one = s.user("uma", 0);
    phone& two = s.user("uma", 1);
    phone& other = s.user("ulf", 1);
    write("uma", R"({"accountStatus":"SUSPENDED"})");
    for (phone* p : {&one, &two}) {
        EXPECT_EQ(p->next("error"), suspended) << p->rest();
        EXPECT_TRUE(p->was_disconnected());
    }
    EXPECT_EQ(other.rest(), "");
    phone& back = s.connect("/user", stage::claims_of("uma", auth::account_role::user));
    EXPECT_THAT(back.connect_error(), HasSubstr("ACCOUNT_SUSPENDED"));
}

TEST_F(RestAccounts, SuspendingEndsTheCallForBothAndSaysWhy) {
    for (bool is_caller : {true, false}) {
        phone& user = s.user(is_caller ? "u1" : "u2", 0);
        phone& telecaller = s.telecaller(is_caller ? "t1" : "t2", 1);
        stage::forget_presence(user);
        std::string id = s.ring(user, telecaller, is_caller ? "t1" : "t2");
        telecaller.emit("call:accept", stage::call(id));
        s.settle();
        telecaller.next("call:accepted");
        stage::forget_presence(user);
        user.next("call:accepted");
        stage::forget_presence(user);
        write(is_caller ? "u1" : "t2", R"({"accountStatus":"SUSPENDED"})");
        stage::forget_presence(user);
        EXPECT_EQ(text(telecaller.next("call:ended"), "reason"), "account_suspended") << telecaller.rest();
        EXPECT_EQ(text(user.next("call:ended"), "reason"), "account_suspended") << user.rest();
        phone& gone = is_caller ? user : telecaller;
        stage::forget_presence(gone);
        EXPECT_EQ(gone.next("error"), suspended) << gone.rest();
        EXPECT_TRUE(gone.was_disconnected());
        EXPECT_FALSE((is_caller ? telecaller : user).was_disconnected());
    }
}

TEST_F(RestAccounts, SuspendingAnAccountThatRingsMakesTheCallMissed) {
    phone& user = s.user("uma", 0);
    phone& telecaller = s.telecaller("tess", 1);
    stage::forget_presence(user);
    s.ring(user, telecaller);
    write("uma", R"({"accountStatus":"SUSPENDED"})");
    EXPECT_EQ(text(telecaller.next("call:cancelled"), "reason"), "account_suspended");
    EXPECT_EQ(text(user.next("call:missed"), "reason"), "account_suspended");
    EXPECT_EQ(user.next("error"), suspended);
}

TEST_F(RestAccounts, ARevokedApprovalClosesATelecallerWithoutACallAtOnce) {
    phone& telecaller = s.telecaller("tess", 1);
    write("tess", R"({"approvalStatus":"REJECTED"})");
    EXPECT_EQ(telecaller.next("error"), not_approved);
    EXPECT_TRUE(telecaller.was_disconnected());
}

TEST_F(RestAccounts, ARevokedApprovalLetsACallGoOnToItsEnd) {
    phone& user = s.user("uma", 0);
    phone& telecaller = s.telecaller("tess", 1);
    stage::forget_presence(user);
    std::string id = s.talk(user, telecaller);
    write("tess", R"({"approvalStatus":"PENDING"})");
    EXPECT_EQ(telecaller.rest(), "");
    user.emit("call:end", stage::call(id));
    s.settle();
    EXPECT_EQ(text(telecaller.next("call:ended"), "reason"), "hangup");
    EXPECT_EQ(telecaller.next("error"), not_approved) << telecaller.rest();
    EXPECT_TRUE(telecaller.was_disconnected());
}

TEST_F(RestAccounts, AnApprovalThatIsGivenBackDuringTheCallClosesNobody) {
    phone& user = s.user("uma", 0);
    phone& telecaller = s.telecaller("tess", 1);
    stage::forget_presence(user);
    std::string id = s.talk(user, telecaller);
    write("tess", R"({"approvalStatus":"PENDING"})");
    write("tess", R"({"approvalStatus":"APPROVED"})");
    user.emit("call:end", stage::call(id));
    s.settle();
    telecaller.next("call:ended");
    EXPECT_EQ(telecaller.rest(), "");
}

TEST_F(RestAccounts, ARoleThatDoesNotFitTheNamespaceAnyMoreClosesTheSocket) {
    phone& user = s.user("uma", 1);
    write("uma", R"({"role":"TELECALLER"})");
    EXPECT_EQ(user.next("error"), R"({"message":"Access denied","code":"ACCESS_DENIED"})");
    EXPECT_TRUE(user.was_disconnected());
}

struct RestPrepaid : RestAccounts {
    RestPrepaid() : RestAccounts{prepaid(), 2} {}
    static gateway_config prepaid() {
        auto config = stage::unlimited();
        config.billing = billing_mode::prepaid;
        return config;
    }
    void top_up(std::string amount) {
        auto reply = rest.as_admin("POST", "/api/v1/accounts/uma/coins", R"({"amount":)" + amount + "}",
                                   "Idempotency-Key: k" + std::to_string(++keys) + "\r\n");
        ASSERT_EQ(reply.status, 200u);
    }
    int keys = 0;
};

TEST_F(RestPrepaid, ATopUpDuringACallExtendsIt) {
    phone& user = s.user("uma", 1);
    phone& telecaller = s.telecaller("tess", 0);
    stage::forget_presence(user);
    top_up("30"); // 15 s at 2 coins
    s.talk(user, telecaller);
    s.wait(10s);
    top_up("10");
    s.wait(9s);
    stage::forget_presence(user);
    EXPECT_EQ(user.next("call:ended"), "") << "19 s";
    s.wait(2s);
    stage::forget_presence(user);
    std::string ended = user.next("call:ended");
    EXPECT_EQ(text(ended, "reason"), "coins_exhausted");
    EXPECT_EQ(member(ended, "durationInSeconds"), "20");
    EXPECT_EQ(member(ended, "coinsSpent"), "40");
}

TEST_F(RestPrepaid, CoinsThatAreTakenAwayShortenACall) {
    phone& user = s.user("uma", 1);
    phone& telecaller = s.telecaller("tess", 0);
    stage::forget_presence(user);
    top_up("60");
    s.talk(user, telecaller);
    s.wait(5s);
    top_up("-40"); // 10 s are left of it
    s.wait(6s);
    stage::forget_presence(user);
    EXPECT_EQ(member(user.next("call:ended"), "durationInSeconds"), "10");
}

} // namespace
} // namespace ringback::gateway::testing
