#include "base/log_line.hpp"

#include <gtest/gtest.h>

#include <string>

using ringback::log_line;
using ringback::log_members;

TEST(LogLine, IsOneLineOfNamesAndValues) {
    log_line line{"ACCEPTED"};
    line.text("call", "507f1f77bcf86cd799439081").number("seconds", -3).milliseconds("ms", 0.6549);
    EXPECT_EQ(line.str(), "event=ACCEPTED call=507f1f77bcf86cd799439081 seconds=-3 ms=0.65");
    EXPECT_EQ(log_members(line.str()),
              R"("event":"ACCEPTED","call":"507f1f77bcf86cd799439081","seconds":-3,"ms":0.65)");
}

// Account ids are any printable characters: none of them may forge a field, or change its type.
TEST(LogLine, KeepsEveryTextApartFromWhatFollows) {
    for (std::string text :
         {"", "a b", "a=b", "\"", "\\", "\\\"", "12", "1e5", "-0.5", "inf", "nan", "x\ny", "0x1", "é"}) {
        auto line = log_line{"X"}.text("who", text).number("n", 1);
        std::string members = log_members(line.str());
        EXPECT_EQ(members.find("\"event\":\"X\",\"who\":\""), 0u) << members;
        EXPECT_TRUE(members.ends_with("\",\"n\":1")) << members;
        EXPECT_EQ(line.str().find('\n'), std::string::npos);
    }
    EXPECT_EQ(log_members(log_line{"X"}.text("who", "12").str()), R"("event":"X","who":"12")");
    EXPECT_EQ(log_members(log_line{"X"}.text("who", "a\" n=7").str()), R"("event":"X","who":"a\" n=7")");
}

TEST(LogLine, OtherMessagesAreOneText) {
    EXPECT_EQ(log_members("store: \"available\" again=1"), R"("message":"store: \"available\" again=1")");
    EXPECT_EQ(log_members(""), R"("message":"")");
}
