// Clients of Socket.IO 2.x: protocol v4 over Engine.IO v3.
#include "unit/socketio/hub_stage.hpp"

using namespace ringback;
using namespace ringback::socketio;
using ringback::socketio::testing::hub_stage;
using ::testing::ElementsAre;

namespace {

struct old_peer {
    explicit old_peer(hub_stage& stage) {
        session.opening.revision = engineio::protocol_revision::v3;
        sio.emplace(stage.at(), session, stage.clock.at.mono);
    }
    void text(std::string_view packet) { sio->on_text(packet); }
    std::vector<std::string> take() { return session.take(); }

    ringback::testing::recording_connection session;
    std::optional<client> sio;
};

} // namespace

TEST(LegacyClient, IsInTheMainNamespaceWithoutAskingAndUnderItsEngineId) {
    hub_stage stage;
    std::string id;
    stage.at()
        .of("/")
        .on_connection([&](socketio::socket& s) {
            id = s.id();
            s.emit("hello");
        })
        .on("hi", [](socketio::socket& s, event const& e) { s.acknowledge(*e.ack_id, e.args); });
    old_peer p{stage};
    EXPECT_THAT(p.take(), ElementsAre("40", R"(42["hello"])"));
    EXPECT_EQ(id, "engine-sid-012345678");
    p.text(R"(21["hi",7])");
    stage.at().of("/").to(id).emit("by id");
    EXPECT_THAT(p.take(), ElementsAre("431[7]", R"(42["by id"])"));
}

TEST(LegacyClient, HearsNothingOfAMainNamespaceThatIsNotThere) {
    hub_stage stage;
    stage.at().of("/n");
    old_peer p{stage};
    EXPECT_THAT(p.take(), ElementsAre());
    p.text("0/n,");
    EXPECT_THAT(p.take(), ElementsAre("40/n,"));
}

TEST(LegacyClient, TellsANamespaceWithItsQuery) {
    hub_stage stage;
    std::string seen;
    stage.at().of("/");
    stage.at().of("/n").on_connection(
        [&](socketio::socket& s) { seen = std::string{s.id()} + " " + std::string{s.auth()}; });
    old_peer p{stage};
    p.take();
    p.text("0/n?token=a%22b&x=1,");
    EXPECT_THAT(p.take(), ElementsAre("40/n,"));
    EXPECT_EQ(seen, R"(/n#engine-sid-012345678 {"token":"a\"b","x":"1"})");
    p.text("1/n?token=a%22b&x=1,");
    EXPECT_TRUE(stage.at().of("/n").sockets().empty());
    EXPECT_FALSE(p.session.closed);
}

TEST(LegacyClient, GetsErrorsAsBareValues) {
    hub_stage stage;
    stage.at().of("/").use([](socketio::socket&, admission a) { a.refuse("not you"); });
    stage.at().of("/n").use([](socketio::socket&, admission a) { a.refuse("not you", R"({"code":7})"); });
    old_peer p{stage};
    EXPECT_THAT(p.take(), ElementsAre(R"(44"not you")"));
    p.text("0/n,");
    p.text("0/unknown,");
    EXPECT_THAT(p.take(), ElementsAre(R"(44/n,{"code":7})", R"(44/unknown,"Invalid namespace")"));
}
