#include "base/base64.hpp"
#include "store/sql/cursor.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace ringback::store {

using namespace std::chrono_literals;

TEST(Cursor, TellsThePlaceItWasMadeFor) {
    auto call = call_position_of(cursor_of(call_position{wall_time{1'800'000'000'123ms}, 42})).value();
    EXPECT_EQ(call.created_at, wall_time{1'800'000'000'123ms});
    EXPECT_EQ(call.number, 42);

    auto account = account_position_of(cursor_of(account_position{wall_time{5ms}, "a.b:c"})).value();
    EXPECT_EQ(account.created_at, wall_time{5ms});
    EXPECT_EQ(account.id, "a.b:c");
}

TEST(Cursor, IsATextThatAnUrlTakesAsItIs) {
    auto const text = cursor_of(account_position{wall_time{5ms}, "~~~<>>>"});
    EXPECT_EQ(text.find_first_of("+/=&?# "), std::string::npos);
}

TEST(Cursor, OfTheOtherListIsNotRead) {
    EXPECT_FALSE(account_position_of(cursor_of(call_position{wall_time{5ms}, 42})));
    EXPECT_FALSE(call_position_of(cursor_of(account_position{wall_time{5ms}, "42"})));
}

TEST(Cursor, WhatNobodyMadeIsNotRead) {
    for (std::string_view text : {"", "c", "c1", "c1.", "c.1", "c1.x", "c1.2x", "cx.2", "c1.99999999999999999999"})
        EXPECT_FALSE(call_position_of(base64url_encode(text))) << text;
    for (std::string_view text : {"", "a", "a1", "a1.", "a.x", "a1.with blank"})
        EXPECT_FALSE(account_position_of(base64url_encode(text))) << text;
    EXPECT_FALSE(call_position_of("%%%"));
}

} // namespace ringback::store
