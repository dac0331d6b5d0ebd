#include "unit/socketio/hub_stage.hpp"

using namespace ringback;
using namespace ringback::socketio;
using namespace std::chrono_literals;
using ringback::socketio::testing::hub_stage;
using ringback::socketio::testing::peer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

namespace {

/// Five clients of one namespace, on one shard or on two.
struct Broadcast : ::testing::TestWithParam<std::uint32_t> {
    Broadcast() {
        for (std::uint32_t i = 0; i < 5; ++i) {
            std::uint32_t shard = i % GetParam();
            in.push_back(&stage.join("/", shard));
            sockets.push_back(&stage.socket_at(i / GetParam(), shard));
        }
    }
    std::vector<std::size_t> receivers() {
        stage.run();
        std::vector<std::size_t> got;
        for (std::size_t i = 0; i < in.size(); ++i)
            for (std::size_t n = in[i]->take().size(); n; --n)
                got.push_back(i);
        return got;
    }
    std::string id(std::size_t i) { return std::string{sockets[i]->id()}; }

    hub_stage stage{GetParam()};
    nsp& io = stage.at().of("/");
    std::vector<peer*> in;
    std::vector<socketio::socket*> sockets;
};

INSTANTIATE_TEST_SUITE_P(Shards, Broadcast, ::testing::Values(1u, 2u));

} // namespace

TEST_P(Broadcast, ReachesEachMemberOnceAndNobodyElse) {
    sockets[0]->join("a");
    sockets[1]->join("a");
    sockets[1]->join("b");
    sockets[2]->join("b");
    sockets[3]->join("b");
    io.to("a").to("b").except(id(3)).emit("e", "1");
    EXPECT_THAT(receivers(), ElementsAre(0, 1, 2));
    io.to(id(3)).emit("only");
    EXPECT_THAT(receivers(), ElementsAre(3));
    io.except("a").emit("not a");
    EXPECT_THAT(receivers(), ElementsAre(2, 3, 4));
    io.emit("all");
    EXPECT_THAT(receivers(), ElementsAre(0, 1, 2, 3, 4));
}

TEST_P(Broadcast, OfASocketNeverReachesItself) {
    for (auto* s : sockets)
        s->join("r");
    sockets[0]->to("r").emit("e");
    EXPECT_THAT(receivers(), ElementsAre(1, 2, 3, 4));
    sockets[1]->others().emit("e");
    EXPECT_THAT(receivers(), ElementsAre(0, 2, 3, 4));
    sockets[1]->except(id(0)).emit("e");
    EXPECT_THAT(receivers(), ElementsAre(2, 3, 4));
}

TEST_P(Broadcast, CarriesAttachments) {
    std::vector<std::string> bytes{"one", "two"};
    io.to(id(4)).emit("bin", R"({"_placeholder":true,"num":0},{"_placeholder":true,"num":1})", bytes);
    stage.run();
    EXPECT_THAT(in[4]->take(), ElementsAre(R"(452-["bin",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])",
                                           "<one>", "<two>"));
    std::vector<std::string> many(11);
    EXPECT_THROW(io.emit("bin", "", many), std::length_error);
    EXPECT_THROW(sockets[0]->emit("bin", "", many), std::length_error);
}

TEST_P(Broadcast, VolatileIsDroppedForWhoIsNotIdle) {
    in[1]->session.idle = false;
    in[2]->session.idle = false;
    io.all().as_volatile().emit("tick");
    EXPECT_THAT(receivers(), ElementsAre(0, 3, 4));
    sockets[1]->emit("tick", "", {}, {.is_volatile = true});
    sockets[3]->emit("tick", "", {}, {.is_volatile = true});
    sockets[1]->emit("kept");
    EXPECT_THAT(receivers(), ElementsAre(1, 3));
}

TEST_P(Broadcast, MayBeKeptFromCompression) {
    io.all().compress(false).emit("random bytes");
    io.emit("text");
    sockets[4]->emit("random bytes", "", {}, {.compress = false});
    stage.run();
    using websocket::compression;
    EXPECT_THAT(in[4]->session.compressions,
                ElementsAre(compression::unwanted, compression::none, compression::unwanted));
}

TEST_P(Broadcast, GathersTheAcknowledgementsOfAll) {
    std::optional<broadcast_answers> got;
    io.all().except(id(4)).emit_with_ack("q", "1", [&](broadcast_answers a) { got = std::move(a); });
    stage.run();
    for (std::size_t i = 0; i < 4; ++i) {
        auto sent = in[i]->take();
        ASSERT_EQ(sent.size(), 1u);
        std::string ack_id = sent[0].substr(2, sent[0].find('[') - 2);
        EXPECT_GE(std::stoull(ack_id), hub::first_broadcast_ack_id);
        EXPECT_FALSE(got);
        in[i]->text("3" + ack_id + "[" + std::to_string(i) + "]");
        stage.run();
    }
    ASSERT_TRUE(got);
    std::vector<std::string> answers;
    for (auto const& a : got->acks)
        answers.push_back(a.args);
    EXPECT_THAT(answers, UnorderedElementsAre("0", "1", "2", "3"));
    EXPECT_EQ(got->asked, 4u);
    EXPECT_TRUE(got->complete);
}

TEST_P(Broadcast, GivesTheAnswersThatItHasAtTheTimeoutAndForgetsTheOthers) {
    std::optional<broadcast_answers> got;
    io.all().timeout(2s).emit_with_ack("q", "", [&](broadcast_answers a) { got = std::move(a); });
    stage.run();
    auto sent = in[2]->take();
    in[2]->text("3" + sent[0].substr(2, sent[0].find('[') - 2) + "[true]");
    in[3]->lose(stage.clock);
    EXPECT_FALSE(got);
    stage.pass(2s);
    ASSERT_TRUE(got);
    ASSERT_EQ(got->acks.size(), 1u);
    EXPECT_EQ(got->acks[0].args, "true");
    EXPECT_EQ(got->asked, 5u);
    EXPECT_FALSE(got->complete);
    EXPECT_EQ(stage.timers().armed(), 0u);
}

TEST_P(Broadcast, WithNobodyToAnswerIsCompleteAtOnce) {
    std::optional<broadcast_answers> got;
    io.to("nobody").emit_with_ack("q", "", [&](broadcast_answers a) { got = std::move(a); });
    stage.run();
    ASSERT_TRUE(got);
    EXPECT_EQ(got->asked, 0u);
    EXPECT_TRUE(got->complete);
}

TEST_P(Broadcast, SocketsOfAnAudienceJoinLeaveAndAreDisconnected) {
    io.to(id(1)).to(id(2)).sockets_join({"r", "s"});
    stage.run();
    io.to("r").emit("e");
    EXPECT_THAT(receivers(), ElementsAre(1, 2));
    io.to(id(2)).sockets_leave({"r"});
    stage.run();
    io.to("r").emit("e");
    EXPECT_THAT(receivers(), ElementsAre(1));
    io.to("s").disconnect_sockets();
    stage.run();
    EXPECT_THAT(in[1]->take(), ElementsAre("41"));
    EXPECT_FALSE(in[1]->session.closed);
    io.all().disconnect_sockets(true);
    stage.run();
    EXPECT_THAT(in[0]->take(), ElementsAre("41"));
    EXPECT_TRUE(in[0]->session.closed);
    EXPECT_THAT(in[1]->take(), IsEmpty()); // was not in the namespace any more
}

TEST_P(Broadcast, FetchesTheSocketsOfAllShards) {
    sockets[1]->join("r");
    sockets[3]->join("r");
    sockets[3]->set_data(R"({"name":"Ada"})");
    std::optional<std::vector<socket_description>> got;
    io.in("r").fetch_sockets([&](auto found) { got = std::move(found); });
    stage.run();
    ASSERT_TRUE(got && got->size() == 2);
    std::ranges::sort(*got, {}, &socket_description::data);
    auto const& ada = (*got)[0].data == "{}" ? (*got)[1] : (*got)[0];
    EXPECT_EQ(ada.id, id(3));
    EXPECT_EQ(ada.data, R"({"name":"Ada"})");
    EXPECT_THAT(ada.rooms, ElementsAre(id(3), "r"));
    EXPECT_EQ(ada.address, "127.0.0.1");
}

TEST_P(Broadcast, AServerSideEmitHasNobodyToGoToOnOneNode) {
    bool complete = false;
    io.on_server_side("sync", [](std::string_view, nsp::server_reply) { ADD_FAILURE(); });
    io.server_side_emit("sync", "1",
                        [&](std::vector<std::string> answers, bool all) { complete = all && answers.empty(); });
    stage.run();
    EXPECT_TRUE(complete);
    std::string replied;
    EXPECT_FALSE(stage.at().handle_server_side("/", "other", "", [](std::string) {}));
    io.on_server_side("ask", [](std::string_view args, nsp::server_reply reply) { reply(std::string{args} + "0"); });
    EXPECT_TRUE(stage.at().handle_server_side("/", "ask", "4", [&](std::string args) { replied = args; }));
    EXPECT_EQ(replied, "40");
}
