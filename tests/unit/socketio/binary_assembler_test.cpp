#include "socketio/binary_assembler.hpp"
#include "socketio/binary_placeholders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

using namespace ringback::socketio;
using testing::ElementsAre;

namespace {

constexpr std::size_t plenty = 1'000'000;

packet_view decoded(std::string_view text) { return decode_packet(text, {}).value(); }

} // namespace

static_assert(sizeof(binary_assembler) == sizeof(void*));

TEST(BinaryAssembler, PutsAnEventAndItsAttachmentsTogether) {
    binary_assembler assembler;
    EXPECT_FALSE(assembler.is_pending());
    std::string text = R"(52-/user,7["f",{"_placeholder":true,"num":1},[{"_placeholder":true,"num":0}]])";
    auto header = decoded(text);
    auto shown = std::string{header.args};
    ASSERT_TRUE(assembler.begin(header, plenty));
    EXPECT_TRUE(assembler.is_pending());
    text.assign(text.size(), 'x'); // the read buffer is used again

    auto first = assembler.add(std::string_view{"\0\x01", 2});
    ASSERT_TRUE(first);
    EXPECT_FALSE(*first);
    auto second = assembler.add("");
    ASSERT_TRUE(second && *second);
    EXPECT_FALSE(assembler.is_pending());

    binary_packet whole = std::move(**second);
    EXPECT_EQ(whole.packet().type, packet_type::binary_event);
    EXPECT_EQ(whole.packet().nsp, "/user");
    EXPECT_EQ(whole.packet().ack_id, 7u);
    EXPECT_EQ(whole.packet().attachments, 2u);
    EXPECT_EQ(whole.packet().raw_name, R"("f")");
    EXPECT_EQ(whole.packet().args, shown);
    EXPECT_EQ(whole.packet().payload, R"(["f",)" + shown + "]");
    EXPECT_THAT(whole.attachments, ElementsAre(std::string("\0\x01", 2), ""));
}

TEST(BinaryAssembler, PutsAnAckTogetherAndStartsAgain) {
    binary_assembler assembler;
    for (auto bytes : {"one", "two"}) {
        ASSERT_TRUE(assembler.begin(decoded(R"(61-3[{"_placeholder":true,"num":0}])"), plenty));
        auto whole = assembler.add(bytes);
        ASSERT_TRUE(whole && *whole);
        EXPECT_EQ((*whole)->packet().nsp, "/");
        EXPECT_TRUE((*whole)->packet().raw_name.empty());
        EXPECT_EQ((*whole)->packet().args, R"({"_placeholder":true,"num":0})");
        EXPECT_THAT((*whole)->attachments, ElementsAre(bytes));
    }
}

TEST(BinaryAssembler, RefusesBinaryWithNonePending) {
    binary_assembler assembler;
    EXPECT_EQ(assembler.add("x").error(), errc::unexpected_binary);
}

TEST(BinaryAssembler, RefusesTextWhileAttachmentsArePendingAndGoesOn) {
    binary_assembler assembler;
    auto header = decoded(R"(51-["f"])");
    ASSERT_TRUE(assembler.begin(header, plenty));
    EXPECT_EQ(assembler.begin(header, plenty).error(), errc::unexpected_text);
    auto whole = assembler.add("x");
    EXPECT_TRUE(whole && *whole);
}

TEST(BinaryAssembler, BoundsTextAndAttachmentsTogether) {
    binary_assembler assembler;
    auto header = decoded(R"(52-["f"])"); // holds 1 byte of namespace and 5 of payload
    EXPECT_EQ(assembler.begin(header, 5).error(), errc::too_large);
    EXPECT_FALSE(assembler.is_pending());
    ASSERT_TRUE(assembler.begin(header, 10));
    EXPECT_TRUE(assembler.add("abc"));
    EXPECT_EQ(assembler.add("de").error(), errc::too_large);
    EXPECT_TRUE(assembler.is_pending());
    auto whole = assembler.add("d");
    ASSERT_TRUE(whole && *whole);
    EXPECT_THAT((*whole)->attachments, ElementsAre("abc", "d"));
}

TEST(BinaryAssembler, RefusesAPlaceholderOutOfRangeWhenTheHeaderComes) {
    binary_assembler assembler;
    EXPECT_EQ(assembler.begin(decoded(R"(51-["f",{"_placeholder":true,"num":1}])"), plenty).error(),
              errc::bad_placeholder);
    EXPECT_FALSE(assembler.is_pending());
}

TEST(Placeholders, FitWhenEachNamesAnAttachment) {
    for (auto raw : {"[]", "1", R"(["_placeholder",true])", R"([{"_placeholder":true,"num":0}])",
                     R"({"a":{"b":[[ { "num" : 1 , "_placeholder" : true } ],{"_placeholder":true,"num":0}]}})",
                     R"([{"_placeholder":false,"num":9}])", R"([{"_placeholder":1,"num":9},{"_placeholder":"true"}])",
                     R"([{"num":9}])", R"([{"_placeholder":true,"num":9,"num":1}])",
                     R"([{"_placeholder":true,"_placeholder":null}])", R"([{"_placeholder":true,"num":1.0}])",
                     R"([{"_placeholder":true,"num":-0}, { }, [ ], "x{"])",
                     R"([{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}])"})
        EXPECT_TRUE(placeholders_fit(raw, 2)) << raw;
}

TEST(Placeholders, DoNotFitOtherwise) {
    for (auto raw :
         {R"([{"_placeholder":true,"num":2}])", R"([{"_placeholder":true,"num":-1}])", R"([{"_placeholder":true}])",
          R"([{"_placeholder":true,"num":"0"}])", R"([{"_placeholder":true,"num":null}])",
          R"([{"_placeholder":true,"num":0.5}])", R"([{"_placeholder":true,"num":1e400}])",
          R"([{"\u005fplaceholder":true,"\u006eum":2}])", R"([1,{"a":[{"b":{"_placeholder":true,"num":7}}]}])",
          R"([{"_placeholder":true,"num":1,"num":2}])", R"([{"_placeholder":false,"_placeholder":true}])"})
        EXPECT_FALSE(placeholders_fit(raw, 2)) << raw;
}
