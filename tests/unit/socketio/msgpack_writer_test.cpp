#include "socketio/msgpack_shapes.hpp"
#include "socketio/msgpack_writer.hpp"
#include "unit/socketio/hex.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace ringback::socketio;

namespace {

std::string written(std::string_view raw, std::vector<std::string> const& attachments = {}) {
    std::string out;
    append_msgpack_json(out, raw, attachments);
    return to_hex(out);
}

} // namespace

TEST(MsgpackWriter, TakesTheShortestFormOfAnInteger) {
    EXPECT_EQ(written("127"), "7f");
    EXPECT_EQ(written("128"), "cc80");
    EXPECT_EQ(written("256"), "cd0100");
    EXPECT_EQ(written("65536"), "ce00010000");
    EXPECT_EQ(written("4294967296"), "cf0000000100000000");
    EXPECT_EQ(written("18446744073709551615"), "cfffffffffffffffff");
    EXPECT_EQ(written("-32"), "e0");
    EXPECT_EQ(written("-33"), "d0df");
    EXPECT_EQ(written("-129"), "d1ff7f");
    EXPECT_EQ(written("-32769"), "d2ffff7fff");
    EXPECT_EQ(written("-2147483649"), "d3ffffffff7fffffff");
    EXPECT_EQ(written("1.0"), "01");
    EXPECT_EQ(written("-0.0"), "00");
    EXPECT_EQ(written("1e16"), "cf002386f26fc10000");
    EXPECT_EQ(written("9223372036854775808.0"), "cf8000000000000000");
    EXPECT_EQ(written("-9223372036854775808.0"), "d38000000000000000");
}

TEST(MsgpackWriter, WritesOtherNumbersAsJavaScriptReadsThem) {
    EXPECT_EQ(written("0.5"), "cb3fe0000000000000");
    EXPECT_EQ(written("18446744073709551616"), "cb43f0000000000000");
    EXPECT_EQ(written("1e400"), "cb7ff0000000000000");
    EXPECT_EQ(written("-1e400"), "cbfff0000000000000");
    EXPECT_EQ(written("1e-400"), "00");
    EXPECT_EQ(written("1e99999999999999999999"), "cb7ff0000000000000");
    EXPECT_EQ(written("1e-99999999999999999999"), "00");
    EXPECT_EQ(written("0." + std::string(400, '0') + "1"), "00");
    EXPECT_EQ(written("1" + std::string(400, '0')), "cb7ff0000000000000");
}

TEST(MsgpackWriter, TakesTheShortestLengthOfTextAndBinary) {
    EXPECT_EQ(written(R"("")"), "a0");
    EXPECT_EQ(written('"' + std::string(31, 'a') + '"').substr(0, 2), "bf");
    EXPECT_EQ(written('"' + std::string(255, 'a') + '"').substr(0, 4), "d9ff");
    EXPECT_EQ(written('"' + std::string(256, 'a') + '"').substr(0, 6), "da0100");
    EXPECT_EQ(written('"' + std::string(65536, 'a') + '"').substr(0, 10), "db00010000");
    auto binary = [](std::size_t size) {
        return written(R"({"_placeholder":true,"num":0})", {std::string(size, 'b')}).substr(0, 10);
    };
    EXPECT_EQ(binary(255).substr(0, 4), "c4ff");
    EXPECT_EQ(binary(256).substr(0, 6), "c50100");
    EXPECT_EQ(binary(65536), "c600010000");
    EXPECT_EQ(written(R"("\ud83d\ude00\n\ud800")"), "a8f09f98800aefbfbd");
}

TEST(MsgpackWriter, CountsItemsBeforeItWritesThem) {
    EXPECT_EQ(written(R"( { "a" : [ ] , "b" : { "c" : [ 1 , [ 2 ] ] } } )"), "82a16190a16281a16392019102");
    std::string sixteen = "[0";
    for (int i = 1; i < 16; ++i)
        sixteen += ",0";
    EXPECT_EQ(written(sixteen + "]").substr(0, 8), "dc001000");
    std::string many = "{\"0\":0";
    for (int i = 1; i < 65'536; ++i)
        many += ",\"" + std::to_string(i) + "\":0";
    EXPECT_EQ(written(many + "}").substr(0, 10), "df00010000");
}

TEST(MsgpackWriter, WritesAnyDepthWithoutRecursion) {
    std::string deep(200'000, '[');
    deep.append(200'000, ']');
    auto out = written(deep);
    EXPECT_EQ(out.size(), 400'000u);
    EXPECT_EQ(out.substr(out.size() - 4), "9190");
}

TEST(MsgpackWriter, ReplacesOnlyPlaceholdersOfItsAttachments) {
    EXPECT_EQ(written(R"([{"_placeholder":true,"num":1,"x":[[]]},7])", {"a", "b"}), "92c4016207");
    EXPECT_EQ(written(R"([{"_placeholder":true,"num":2}])", {"a", "b"}), "9182ac5f706c616365686f6c646572c3a36e756d02");
    EXPECT_EQ(written(R"({"_placeholder":false,"num":0})", {"a"}), "82ac5f706c616365686f6c646572c2a36e756d00");
    EXPECT_EQ(written(R"({"_placeholder":true,"num":{"num":0}})", {"a"}),
              "82ac5f706c616365686f6c646572c3a36e756d81a36e756d00");
    EXPECT_EQ(written(R"({"num":0,"x":{"_placeholder":true}})", {"a"}),
              "82a36e756d00a17881ac5f706c616365686f6c646572c3");
}
