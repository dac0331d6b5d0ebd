#include "net/outbox.hpp"
#include "net/unique_fd.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <string>
#include <sys/socket.h>

using namespace ringback;
using net::outbox;

namespace {

struct Outbox : ::testing::Test {
    Outbox() {
        int pair[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
        ours = net::unique_fd{pair[0]};
        theirs = net::unique_fd{pair[1]};
    }
    std::string read_all() {
        std::string all;
        char piece[65536];
        for (ssize_t n; (n = ::recv(theirs.get(), piece, sizeof piece, 0)) > 0;)
            all.append(piece, static_cast<std::size_t>(n));
        return all;
    }
    net::unique_fd ours, theirs;
    outbox out;
};

websocket::frame_ptr text(std::string_view s) { return websocket::make_frame(websocket::opcode::text, s); }

} // namespace

TEST_F(Outbox, SendsWhatGatheredInOrder) {
    std::string expected;
    for (int i = 0; i < 1000; ++i) { // more than one system call takes
        auto f = text("message " + std::to_string(i));
        expected += f->wire();
        out.push(std::move(f));
    }
    EXPECT_EQ(out.bytes(), expected.size());
    EXPECT_EQ(out.write_to(ours.get()), outbox::write_result::done);
    EXPECT_TRUE(out.empty());
    EXPECT_EQ(out.bytes(), 0u);
    EXPECT_EQ(read_all(), expected);
}

TEST_F(Outbox, GoesOnWhereASlowReaderStoppedIt) {
    std::string expected, got;
    for (int i = 0; i < 200; ++i) {
        auto f = text(std::string(20'000, static_cast<char>('a' + i % 26)));
        expected += f->wire();
        out.push(std::move(f));
    }
    int blocked = 0;
    for (;;) {
        auto result = out.write_to(ours.get());
        ASSERT_NE(result, outbox::write_result::failed);
        got += read_all();
        EXPECT_EQ(out.bytes(), expected.size() - got.size());
        if (result == outbox::write_result::done) break;
        ++blocked;
    }
    EXPECT_GT(blocked, 1);
    EXPECT_EQ(got, expected);
}

TEST_F(Outbox, TellsThatTheReaderIsGone) {
    theirs = net::unique_fd{};
    out.push(text("x"));
    EXPECT_EQ(out.write_to(ours.get()), outbox::write_result::failed);
}
