#include "websocket/shared_frame.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

using namespace ringback::websocket;

namespace {

std::string encoded(opcode op, std::string const& payload) {
    std::string out;
    append_header(out, op, fin::yes, payload.size());
    return out + payload;
}

} // namespace

TEST(SharedFrame, HoldsHeaderAndPayloadInOnePiece) {
    for (std::size_t size : {0, 1, 125, 126, 65535, 65536}) {
        std::string payload(size, 'p');
        auto made = make_frame(opcode::text, payload);
        EXPECT_EQ(made->wire(), encoded(opcode::text, payload));
        EXPECT_EQ(made->payload(), payload);
        EXPECT_EQ(made->opcode(), opcode::text);
    }
    EXPECT_EQ(make_frame(opcode::binary, "")->opcode(), opcode::binary);
    EXPECT_EQ(make_frame(opcode::close, "")->opcode(), opcode::close);
}

TEST(FrameBuilder, MakesTheSameFrameWithoutMovingThePayload) {
    for (std::size_t size : {0, 1, 125, 126, 65535, 65536}) {
        frame_builder builder{size};
        builder.out().append(size, 'p');
        char const* written = builder.payload().data();
        auto made = std::move(builder).finish(opcode::binary);
        EXPECT_EQ(made->wire(), encoded(opcode::binary, std::string(size, 'p')));
        EXPECT_EQ(made->opcode(), opcode::binary);
        EXPECT_EQ(made->payload().size(), size);
        // A string this short lives inside of its object and moves with it.
        if (size > 15) {
            EXPECT_EQ(made->payload().data(), written);
        }
    }
}

TEST(FrameBuilder, ShowsWhatWasWrittenSoFar) {
    frame_builder builder;
    EXPECT_EQ(builder.payload(), "");
    builder.out() += "42";
    builder.out() += "[\"call\"]";
    EXPECT_EQ(builder.payload(), "42[\"call\"]");
}
