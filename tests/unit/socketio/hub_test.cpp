#include "unit/socketio/hub_stage.hpp"

using namespace ringback;
using namespace ringback::socketio;
using namespace std::chrono_literals;
using ringback::socketio::testing::hub_stage;
using ringback::socketio::testing::peer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

namespace {

struct Hub : ::testing::Test {
    peer& arrive() { return stage.arrive(); }
    peer& join(std::string_view nsp = "/") { return stage.join(nsp); }

    hub_stage stage;
    hub& io = stage.at();
    ringback::socketio::testing::manual_clock& clock = stage.clock;
    timer_wheel& timers = stage.timers();
};

} // namespace

TEST_F(Hub, AnswersConnectBeforeAnythingThatTheHandlerEmits) {
    io.of("/user").on_connection([](socketio::socket& s) { s.emit("hello", s.auth()); });
    peer& p = arrive();
    p.sio.on_text(R"(0/user,{"token":"x"})");
    ASSERT_EQ(p.session.sent.size(), 2u);
    EXPECT_THAT(p.session.sent[0], StartsWith(R"(40/user,{"sid":")"));
    EXPECT_EQ(p.session.sent[1], R"(42/user,["hello",{"token":"x"}])");
}

TEST_F(Hub, RefusesAnUnknownNamespaceAndKeepsTheConnection) {
    peer& p = arrive();
    p.sio.on_text("0/nowhere,");
    EXPECT_THAT(p.session.take(), ElementsAre(R"(44/nowhere,{"message":"Invalid namespace"})"));
    EXPECT_FALSE(p.session.closed);
}

TEST_F(Hub, ARefusalCarriesItsDataAndAllowsAnotherTry) {
    int tries = 0;
    io.of("/user").use([&](socketio::socket&, admission a) {
        if (++tries == 1)
            a.refuse("Invalid or expired token", R"({"code":"UNAUTHORIZED"})");
        else
            a.accept();
    });
    peer& p = arrive();
    p.sio.on_text("0/user,");
    EXPECT_THAT(p.session.take(),
                ElementsAre(R"(44/user,{"message":"Invalid or expired token","data":{"code":"UNAUTHORIZED"}})"));
    p.sio.on_text("0/user,");
    EXPECT_THAT(p.session.take(), ElementsAre(StartsWith("40/user,")));
}

TEST_F(Hub, AnAdmissionMayComeLaterOrTooLate) {
    std::optional<admission> pending;
    io.of("/").use([&](socketio::socket&, admission a) { pending.emplace(std::move(a)); });
    peer& first = arrive();
    first.sio.on_text("0");
    EXPECT_THAT(first.session.sent, IsEmpty());
    pending->accept();
    EXPECT_THAT(first.session.take(), ElementsAre(StartsWith("40{")));

    pending.reset();
    peer& second = arrive();
    second.sio.on_text("0");
    second.sio.on_closed(engineio::close_reason::transport_close, clock.at);
    pending->accept();
    EXPECT_THAT(second.session.sent, IsEmpty());
    EXPECT_EQ(io.socket_count(), 1u);
}

TEST_F(Hub, AnAdmissionThatIsForgottenRefuses) {
    io.of("/").use([](socketio::socket&, admission) {});
    peer& p = arrive();
    p.sio.on_text("0");
    EXPECT_THAT(p.session.take(), ElementsAre(StartsWith("44{")));
}

TEST_F(Hub, ASecondConnectClosesTheConnectionEvenWhileTheFirstIsUndecided) {
    std::optional<admission> pending;
    io.of("/").use([&](socketio::socket&, admission a) { pending.emplace(std::move(a)); });
    peer& p = arrive();
    p.sio.on_text("0");
    p.sio.on_text("0");
    EXPECT_TRUE(p.session.closed);
    pending.reset();
}

TEST_F(Hub, WhatIsNotJoinedMayNotBeSpokenTo) {
    io.of("/");
    for (auto packet : {R"(2["hi"])", "1", "31[]", R"(2/user,["hi"])", "nonsense"}) {
        peer& p = arrive();
        p.sio.on_text(packet);
        EXPECT_TRUE(p.session.closed) << packet;
    }
}

TEST_F(Hub, WhatWasOnItsWayWhenTheServerClosedANamespaceIsDropped) {
    io.of("/").on("leave", [](socketio::socket& s, event const&) { s.disconnect(); });
    peer& p = join();
    p.sio.on_text(R"(2["leave"])");
    EXPECT_THAT(p.session.take(), ElementsAre("41"));
    p.sio.on_text(R"(2["late"])");
    EXPECT_FALSE(p.session.closed);
}

TEST_F(Hub, AcknowledgesBothWays) {
    io.of("/").on("ask", [](socketio::socket& s, event const& e) { s.acknowledge(*e.ack_id, e.args); });
    peer& p = join();
    p.sio.on_text(R"(27["ask",1.0,{"a":[]}])");
    EXPECT_THAT(p.session.take(), ElementsAre(R"(437[1.0,{"a":[]}])"));

    std::vector<std::string> answers;
    socketio::socket& s = *io.of("/").sockets()[0];
    auto note = [&](std::expected<packet_content, ack_error> const& r) {
        answers.push_back(r ? std::string{r->args} : r.error() == ack_error::timeout ? "timeout" : "gone");
    };
    s.emit_with_ack("q", "1", note, 5s);
    s.emit_with_ack("q", "2", note, 5s);
    s.emit_with_ack("q", "3", note, 50s);
    EXPECT_THAT(p.session.take(), ElementsAre(R"(420["q",1])", R"(421["q",2])", R"(422["q",3])"));
    p.sio.on_text("30[true]");
    p.sio.on_text("30[false]"); // a second answer is nobody's
    timers.advance(clock.at.mono + 5s);
    p.sio.on_closed(engineio::close_reason::transport_close, clock.at);
    EXPECT_THAT(answers, ElementsAre("true", "timeout", "gone"));
    EXPECT_EQ(timers.armed(), 0u);
}

TEST_F(Hub, RoomsEmptyAfterTheDisconnectHandlerHasSeenThem) {
    std::size_t seen = 0;
    std::string_view reason;
    io.of("/").on_disconnect([&](socketio::socket& s, disconnect_reason why, moment) {
        seen = s.of().rooms().find("a")->members.size();
        reason = why.text();
    });
    peer& p = join();
    io.of("/").sockets()[0]->join("a");
    socket_ref ref = io.of("/").sockets()[0]->ref();
    EXPECT_NE(io.find(ref), nullptr);
    p.sio.on_closed(engineio::close_reason::ping_timeout, clock.at);
    EXPECT_EQ(seen, 1u);
    EXPECT_EQ(reason, "ping timeout");
    EXPECT_EQ(io.of("/").rooms().size(), 0u);
    EXPECT_EQ(io.find(ref), nullptr);
    io.collect();
    join(); // takes the free slot, with another generation
    EXPECT_EQ(io.find(ref), nullptr);
}

TEST_F(Hub, AHandlerMayEndItsOwnSocketAndGoOn) {
    io.of("/").on("end", [](socketio::socket& s, event const&) {
        s.disconnect(socketio::socket::scope::whole_connection);
        s.emit("too late");
        EXPECT_FALSE(s.is_connected());
    });
    io.of("/other");
    peer& p = join();
    p.sio.on_text("0/other,");
    p.session.take();
    p.sio.on_text(R"(2["end"])");
    EXPECT_THAT(p.session.take(), ElementsAre("41/other,", "41"));
    EXPECT_TRUE(p.session.closed);
    io.collect();
}

TEST_F(Hub, AConnectionThatJoinsNothingIsClosedInTime) {
    peer& p = arrive();
    EXPECT_EQ(p.sio.deadline(), clock.at.mono + 45s);
    p.sio.on_text("0/nowhere,");
    p.sio.on_deadline(clock.at.mono + 45s);
    EXPECT_TRUE(p.session.closed);
    io.of("/");
    peer& joined = arrive();
    joined.sio.on_text("0");
    EXPECT_EQ(joined.sio.deadline(), mono_time::max());
}

TEST_F(Hub, BinaryEventsArriveWholeAndGoOutWithTheirAttachments) {
    io.of("/").on("bin", [](socketio::socket& s, event const& e) { s.emit("back", e.args, e.attachments); });
    peer& p = join();
    p.sio.on_text(R"(52-["bin",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}])");
    p.sio.on_binary("one");
    p.sio.on_binary("two");
    EXPECT_THAT(
        p.session.take(),
        ElementsAre(R"(452-["back",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}])", "<one>", "<two>"));
    p.sio.on_binary("three");
    EXPECT_TRUE(p.session.closed);
}

TEST_F(Hub, AcknowledgementsCarryAttachmentsBothWays) {
    io.of("/").on("bin", [](socketio::socket& s, event const& e) { s.acknowledge(*e.ack_id, e.args, e.attachments); });
    peer& p = join();
    p.sio.on_text(R"(51-8["bin",{"_placeholder":true,"num":0}])");
    p.sio.on_binary("one");
    EXPECT_THAT(p.session.take(), ElementsAre(R"(461-8[{"_placeholder":true,"num":0}])", "<one>"));
    std::vector<std::string> sent{"asked"};
    owned_content got;
    io.of("/").sockets()[0]->emit_with_ack(
        "q", R"({"_placeholder":true,"num":0})", [&](auto const& r) { got = owned_content{*r}; }, 5s, sent);
    EXPECT_THAT(p.session.take(), ElementsAre(R"(451-0["q",{"_placeholder":true,"num":0}])", "<asked>"));
    p.sio.on_text(R"(61-0[[{"_placeholder":true,"num":0}]])");
    p.sio.on_binary("answered");
    EXPECT_EQ(got.args, R"([{"_placeholder":true,"num":0}])");
    EXPECT_THAT(got.attachments, ElementsAre("answered"));
}
