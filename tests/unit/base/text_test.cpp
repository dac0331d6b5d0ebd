#include "base/base64.hpp"
#include "base/clock.hpp"
#include "base/json_text.hpp"

#include <gtest/gtest.h>

using namespace ringback;

TEST(Base64, FollowsTheVectorsOfRfc4648) {
    char const* vectors[][2] = {{"", ""},
                                {"f", "Zg=="},
                                {"fo", "Zm8="},
                                {"foo", "Zm9v"},
                                {"foob", "Zm9vYg=="},
                                {"fooba", "Zm9vYmE="},
                                {"foobar", "Zm9vYmFy"}};
    for (auto [plain, text] : vectors) {
        EXPECT_EQ(base64_encode(plain), text);
        EXPECT_EQ(base64_decode(text), plain);
    }
    EXPECT_EQ(base64url_encode("\xff\xfe\xfd"), "__79");
    EXPECT_EQ(base64url_decode("__79"), "\xff\xfe\xfd");
}

TEST(Base64, RefusesWhatIsNotBase64) {
    for (auto text : {"Z", "Zg=", "Zg===", "Z*==", "====", "Zg==Zg=="})
        EXPECT_FALSE(base64_decode(text)) << text;
    EXPECT_EQ(base64_decode("Zg"), "f"); // browsers' own encoders leave the padding out
}

TEST(JsonText, EscapesWhatJsonForbidsAndNothingElse) {
    EXPECT_EQ(json_string("a\"b\\c\n\x01"), R"("a\"b\\c\n\u0001")");
    EXPECT_EQ(json_string("h\xc3\xa9 \xf0\x9f\x93\x9e"), "\"h\xc3\xa9 \xf0\x9f\x93\x9e\"");
}

TEST(Iso8601, HasMillisecondsAndZ) {
    EXPECT_EQ(iso8601(wall_time{std::chrono::milliseconds{1'763'640'000'007}}), "2025-11-20T12:00:00.007Z");
}
