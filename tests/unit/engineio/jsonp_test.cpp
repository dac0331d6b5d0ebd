#include "engineio/jsonp.hpp"

#include <gtest/gtest.h>

namespace ringback::engineio {
namespace {

TEST(Jsonp, AScriptCallsTheWaitingFunctionWithThePayload) {
    EXPECT_EQ(jsonp_script("7", R"(42["a\n",'b'])"), R"(___eio[7]("42[\"a\\n\",'b']");)");
    EXPECT_EQ(jsonp_script("", "6"), R"(___eio[]("6");)");
}

TEST(Jsonp, SeparatorsThatOldScriptsTakeForLineEndsAreEscaped) {
    EXPECT_EQ(jsonp_script("0", "4a\u2028b\u2029c\u2027\u20AC"), "___eio[0](\"4a\\u2028b\\u2029c\u2027\u20AC\");");
    EXPECT_EQ(jsonp_script("0", "4\xE2\x80"), "___eio[0](\"4\xE2\x80\");") << "cut text passes as it is";
}

TEST(Jsonp, AFormHoldsThePayloadInItsField) {
    EXPECT_EQ(jsonp_payload("d=4hello+you%21"), "4hello you!");
    EXPECT_EQ(jsonp_payload("x=1&d=3%3A4%C3%A9a"), "3:4éa");
    EXPECT_EQ(jsonp_payload("e=4a"), "");
    EXPECT_EQ(jsonp_payload(""), "");
}

TEST(Jsonp, LineBreaksAreWrittenAsEscapes) {
    EXPECT_EQ(jsonp_payload(R"(d=4a\nb)"), "4a\nb");
    EXPECT_EQ(jsonp_payload(R"(d=4a\\nb)"), R"(4a\nb)");
    EXPECT_EQ(jsonp_payload(R"(d=4\a\)"), R"(4\a\)");
}

} // namespace
} // namespace ringback::engineio
