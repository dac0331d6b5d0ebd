#include "socketio/arguments.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

using namespace ringback::socketio;

TEST(Arguments, AreValuesWithCommasBetween) {
    EXPECT_EQ(arguments(), "");
    EXPECT_EQ(arguments("maya", 3, true, nullptr), R"("maya",3,true,null)");
    EXPECT_EQ(arguments(std::string{"a"}, std::string_view{"b"}), R"("a","b")");
}

TEST(Arguments, EscapeWhatJsonWantsEscaped) { EXPECT_EQ(arguments("say \"hi\"\n"), R"("say \"hi\"\n")"); }

TEST(Arguments, KeepAnEmptyTextAndAFalseApart) { EXPECT_EQ(arguments("", false, 0), R"("",false,0)"); }

TEST(Arguments, WriteNumbersWithoutLoss) {
    EXPECT_EQ(arguments(std::numeric_limits<std::int64_t>::min(), std::uint64_t{18446744073709551615u}),
              "-9223372036854775808,18446744073709551615");
    EXPECT_EQ(arguments(0.1, -2.5e-300, 1e21), "0.1,-2.5e-300,1e+21");
    EXPECT_EQ(arguments(-std::numeric_limits<double>::max()).size(), 24u);
}

TEST(Arguments, HaveNullForWhatIsNoNumber) {
    EXPECT_EQ(arguments(std::numeric_limits<double>::infinity(), std::numeric_limits<float>::quiet_NaN()), "null,null");
}

TEST(Arguments, WriteRangesAsArrays) {
    EXPECT_EQ(arguments(std::vector<std::string>{"a", "b"}, std::vector<int>{}), R"(["a","b"],[])");
    EXPECT_EQ(arguments(std::vector<std::vector<bool>>{{true}, {}}), "[[true],[]]");
}

TEST(Arguments, PassJsonAsItIs) { EXPECT_EQ(arguments(json_text{R"({ "a": 1 })"}, 2), R"({ "a": 1 },2)"); }

TEST(Object, HasNamesAndValuesInTheirOrder) {
    EXPECT_EQ(object().text, "{}");
    EXPECT_EQ(arguments(object("b", 1, "a\"", object("c", std::vector{2}))), R"({"b":1,"a\"":{"c":[2]}})");
}
