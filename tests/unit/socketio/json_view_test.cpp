#include "socketio/json_scan.hpp"
#include "socketio/json_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace ringback::socketio;
using testing::ElementsAre;

namespace {

std::vector<std::string_view> items(json_array_view view) {
    std::vector<std::string_view> all;
    for (auto raw : view)
        all.push_back(raw);
    return all;
}

std::vector<json_member> members(std::string_view raw) {
    std::vector<json_member> all;
    for (auto member : json_object_view{raw})
        all.push_back(member);
    return all;
}

} // namespace

static_assert(std::input_iterator<json_array_view::iterator>);
static_assert(std::input_iterator<json_object_view::iterator>);

TEST(JsonArrayView, ShowsEachItemAsItIsWritten) {
    EXPECT_THAT(items(json_array_view{R"([1, "a,]" ,{"b":[2]},[ ],null , -1e5])"}),
                ElementsAre("1", R"("a,]")", R"({"b":[2]})", "[ ]", "null", "-1e5"));
    EXPECT_THAT(items(json_array_view::of_items(R"("x" , [1,2])")), ElementsAre(R"("x")", "[1,2]"));
}

TEST(JsonArrayView, IsEmptyForAnEmptyArrayAndForOtherKinds) {
    for (auto raw : {"[]", "[ \n]", "", "[", "{}", R"({"a":1})", "7", R"("[1]")", "null"})
        EXPECT_TRUE(items(json_array_view{raw}).empty()) << raw;
    EXPECT_TRUE(items(json_array_view::of_items("")).empty());
    EXPECT_TRUE(items(json_array_view{}).empty());
}

TEST(JsonArrayView, FindsAnItemByItsIndex) {
    json_array_view view{R"(["a", 2])"};
    EXPECT_EQ(view.item(0), R"("a")");
    EXPECT_EQ(view.item(1), "2");
    EXPECT_TRUE(view.item(2).empty());
}

TEST(JsonObjectView, ShowsEachMemberAsItIsWritten) {
    EXPECT_THAT(members(R"({ "a" : 1 ,"\u0062":{"c":[]}, "":"" , "a":null})"),
                ElementsAre(json_member{R"("a")", "1"}, json_member{R"("\u0062")", R"({"c":[]})"},
                            json_member{R"("")", R"("")"}, json_member{R"("a")", "null"}));
}

TEST(JsonObjectView, IsEmptyForAnEmptyObjectAndForOtherKinds) {
    for (auto raw : {"{}", "{ }", "", "{", "[]", R"(["a"])", "7", "null"})
        EXPECT_TRUE(members(raw).empty()) << raw;
}

TEST(JsonObjectView, LetsAMemberBeCutOutOfTheTextByItsPosition) {
    std::string text = R"({"sdp":"v=0", "from" : "mallory" , "n":1.50})";
    std::string kept;
    for (auto [key, value] : json_object_view{text}) {
        if (key_equals(key, "from")) continue;
        if (!kept.empty()) kept += ',';
        kept.append(key.data(), value.data() + value.size());
    }
    EXPECT_EQ(kept, R"("sdp":"v=0","n":1.50)");
}

TEST(JsonViews, StayInsideTextThatIsNotJson) {
    for (std::string_view text : {R"(["a)", R"([\])", "[[[", "[,,]", "[]]]", "{\"a}", "{\"a\"}", "{a:b,}", "{:}", "{,}",
                                  R"({"\)", "[\"\\\"]"}) {
        for (auto raw : json_array_view{text})
            EXPECT_TRUE(raw.data() >= text.data() && raw.data() + raw.size() <= text.data() + text.size()) << text;
        for (auto [key, value] : json_object_view{text})
            EXPECT_TRUE(key.data() >= text.data() && value.data() + value.size() <= text.data() + text.size()) << text;
    }
}

TEST(KeyEquals, ComparesWhatTheKeyDecodesTo) {
    EXPECT_TRUE(key_equals(R"("from")", "from"));
    EXPECT_TRUE(key_equals(R"("\u0066rom")", "from"));
    EXPECT_TRUE(key_equals(R"("\u0066\u0072\u006F\u006d")", "from"));
    EXPECT_TRUE(key_equals(R"("a\/b")", "a/b"));
    EXPECT_TRUE(key_equals(R"("")", ""));
    EXPECT_FALSE(key_equals(R"("From")", "from"));
    EXPECT_FALSE(key_equals(R"("from ")", "from"));
    EXPECT_FALSE(key_equals(R"("fro")", "from"));
    EXPECT_FALSE(key_equals(R"("\n")", R"(\n)")) << "the key is a line feed, the name a backslash and an n";
    EXPECT_FALSE(key_equals("", ""));
}

TEST(FindMember, AnswersTheLastOfSeveralAsJavaScriptDoes) {
    EXPECT_EQ(find_member(R"({"callId":"a","x":{"callId":"b"},"\u0063allId":"c"})", "callId"), R"("c")");
    EXPECT_EQ(find_member(R"({"callId": 1 ,"x":2})", "callId"), "1");
}

TEST(FindMember, AnswersNothingWhereThereIsNoSuchMember) {
    for (auto raw : {R"({"x":{"callId":"b"}})", "{}", R"(["callId"])", R"("callId")", "7", "null", ""})
        EXPECT_FALSE(find_member(raw, "callId")) << raw;
}
