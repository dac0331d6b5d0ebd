#include "json_checker.hpp"
#include "socketio/json_scan.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

using namespace ringback::socketio;

namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

// Random text that is JSON or nearly so.
class json_maker {
public:
    explicit json_maker(unsigned seed) : random_{seed} {}

    std::string text() {
        std::string made = value(0);
        for (auto mistakes = below(3); mistakes > 0 && !made.empty(); --mistakes)
            mutate(made);
        return made;
    }

    std::string value(unsigned depth) {
        switch (below(depth > 5 ? 6 : 9)) {
        case 0: return pick({"0", "-0", "1.0", "1e400", "-12.5E-3", "01", "1.", ".5", "-", "+1", "1e", "0x1"});
        case 1: return pick({"true", "false", "null", "nul", "True", "NaN"});
        case 2: return "";
        case 3:
        case 4:
        case 5: return string();
        case 6: return list('[', ']', depth, false);
        default: return list('{', '}', depth, true);
        }
    }

private:
    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(random_); }
    std::string pick(std::initializer_list<char const*> from) { return from.begin()[below(from.size())]; }

    std::string string() {
        std::string made = "\"";
        for (auto n = below(20); n > 0; --n)
            made += pick({"a", "b", "\xc3\xa9", "\\\"", "\\\\", "\\u00e9", "\\ud800", "\\n", " ", "from", "[", "}"});
        return made + '"';
    }

    std::string list(char opening, char closing, unsigned depth, bool named) {
        std::string made{opening};
        for (auto n = below(4), i = n; i > 0; --i) {
            if (i != n) made += ',';
            made += pick({"", "", " ", "\n\t\r "});
            if (named) made += string() + pick({":", ": ", " :"});
            made += value(depth + 1) + pick({"", " "});
        }
        return made + closing;
    }

    void mutate(std::string& text) {
        static constexpr std::string_view letters = "{}[]\",:\\ 0-eu\x01t.";
        auto at = below(text.size());
        switch (below(3)) {
        case 0: text.erase(at, 1); break;
        case 1: text.insert(at, 1, letters[below(letters.size())]); break;
        default: text[at] = letters[below(letters.size())];
        }
    }

    std::mt19937 random_;
};

} // namespace

TEST(JsonScan, AcceptsWhatRfc8259Allows) {
    for (auto text : {"null",
                      "true",
                      "false",
                      "0",
                      "-0",
                      "1.0",
                      "1e400",
                      "-1.5E+10",
                      "1E-2",
                      "123456789012345678901234567890",
                      R"("")",
                      R"("\"\\\/\b\f\n\r\t\u0041")",
                      R"("\ud83d\ude00")",
                      R"("\uD800")",
                      R"("\udc00\ud800x")",
                      "\"h\xc3\xa9 \xf0\x9f\x93\x9e\x7f\"",
                      "[]",
                      "{}",
                      " [ ] ",
                      "\t{\n}\r ",
                      "[1,2 , 3]",
                      R"({"a":1,"a":2})",
                      R"({"":{"":[{}]}})",
                      R"( { "a" : [ null , { "b" : "c" } ] } )"})
        EXPECT_TRUE(check_json(text)) << text;
}

TEST(JsonScan, RefusesWhatRfc8259Forbids) {
    for (std::string_view text : {"",
                                  " ",
                                  "nul",
                                  "nulll",
                                  "True",
                                  "undefined",
                                  "NaN",
                                  "Infinity",
                                  "-",
                                  "+1",
                                  "01",
                                  "-01",
                                  "1.",
                                  ".5",
                                  "1.e3",
                                  "1e",
                                  "1e+",
                                  "0x10",
                                  "1 2",
                                  "\"",
                                  "\"abc",
                                  "'a'",
                                  R"("\x41")",
                                  R"("\u12")",
                                  R"("\u12g4")",
                                  R"("\)",
                                  R"("\")",
                                  "\"tab\there\"",
                                  "\"line\nend, long enough for a whole word\"",
                                  "[",
                                  "]",
                                  "[1",
                                  "[1,",
                                  "[1,]",
                                  "[,1]",
                                  "[1 2]",
                                  "[1}",
                                  "[[]",
                                  "[]]",
                                  "{",
                                  "{]",
                                  R"({"a"})",
                                  R"({"a":})",
                                  R"({"a":1,})",
                                  R"({,"a":1})",
                                  R"({a:1})",
                                  R"({1:1})",
                                  R"({"a":1 "b":2})",
                                  R"({"a":1}x)",
                                  R"({"a"::1})",
                                  "[]//",
                                  "\xef\xbb\xbf[]",
                                  "\x0b[]"}) {
        auto checked = check_json(text);
        ASSERT_FALSE(checked) << text;
        EXPECT_EQ(checked.error(), errc::bad_json) << text;
    }
    EXPECT_FALSE(check_json(std::string_view{"\"a\0b\"", 5}));
    EXPECT_FALSE(check_json(std::string_view{"[]\0", 3}));
}

TEST(JsonScan, FindsASpecialByteAtEveryPlaceInAString) {
    for (std::size_t before = 0; before < 20; ++before) {
        for (std::size_t after = 0; after < 20; ++after) {
            std::string left(before, 'a'), right(after, '\xff');
            EXPECT_EQ(end_of_plain_run(left + '"' + right, 0), before);
            EXPECT_EQ(end_of_plain_run(left + '\\' + right, 0), before);
            EXPECT_EQ(end_of_plain_run(left + '\x1f' + right, 0), before);
            EXPECT_EQ(end_of_plain_run(left + "\x20\x21\x23\x5b\x5d\x80" + right, 0), before + 6 + after);
        }
    }
}

TEST(JsonScan, CountsOpenContainersAgainstTheLimit) {
    EXPECT_TRUE(check_json(nested(64)));
    EXPECT_EQ(check_json(nested(65)).error(), errc::too_deep);
    EXPECT_TRUE(check_json("1", 0));
    EXPECT_EQ(check_json("[]", 0).error(), errc::too_deep);
    EXPECT_TRUE(check_json(R"([{"a":[]},{"b":[]}])", 3));
    EXPECT_EQ(check_json(R"([{"a":[]},{"b":[{}]}])", 3).error(), errc::too_deep);
    EXPECT_TRUE(check_json(nested(max_json_depth), 100'000));
    EXPECT_EQ(check_json(nested(max_json_depth + 1), 100'000).error(), errc::too_deep);
    EXPECT_EQ(check_json(std::string(1'000'000, '['), 100'000).error(), errc::too_deep);
}

TEST(JsonScan, TellsTheExactEndOfAValueInsideOtherText) {
    std::string text = R"(x[1, {"a]":"}"}] ,"b" ,-1.5e2,true])";
    struct {
        std::size_t first;
        std::string_view value;
    } const rows[] = {{1, R"([1, {"a]":"}"}])"}, {5, R"({"a]":"}"})"}, {18, R"("b")"}, {23, "-1.5e2"}, {30, "true"}};
    for (auto [first, value] : rows) {
        ASSERT_TRUE(skip_value(text, first)) << value;
        EXPECT_EQ(text.substr(first, *skip_value(text, first) - first), value);
        EXPECT_EQ(end_of_value(text, first), *skip_value(text, first)) << value;
    }
    EXPECT_FALSE(skip_value(text, 17)) << "whitespace is no value";
    EXPECT_FALSE(skip_value(text, text.size()));
    EXPECT_EQ(end_of_value(text, text.size()), text.size());
}

TEST(JsonScan, AgreesWithAPlainGrammarOnRandomText) {
    json_maker maker{20'261'120};
    int accepted = 0;
    for (int i = 0; i < 10'000; ++i) {
        auto text = maker.text();
        for (std::size_t depth : {64, 2}) {
            bool valid = json_checker::accepts(text, depth);
            ASSERT_EQ(check_json(text, depth).has_value(), valid) << text << " at depth " << depth;
        }
        accepted += check_json(text).has_value();
    }
    EXPECT_GT(accepted, 1'000);
    EXPECT_LT(accepted, 9'000);
}
