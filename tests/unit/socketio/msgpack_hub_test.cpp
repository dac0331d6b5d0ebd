// A hub whose clients use socket.io-msgpack-parser.
#include "socketio/msgpack_packet.hpp"
#include "unit/socketio/hub_stage.hpp"

using namespace ringback;
using namespace ringback::socketio;
using ringback::socketio::testing::hub_stage;
using ringback::socketio::testing::peer;
using ::testing::ElementsAre;

namespace {

hub_config with_msgpack() {
    hub_config config;
    config.parser = parser::msgpack;
    return config;
}

/// As recording_connection notes binary messages.
template <class Append>
std::string message(Append&& append) {
    std::string bytes;
    append(bytes);
    return "<" + bytes + ">";
}

void connect(peer& p) {
    std::string packet;
    append_msgpack_connect(packet, "/", "unused"); // of a client's CONNECT the data is its auth
    p.sio.on_binary(packet);
}

} // namespace

TEST(MsgpackHub, ServesEventsAcknowledgementsAndAttachmentsInOneMessageEach) {
    hub_stage stage{1, with_msgpack()};
    stage.at().of("/").on("echo", [](socketio::socket& s, event const& e) {
        s.emit("back", e.args, e.attachments);
        s.acknowledge(*e.ack_id, "true");
    });
    peer& p = stage.arrive();
    connect(p);
    p.take();
    std::vector<std::string> bytes{"one", "two"};
    constexpr auto args = R"({"_placeholder":true,"num":0},[{"_placeholder":true,"num":1}])";
    std::string packet;
    append_msgpack_event(packet, "/", "echo", args, 7, bytes);
    p.sio.on_binary(packet);
    EXPECT_THAT(p.take(),
                ElementsAre(message([&](auto& out) { append_msgpack_event(out, "/", "back", args, {}, bytes); }),
                            message([](auto& out) { append_msgpack_ack(out, "/", 7, "true"); })));
    std::vector<std::string> many(20, "x");
    stage.at().of("/").emit("many", "", many); // they travel in one message: no limit of number
    EXPECT_EQ(p.take().size(), 1u);
}

TEST(MsgpackHub, TakesTextForAnError) {
    hub_stage stage{1, with_msgpack()};
    stage.at().of("/");
    peer& p = stage.arrive();
    p.text("0");
    EXPECT_TRUE(p.session.closed);
    peer& q = stage.arrive();
    q.sio.on_binary("nonsense");
    EXPECT_TRUE(q.session.closed);
}
