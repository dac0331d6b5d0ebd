#include "socketio/json_value.hpp"

#include <gtest/gtest.h>

#include <limits>

using namespace ringback::socketio;

TEST(JsonValue, KnowsTheKindByTheFirstCharacter) {
    EXPECT_EQ(kind_of(""), json_kind::absent);
    EXPECT_EQ(kind_of("{}"), json_kind::object);
    EXPECT_EQ(kind_of("[]"), json_kind::array);
    EXPECT_EQ(kind_of(R"("a")"), json_kind::string);
    EXPECT_EQ(kind_of("-1"), json_kind::number);
    EXPECT_EQ(kind_of("1e400"), json_kind::number);
    EXPECT_EQ(kind_of("true"), json_kind::boolean);
    EXPECT_EQ(kind_of("false"), json_kind::boolean);
    EXPECT_EQ(kind_of("null"), json_kind::null);
}

TEST(JsonValue, ShowsAStringWithoutEscapesInPlace) {
    std::string_view raw = R"("507f1f77bcf86cd799439011")";
    auto plain = plain_string(raw);
    ASSERT_TRUE(plain);
    EXPECT_EQ(*plain, "507f1f77bcf86cd799439011");
    EXPECT_EQ(plain->data(), raw.data() + 1);
    EXPECT_EQ(plain_string(R"("")"), "");
    for (auto other : {R"("a\nb")", R"("\u0041")", "7", "", "\"", R"("a"b")", "\"a\nb\""})
        EXPECT_FALSE(plain_string(other)) << other;
}

TEST(JsonValue, DecodesEscapesToUtf8) {
    struct {
        char const* raw;
        std::string_view text;
    } const rows[] = {{R"("")", ""},
                      {R"("plain")", "plain"},
                      {R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
                      {R"("a\u0041b")", "aAb"},
                      {R"("\u0000")", {"\0", 1}},
                      {R"("\u00e9\u20AC")", "\xc3\xa9\xe2\x82\xac"},
                      {R"("\ud83d\udcde!")", "\xf0\x9f\x93\x9e!"},
                      {"\"h\xc3\xa9\"", "h\xc3\xa9"},
                      {R"("\udbff\udfff")", "\xf4\x8f\xbf\xbf"},
                      {R"("\uffff")", "\xef\xbf\xbf"}};
    for (auto [raw, text] : rows)
        EXPECT_EQ(string_value(raw), text) << raw;
}

TEST(JsonValue, PutsTheReplacementCharacterForALoneSurrogate) {
    EXPECT_EQ(string_value(R"("\uD800")"), "\xef\xbf\xbd");
    EXPECT_EQ(string_value(R"("\ud800x")"), "\xef\xbf\xbdx");
    EXPECT_EQ(string_value(R"("\udc00\ud800")"), "\xef\xbf\xbd\xef\xbf\xbd");
    EXPECT_EQ(string_value(R"("\ud800\u0041")"), "\xef\xbf\xbd\x41");
    EXPECT_EQ(string_value(R"("\ud800\n")"), "\xef\xbf\xbd\n");
    EXPECT_EQ(string_value(R"("\ud800\ud83d\udcde")"), "\xef\xbf\xbd\xf0\x9f\x93\x9e");
}

TEST(JsonValue, RefusesStringsThatAreNone) {
    for (auto raw : {"", "\"", "7", "null", "\"a", "a\"", "\"a\x01\"", R"("\x")", R"("\u12")", R"("\u12G4")",
                     R"("\u+123")", R"("\")", R"("a"b")"})
        EXPECT_FALSE(string_value(raw)) << raw;
}

TEST(JsonValue, ReadsIntegersAsJavaScriptWould) {
    struct {
        char const* raw;
        std::int64_t value;
    } const rows[] = {{"0", 0},
                      {"-0", 0},
                      {"7", 7},
                      {"-7", -7},
                      {"1.0", 1},
                      {"-0.0", 0},
                      {"1e3", 1000},
                      {"1.5E1", 15},
                      {"1200e-2", 12},
                      {"9007199254740991.0", 9'007'199'254'740'991},
                      {"9223372036854775807", std::numeric_limits<std::int64_t>::max()},
                      {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()}};
    for (auto [raw, value] : rows)
        EXPECT_EQ(integer_value(raw), value) << raw;
}

TEST(JsonValue, RefusesNumbersThatAreNoIntegerOrTooGreat) {
    for (auto raw :
         {"0.5", "1e-1", "1e400", "-1e400", "1e19", "9007199254740992.0", "9223372036854775808", "-9223372036854775809",
          "123456789012345678901234567890", R"("7")", "true", "null", "{}", "", "-", "inf", "infinity"})
        EXPECT_FALSE(integer_value(raw)) << raw;
}

TEST(JsonValue, ReadsBooleans) {
    EXPECT_EQ(bool_value("true"), true);
    EXPECT_EQ(bool_value("false"), false);
    for (auto raw : {"", "null", "1", R"("true")"})
        EXPECT_FALSE(bool_value(raw)) << raw;
}
