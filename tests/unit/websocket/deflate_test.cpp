#include "unit/websocket/client_side.hpp"
#include "websocket/deflate_pool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

using namespace ringback::websocket;
using namespace std::string_view_literals;

namespace {

// RFC 7692 section 7.2.3.
constexpr auto hello = "\xf2\x48\xcd\xc9\xc9\x07\x00"sv;
constexpr auto hello_again = "\xf2\x00\x11\x00\x00"sv;

struct inflated {
    errc error;
    std::string text;
    friend bool operator==(inflated const&, inflated const&) = default;
};

inflated inflate(inflater& with, std::string_view payload, std::uint64_t max_bytes = 1000) {
    std::string out;
    auto error = with.inflate(payload, max_bytes, out);
    return {error, out};
}

inflated inflate(std::string_view payload, std::uint64_t max_bytes = 1000) {
    inflater fresh{15, deflate_context::fresh};
    return inflate(fresh, payload, max_bytes);
}

std::string deflate(std::string_view text, std::uint8_t window_bits = 15) {
    deflater with{window_bits, 6};
    std::string out;
    with.append(out, text);
    return out;
}

std::string numbers(int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
        text += std::to_string(i * 7919) + ' ';
    return text;
}

inflated whole(std::string text) { return {errc::none, std::move(text)}; }
inflated const invalid{errc::invalid_deflate, ""};
inflated const too_big{errc::message_too_big, ""};

} // namespace

TEST(Inflater, ReadsTheExamplesOfTheRfc) {
    EXPECT_EQ(inflate(hello), whole("Hello"));
    EXPECT_EQ(inflate("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"sv), whole("Hello"))
        << "a block without compression";
    EXPECT_EQ(inflate("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"sv), whole("Hello")) << "a block with BFINAL";
    EXPECT_EQ(inflate("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"sv), whole("Hello")) << "two blocks";
    EXPECT_EQ(inflate("\x00"sv), whole("")) << "an empty message";
}

TEST(Inflater, KeepsTheContextOfOneClientWhenAgreed) {
    inflater kept{15, deflate_context::kept};
    EXPECT_EQ(inflate(kept, hello), whole("Hello"));
    EXPECT_EQ(inflate(kept, hello_again), whole("Hello"));
    EXPECT_EQ(inflate(kept, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"sv), whole("Hello"));
    EXPECT_EQ(inflate(kept, hello_again), whole("Hello")) << "a final block does not end the context";

    inflater fresh{15, deflate_context::fresh};
    EXPECT_EQ(inflate(fresh, hello), whole("Hello"));
    EXPECT_EQ(inflate(fresh, hello_again), invalid);
    EXPECT_EQ(inflate(fresh, hello), whole("Hello")) << "one client's error is not the next one's";
}

TEST(Inflater, RefusesWhatIsNoWholeDeflate) {
    EXPECT_EQ(inflate("\xff\xff"sv), invalid);
    EXPECT_EQ(inflate(hello.substr(0, 3)), invalid) << "cut amid a block";
    EXPECT_EQ(inflate("\xf3\x48\xcd\xc9\xc9\x07\x00"sv), invalid) << "a final block without the byte behind it";
    EXPECT_EQ(inflate("\xf3\x48\xcd\xc9\xc9\x07\x00\x00\x00"sv), invalid) << "something behind a final block";
    auto text = deflate(numbers(200));
    for (std::size_t size = 1; size < text.size() - 1; ++size)
        EXPECT_NE(inflate(std::string_view{text}.substr(0, size), 10'000), whole(numbers(200))) << size;
}

TEST(Inflater, StopsWhereAMessageBecomesTooLong) {
    auto bomb = deflate(std::string(8'000'000, 'x'));
    EXPECT_LT(bomb.size(), 10'000u);
    std::string out;
    inflater fresh{15, deflate_context::fresh};
    EXPECT_EQ(fresh.inflate(bomb, 1'000'000, out), errc::message_too_big);
    EXPECT_LE(out.capacity(), 2'000'002u);
    auto exact = deflate(std::string(5000, 'x'));
    EXPECT_EQ(inflate(exact, 5000), whole(std::string(5000, 'x')));
    EXPECT_EQ(inflate(exact, 4999), too_big);
    EXPECT_EQ(inflate(hello, 0), too_big);
}

TEST(Deflater, WritesTheExampleOfTheRfcAndEachMessageByItself) {
    deflater with{15, 6};
    std::string first, second;
    with.append(first, "Hello");
    with.append(second, "Hello");
    EXPECT_EQ(first, hello);
    EXPECT_EQ(second, hello);
    EXPECT_EQ(deflate(""), "\x00"sv);
}

TEST(Deflater, IsReadAgainWithEveryWindow) {
    auto text = numbers(20'000);
    for (std::uint8_t bits = min_deflate_window_bits; bits <= max_deflate_window_bits; ++bits) {
        inflater same{bits, deflate_context::kept};
        EXPECT_EQ(inflate(same, deflate(text, bits), text.size()), whole(text)) << int{bits};
    }
}

TEST(DeflatePool, CompressesAFrameOnceForAllReceiversWithTheSameWindow) {
    deflate_pool pool{deflate_config{}};
    auto frame = make_frame(opcode::text, numbers(500));
    auto first = pool.deflated(frame, 15);
    EXPECT_TRUE(first->is_deflated());
    EXPECT_EQ(first->opcode(), opcode::text);
    EXPECT_EQ(static_cast<unsigned char>(first->wire()[0]), 0xc1);
    EXPECT_LT(first->wire().size(), frame->wire().size());
    EXPECT_EQ(pool.deflated(frame, 15), first);
    deflate_pool other_thread{deflate_config{}};
    EXPECT_EQ(other_thread.deflated(frame, 15), first);
    auto narrow = pool.deflated(frame, 9);
    EXPECT_NE(narrow, first);
    EXPECT_EQ(pool.deflated(frame, 9), narrow);
    EXPECT_EQ(inflate(first->payload(), 10'000), whole(numbers(500)));
    EXPECT_EQ(inflate(narrow->payload(), 10'000), whole(numbers(500)));
    EXPECT_EQ(pool.deflated(first, 15), first) << "nothing is compressed twice";
}

TEST(DeflatePool, LeavesAloneWhatIsShortOrWouldNotShrink) {
    deflate_pool pool{deflate_config{.threshold_bytes = 100}};
    auto unchanged = [&](opcode op, std::string const& payload) {
        auto frame = make_frame(op, payload);
        return pool.deflated(frame, 15) == frame && pool.deflated(frame, 15) == frame;
    };
    EXPECT_TRUE(unchanged(opcode::text, std::string(99, 'x')));
    EXPECT_FALSE(unchanged(opcode::text, std::string(100, 'x')));
    EXPECT_TRUE(unchanged(opcode::pong, std::string(125, 'x')));
    EXPECT_TRUE(unchanged(opcode::binary, deflate(numbers(1000)))) << "compressed by somebody else";
}

TEST(DeflatePool, KeepsOneFormWhenThreadsCompressTheSameFrame) {
    for (int round = 0; round < 50; ++round) {
        auto frame = make_frame(opcode::text, numbers(300));
        std::vector<frame_ptr> forms(4);
        {
            std::vector<std::jthread> threads;
            threads.reserve(forms.size());
            for (auto& form : forms)
                threads.emplace_back([&form, &frame] { form = deflate_pool{deflate_config{}}.deflated(frame, 15); });
        }
        for (auto const& form : forms)
            EXPECT_EQ(inflate(form->payload(), 10'000), whole(numbers(300)));
        deflate_pool later{deflate_config{}};
        EXPECT_THAT(forms, testing::Contains(later.deflated(frame, 15)));
    }
}

TEST(DeflatedMessages, MayBeFragmentedAndHaveRsv1OnTheirFirstFrameOnly) {
    using namespace test;
    decoder_config deflating{.allow_rsv1 = true};
    auto fragmented = client_frame(text_more | rsv1, hello.substr(0, 3)) + client_frame(ping, "p") +
                      client_frame(last, hello.substr(3));
    expect_events(fragmented, {"ping p", "text+rsv1 " + std::string{hello}}, deflating);
    EXPECT_EQ(inflate(hello), whole("Hello"));
    auto refused = events{"failure 1002 reserved bits set"};
    expect_events(client_frame(text_more | rsv1, "a") + client_frame(last | rsv1, "b"), refused, deflating);
    expect_events(client_frame(ping | rsv1, ""), refused, deflating);
    expect_events(client_frame(text | 0x20, "a"), refused, deflating);
    expect_events(client_frame(text | 0x10, "a"), refused, deflating);
    expect_events(client_frame(text | rsv1, hello), refused);
    expect_events(client_frame(text, "plain"), {"text plain"}, deflating);
}
