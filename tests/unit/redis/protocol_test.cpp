#include "redis/command.hpp"
#include "redis/reply_reader.hpp"
#include "redis/script.hpp"
#include "redis/value.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace ringback::redis;
using namespace std::string_literals;

namespace {

/// The replies in `bytes`, which come in pieces of `piece` bytes.
std::vector<value> replies_in(std::string_view bytes, std::size_t piece) {
    reply_reader reader;
    std::vector<value> all;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
        reader.feed(bytes.substr(0, piece));
        for (auto next = reader.next(); next.value(); next = reader.next())
            all.push_back(**std::move(next));
    }
    return all;
}

value only_reply(std::string_view bytes) {
    auto all = replies_in(bytes, bytes.size());
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? value{} : all[0];
}

TEST(RedisCommand, IsAnArrayOfItsWords) {
    std::string const name = "ringing";
    EXPECT_EQ(
        command("HSET", "{ringback}:c:1", name, "a\r\n\0b"s, std::string_view{}, 30'000, std::uint64_t{0}, -1),
        "*8\r\n$4\r\nHSET\r\n$14\r\n{ringback}:c:1\r\n$7\r\nringing\r\n$5\r\na\r\n\0b\r\n$0\r\n\r\n$5\r\n30000\r\n$1\r\n0\r\n$2\r\n-1\r\n"s);
    EXPECT_TRUE(
        command("SET", "n", std::numeric_limits<std::int64_t>::min()).contains("$20\r\n-9223372036854775808\r\n"));
    EXPECT_TRUE(
        command("SET", "n", std::numeric_limits<std::uint64_t>::max()).contains("$20\r\n18446744073709551615\r\n"));
}

TEST(RedisReply, IsReadHoweverItIsCut) {
    std::string const bytes =
        "+OK\r\n:42\r\n$-1\r\n$5\r\na\r\n\0b\r\n*3\r\n$1\r\nx\r\n*2\r\n:-7\r\n*0\r\n-ERR no\r\n-WRONGTYPE yes\r\n$0\r\n\r\n*-1\r\n"s;
    std::vector<value> const expected{
        value::of_text("OK"),
        value::of_integer(42),
        value{},
        value::of_text("a\r\n\0b"s),
        value::of_items({value::of_text("x"), value::of_items({value::of_integer(-7), value::of_items({})}),
                         value::of_error("ERR no")}),
        value::of_error("WRONGTYPE yes"),
        value::of_text(""),
        value{},
    };
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece)
        ASSERT_EQ(replies_in(bytes, piece), expected) << piece;
}

TEST(RedisReply, OfManyLongTextsIsReadWhole) {
    std::string bytes = "*1000\r\n";
    std::string const text(5000, 'x');
    for (int i = 0; i < 1000; ++i)
        bytes += "$5000\r\n" + text + "\r\n";
    auto all = replies_in(bytes, 16 * 1024);
    ASSERT_EQ(all.size(), 1U);
    ASSERT_EQ(all[0].items().size(), 1000U);
    for (auto const& item : all[0].items())
        ASSERT_EQ(item.text(), text);
}

TEST(RedisReply, OfAnotherProtocolIsAnErrorForEver) {
    for (auto const& bytes : {"HTTP/1.1 200 OK\r\n"s, "*2000000000\r\n"s, ":12x\r\n"s, "$-2\r\n"s,
                              "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"s}) {
        reply_reader reader;
        reader.feed(bytes);
        ASSERT_FALSE(reader.next()) << bytes;
        reader.feed("+OK\r\n");
        EXPECT_FALSE(reader.next()) << bytes;
    }
}

TEST(RedisReply, OfTooManyItemsInAllItsArraysIsAnError) {
    auto const is_read = [](std::string_view bytes) {
        reply_reader reader{5};
        reader.feed(bytes);
        return reader.next().has_value();
    };
    EXPECT_TRUE(is_read("*2\r\n*3\r\n:1\r\n:2\r\n:3\r\n:4\r\n"));
    EXPECT_FALSE(is_read("*2\r\n*4\r\n"));
    EXPECT_FALSE(is_read("*6\r\n"));

    reply_reader reader{5};
    for (int i = 0; i < 3; ++i) {
        reader.feed("*4\r\n:1\r\n:2\r\n:3\r\n:4\r\n");
        ASSERT_TRUE(reader.next().value()) << "each reply for itself";
    }
}

TEST(RedisReply, HalfReadIsForgottenWithItsReader) {
    reply_reader reader;
    reader.feed("*3\r\n$3\r\nabc\r\n*2\r\n:1\r\n");
    EXPECT_FALSE(reader.next().value());
}

TEST(RedisValue, OfTextIsANumberWhenItIsNothingElse) {
    EXPECT_EQ(only_reply(":9223372036854775807\r\n").integer(), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(only_reply("$3\r\n-12\r\n").integer(), -12);
    for (auto const* text : {"", "12a", "a", "1.5", " 1", "9223372036854775808"})
        EXPECT_EQ(value::of_text(text).integer(), std::nullopt) << text;
    EXPECT_EQ(value{}.integer(), std::nullopt);
    EXPECT_EQ(value::of_error("1").integer(), std::nullopt);
}

TEST(RedisValue, OfAnErrorIsToldByItsFirstWord) {
    auto no_script = only_reply("-NOSCRIPT No matching script.\r\n");
    EXPECT_TRUE(no_script.is_error());
    EXPECT_TRUE(no_script.is_error("NOSCRIPT"));
    EXPECT_FALSE(no_script.is_error("NOSC"));
    EXPECT_TRUE(only_reply("-READONLY\r\n").is_error("READONLY"));
    EXPECT_FALSE(only_reply("+NOSCRIPT\r\n").is_error("NOSCRIPT"));
    EXPECT_TRUE(no_script.items().empty());
    EXPECT_EQ(value::of_integer(7).text(), "");
}

TEST(RedisScript, IsNamedByItsDigest) {
    EXPECT_EQ(script{"return 1"}.sha1(), "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
}

} // namespace
