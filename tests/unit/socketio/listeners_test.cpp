#include "socketio/task.hpp"
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

struct Listeners : ::testing::Test {
    event_handler note(std::string who) {
        return [this, who](socketio::socket&, event const& e) { heard.push_back(who + " " + std::string{e.name}); };
    }
    std::vector<std::string> take() { return std::exchange(heard, {}); }

    hub_stage stage;
    nsp& io = stage.at().of("/");
    std::vector<std::string> heard;
};

} // namespace

TEST_F(Listeners, OfASocketRunBeforeThoseOfItsNamespaceAndForThatSocketOnly) {
    io.on("e", note("nsp")).on_any(note("nsp any")).on_unhandled(note("unhandled"));
    peer& first = stage.join();
    peer& second = stage.join();
    stage.socket_at(0).on("e", note("socket")).on_any(note("any")).on("mine", note("socket"));
    first.text(R"(2["e"])");
    EXPECT_THAT(take(), ElementsAre("any e", "socket e", "nsp any e", "nsp e"));
    second.text(R"(2["e"])");
    EXPECT_THAT(take(), ElementsAre("nsp any e", "nsp e"));
    first.text(R"(2["mine"])");
    EXPECT_THAT(take(), ElementsAre("any mine", "socket mine", "nsp any mine"));
    second.text(R"(2["mine"])");
    EXPECT_THAT(take(), ElementsAre("nsp any mine", "unhandled mine"));
}

TEST_F(Listeners, MayBeAddedAndRemovedFromInsideOfOne) {
    peer& p = stage.join();
    auto& s = stage.socket_at(0);
    s.once("e", note("once")).on("e", note("always"));
    s.on("e", [&](socketio::socket& self, event const&) { self.off("e").on("e", note("new")); });
    p.text(R"(2["e"])");
    EXPECT_THAT(take(), ElementsAre("once e", "always e"));
    p.text(R"(2["e"])");
    EXPECT_THAT(take(), ElementsAre("new e"));
    s.on_any([&](socketio::socket& self, event const&) { self.off_any(); });
    p.text(R"(2["e"])");
    p.text(R"(2["e"])");
    EXPECT_THAT(take(), ElementsAre("new e", "new e"));
}

TEST_F(Listeners, AreAskedAfterTheFilters) {
    peer& p = stage.join();
    io.on("e", note("nsp"));
    stage.socket_at(0)
        .use([](socketio::socket& s, event const& e) {
            if (e.first_arg() == "1") s.acknowledge(*e.ack_id, R"("refused")");
            return e.first_arg() != "1";
        })
        .use([&](socketio::socket&, event const&) {
            heard.emplace_back("second filter");
            return true;
        });
    p.text(R"(25["e",1])");
    EXPECT_THAT(take(), IsEmpty());
    EXPECT_THAT(p.take(), ElementsAre(R"(435["refused"])"));
    p.text(R"(26["e",2])");
    EXPECT_THAT(take(), ElementsAre("second filter", "nsp e"));
}

TEST_F(Listeners, SeeWhatGoesOut) {
    stage.join();
    stage.join();
    auto& s = stage.socket_at(0);
    s.on_any_outgoing([&](socketio::socket&, event const& e) {
        heard.push_back(std::string{e.name} + " " + std::string{e.args} + (e.ack_id ? " ack" : ""));
    });
    s.emit("a", "1");
    s.emit_with_ack("b", "2", [](auto) {});
    io.emit("c", "3");
    io.except(s.id()).emit("d");
    EXPECT_THAT(take(), ElementsAre("a 1", "b 2 ack", "c 3"));
}

TEST_F(Listeners, MayBeCoroutinesThatOutliveTheirSocket) {
    io.on("order", [this](socketio::socket& s, event const& e) -> task {
        auto who = s.handle();
        owned_event mine = e.to_owned();
        auto answer = co_await who.ask("confirm", {mine.args, {}}, 5s);
        heard.push_back(answer ? "answer " + answer->args : answer.error() == ack_error::timeout ? "timeout" : "gone");
        co_await who.wait(1s);
        if (socketio::socket* still = who.get())
            still->acknowledge(*mine.ack_id, "true");
        else
            heard.emplace_back("no socket");
    });
    peer& p = stage.join();
    p.text(R"(23["order",7])");
    EXPECT_THAT(p.take(), ElementsAre(R"(420["confirm",7])"));
    p.text(R"(30["yes"])");
    EXPECT_THAT(take(), ElementsAre(R"(answer "yes")"));
    EXPECT_THAT(p.take(), IsEmpty());
    stage.pass(1s);
    EXPECT_THAT(p.take(), ElementsAre("433[true]"));

    p.text(R"(24["order",8])");
    stage.pass(5s);
    EXPECT_THAT(take(), ElementsAre("timeout"));
    p.text(R"(25["order",9])");
    p.lose(stage.clock);
    EXPECT_THAT(take(), ElementsAre("gone"));
    stage.pass(1s);
    EXPECT_THAT(take(), ElementsAre("no socket", "no socket"));
}

TEST(TaskErrors, AreToldAndCloseTheClient) {
    hub_config config;
    std::string told;
    config.on_task_error = [&](std::exception_ptr failure) {
        try {
            std::rethrow_exception(failure);
        } catch (std::exception const& e) {
            told = e.what();
        }
    };
    hub_stage stage{1, config};
    stage.at().of("/").on("bad", [](socketio::socket& s, event const&) -> task {
        co_await s.handle().wait(1s);
        throw std::runtime_error{"lost the thread"};
    });
    peer& p = stage.join();
    p.text(R"(2["bad"])");
    EXPECT_FALSE(p.session.closed);
    stage.pass(1s);
    EXPECT_EQ(told, "lost the thread");
    EXPECT_TRUE(p.session.closed);
}

TEST_F(Listeners, AMiddlewareMayBeACoroutine) {
    io.use([](socketio::socket& s, admission a) -> task {
        admission mine = std::move(a);
        co_await s.handle().wait(10ms);
        mine.accept();
    });
    peer& p = stage.arrive();
    p.text("0");
    EXPECT_THAT(p.take(), IsEmpty());
    stage.pass(10ms);
    EXPECT_THAT(p.take(), ElementsAre(StartsWith("40{")));
}
