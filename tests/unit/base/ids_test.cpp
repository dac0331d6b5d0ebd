#include "base/ids.hpp"
#include "base/object_id.hpp"

#include <gtest/gtest.h>

using namespace ringback;

TEST(AccountId, TakesPrintableAsciiWithoutSpaces) {
    EXPECT_EQ(account_id::parse("507f1f77bcf86cd799439031")->text(), "507f1f77bcf86cd799439031");
    EXPECT_TRUE(account_id::parse(std::string(128, 'x')));
    EXPECT_FALSE(account_id::parse(""));
    EXPECT_FALSE(account_id::parse(std::string(129, 'x')));
    EXPECT_FALSE(account_id::parse("a b"));
    EXPECT_FALSE(account_id::parse("caf\xc3\xa9"));
    EXPECT_FALSE(account_id::parse(std::string_view{"a\0b", 3}));
}

TEST(CallId, IsTwentyFourLowerCaseHexDigits) {
    auto id = call_id::parse("507f1f77bcf86cd799439081");
    ASSERT_TRUE(id);
    EXPECT_EQ(id->text(), "507f1f77bcf86cd799439081");
    EXPECT_FALSE(call_id::parse("507f1f77bcf86cd79943908"));
    EXPECT_FALSE(call_id::parse("507F1F77BCF86CD799439081"));
    EXPECT_FALSE(call_id::parse("507f1f77bcf86cd79943908g"));
    EXPECT_TRUE(call_id{}.is_null());
}

TEST(ObjectId, BeginsWithTheSecondsAndCountsUp) {
    object_id_generator ids;
    wall_time at{std::chrono::seconds{0x507f1f77}};
    call_id a = ids.next(at), b = ids.next(at);
    EXPECT_EQ(a.text().substr(0, 8), "507f1f77");
    EXPECT_EQ(a.text().substr(8, 10), b.text().substr(8, 10));
    EXPECT_NE(a, b);
}
