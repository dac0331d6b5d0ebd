// permessage-deflate over real connections.
#include "unit/net/engine_server.hpp"
#include "websocket/deflater.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace ringback;
using namespace ringback::testing;
using namespace std::string_view_literals;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

constexpr char deflated = 0x40; // RSV1
constexpr auto offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"sv;

std::string compressed(std::string_view text) {
    websocket::deflater with{15, 6};
    std::string out;
    with.append(out, text);
    return out;
}

void deflate(net::server_config& c) {
    c.engine.max_payload = 100'000;
    c.engine.per_message_deflate.emplace();
}
void keep_context(net::server_config& c) {
    deflate(c);
    c.engine.per_message_deflate->client_context_takeover = true;
}

struct Deflate : ::testing::Test {
    std::string open(raw_client& c, std::string_view headers = offer) {
        c.send(upgrade_request("/engine.io/?EIO=4&transport=websocket", headers));
        auto head = c.read_until("\r\n\r\n");
        c.read_until("}"); // the open packet
        return head;
    }
    engine_server server{deflate};
    raw_client client{server.port()};
};

} // namespace

TEST_F(Deflate, IsOffByDefault) {
    engine_server plain;
    raw_client c{plain.port()};
    EXPECT_THAT(open(c), Not(HasSubstr("Extensions")));
    c.send(masked_frame(1 | deflated, compressed("4hi")));
    EXPECT_EQ(c.read_to_end().substr(0, 4), "\x88\x02\x03\xea"sv) << "1002: a reserved bit";
}

TEST_F(Deflate, IsAnsweredToWhoOffersIt) {
    EXPECT_THAT(open(client), HasSubstr("\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
                                        "client_no_context_takeover\r\n"));
    raw_client other{server.port()};
    EXPECT_THAT(open(other, {}), Not(HasSubstr("Extensions")));
}

TEST_F(Deflate, ReadsCompressedMessagesAndPlainOnesBesideThem) {
    open(client);
    client.send(masked_frame(1 | deflated, compressed("4hello")));
    EXPECT_EQ(client.read_until("4hello"), from_server(1, "4hello")) << "too short to be compressed";
    client.send(text_frame("4plain"));
    EXPECT_EQ(client.read_until("4plain"), from_server(1, "4plain"));
    client.send(masked_frame(2 | deflated, compressed("\x01\x02")));
    EXPECT_EQ(client.read_until("\x01\x02"), from_server(2, "\x01\x02"));
}

TEST_F(Deflate, CompressesWhatReachesTheThreshold) {
    open(client);
    std::string text = "4" + std::string(1023, 'x'), payload = compressed(text);
    client.send(text_frame(text));
    EXPECT_EQ(client.read_until(payload), "\xc1" + std::string{static_cast<char>(payload.size())} + payload);
    text.pop_back();
    client.send(text_frame(text));
    EXPECT_EQ(client.read_until(text), "\x81\x7e\x03\xff" + text);
}

TEST_F(Deflate, ClosesWith1009AtABomb) {
    open(client);
    auto bomb = compressed(std::string(8'000'000, '4'));
    ASSERT_LT(bomb.size(), 20'000u);
    client.send(masked_frame(1 | deflated, bomb));
    EXPECT_EQ(client.read_until("\x03\xf1"), "\x88\x02\x03\xf1"sv);
    EXPECT_THAT(server.messages(0), ::testing::IsEmpty());
}

TEST_F(Deflate, ClosesWith1007AtBrokenDeflateAndBrokenText) {
    open(client);
    client.send(masked_frame(1 | deflated, "\xff\xff\xff"));
    EXPECT_EQ(client.read_until("\x03\xef"), "\x88\x02\x03\xef"sv);
    raw_client other{server.port()};
    open(other);
    other.send(masked_frame(1 | deflated, compressed("4\xc3\x28")));
    EXPECT_EQ(other.read_until("\x03\xef"), "\x88\x02\x03\xef"sv);
}

TEST_F(Deflate, KeepsTheClientsContextOnlyWhereAgreed) {
    // zlib wrote them one after the other.
    auto first = masked_frame(1 | deflated, "\x32\xf1\x48\xcd\xc9\xc9\x07\x00"sv),
         second = masked_frame(1 | deflated, "\x32\x01\x93\x00\x00"sv);
    engine_server keeping{keep_context};
    raw_client c{keeping.port()};
    EXPECT_THAT(open(c), Not(HasSubstr("client_no_context_takeover")));
    c.send(first + second);
    EXPECT_EQ(c.read_until("4Hello"), from_server(1, "4Hello"));
    EXPECT_EQ(c.read_until("4Hello"), from_server(1, "4Hello"));

    open(client);
    client.send(first);
    EXPECT_EQ(client.read_until("4Hello"), from_server(1, "4Hello"));
    client.send(second);
    EXPECT_EQ(client.read_until("\x03\xef"), "\x88\x02\x03\xef"sv);
}

TEST_F(Deflate, SendsOneCompressedFrameToAllReceivers) {
    std::string text(2000, 'x');
    auto frame = engine_server::text_message(text);
    engine_server broadcasting{deflate};
    broadcasting.on_open = [&](engineio::connection& c) { c.send(frame); };
    auto payload = compressed("4" + text);
    for (int i = 0; i < 3; ++i) {
        raw_client c{broadcasting.port()};
        open(c);
        c.read_until(payload);
    }
    EXPECT_TRUE(frame->find_deflated(15));
}
