#include "auth/turn_credentials.hpp"

#include <gtest/gtest.h>

using namespace ringback;
using namespace ringback::auth;

TEST(TurnCredentials, NameTheExpiryAndSignIt) {
    auto account = account_id::parse("507f1f77bcf86cd799439031").value();
    auto c = make_turn_credentials(secret{"turn-shared-secret"}, account,
                                   wall_time{std::chrono::milliseconds{1'790'003'600'999}});
    EXPECT_EQ(c.username, "1790003600:507f1f77bcf86cd799439031");
    EXPECT_EQ(c.credential, "K6FwUp4AnTBMBEWJ7cCISEhtj38="); // by Python's hmac
}
