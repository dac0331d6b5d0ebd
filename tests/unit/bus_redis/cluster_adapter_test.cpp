#include "bus/redis/classic_codec.hpp"
#include "bus/redis/cluster_adapter.hpp"
#include "unit/socketio/hub_stage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace ringback::bus {
namespace {

using namespace socketio;
using namespace std::chrono_literals;
using socketio::testing::manual_clock;
using socketio::testing::peer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

message_limits const limits;

/// What is said is kept; how many others there are is what a test says.
class recording_link final : public cluster_link {
public:
    std::string broadcast(socketio::broadcast const& what) const override {
        return classic::encode_broadcast("me", what);
    }
    std::string ask(socketio::broadcast const& what, std::string_view id, std::chrono::milliseconds t) const override {
        last_id = id;
        return classic::encode_ask("me", id, what, t);
    }
    std::string change(audience_change const& what) const override { return classic::encode_change("me", what); }
    std::string fetch(std::string_view, audience const& of, std::string_view id) const override {
        last_id = id;
        return classic::encode_fetch("me", id, of);
    }
    std::string server_event(std::string_view, std::string_view name, std::string_view args,
                             std::string_view id) const override {
        last_id = id;
        return classic::encode_server_event("me", id, name, args);
    }
    std::string answer(cluster_request const&, cluster_answer const& what) const override {
        return classic::encode_answer(what);
    }
    void start(cluster_listener& l, node_tag const&) override { listener = &l; }
    void say(std::string what) override { said.push_back(std::move(what)); }
    void count_others(std::string_view, std::move_only_function<void(std::optional<std::size_t>)> then) override {
        counting.push_back(std::move(then));
    }
    void when_heard(work then) override { waiting.push_back(std::move(then)); }
    void nsp_opened(std::string_view nsp) override { told.push_back("+" + std::string{nsp}); }
    void nsp_closed(std::string_view nsp) override { told.push_back("-" + std::string{nsp}); }
    void room_opened(std::string_view nsp, std::string_view room) override {
        told.push_back("+" + std::string{nsp} + " " + std::string{room});
    }
    void room_closed(std::string_view nsp, std::string_view room) override {
        told.push_back("-" + std::string{nsp} + " " + std::string{room});
    }
    void count(std::optional<std::size_t> others) {
        for (auto& then : std::exchange(counting, {}))
            then(others);
    }

    cluster_listener* listener = nullptr;
    mutable std::string last_id;
    std::vector<std::string> said, told;
    std::vector<std::move_only_function<void(std::optional<std::size_t>)>> counting;
    std::vector<work> waiting;
};

class ClusterAdapter : public ::testing::Test {
protected:
    ClusterAdapter() {
        auto owned = std::make_unique<recording_link>();
        link_ = owned.get();
        adapter_ = std::make_unique<cluster_adapter>(
            [this](std::uint32_t to, shard_adapter::work what) { posted_[to].push_back(std::move(what)); },
            std::move(owned), cluster_config{.requests_timeout = 100ms});
        for (std::uint32_t i = 0; i < 3; ++i) {
            timers_.push_back(std::make_unique<timer_wheel>(clock_.at.mono));
            hubs_.push_back(std::make_unique<hub>(i, hub_config{}, *adapter_, *timers_[i], clock_));
            adapter_->add(*hubs_[i]);
        }
        for (auto& h : hubs_)
            h->of("/");
        run();
        link_->told.clear();
    }

    void run() {
        for (bool any = true; any;) {
            any = false;
            for (auto& waiting : posted_)
                while (!waiting.empty()) {
                    auto next = std::move(waiting.front());
                    waiting.pop_front();
                    next();
                    any = true;
                }
        }
        for (auto& h : hubs_)
            h->collect();
    }
    void pass(std::chrono::milliseconds time) {
        clock_.at = clock_.at + time;
        for (auto& t : timers_)
            t->advance(clock_.at.mono);
        run();
    }
    peer& join(std::uint32_t shard) {
        peer& p = peers_.emplace_back(*hubs_[shard], clock_.at.mono);
        p.text("0");
        run();
        p.take();
        return p;
    }
    void hear(cluster_request request) {
        link_->listener->heard(std::move(request));
        run();
    }
    std::vector<std::string> said() { return std::exchange(link_->said, {}); }
    std::string id_of(std::uint32_t shard, std::size_t index = 0) {
        return std::string{hubs_[shard]->of("/").sockets()[index]->id()};
    }

    manual_clock clock_;
    recording_link* link_ = nullptr;
    std::array<std::deque<shard_adapter::work>, 3> posted_;
    std::vector<std::unique_ptr<timer_wheel>> timers_;
    std::unique_ptr<cluster_adapter> adapter_;
    std::vector<std::unique_ptr<hub>> hubs_;
    std::deque<peer> peers_;
};

event_message event_to(audience to, std::string name, std::optional<std::chrono::milliseconds> asked = {}) {
    return {.to = std::move(to), .name = std::move(name), .what = {}, .flags = {}, .ack_timeout = asked};
}

TEST_F(ClusterAdapter, WhatAnotherNodeSaysReachesTheSocketsOfAllShardsOnce) {
    auto &a = join(0), &b = join(1), &c = join(2);
    hear({"/", "you", "", event_to({}, "news")});
    for (peer* p : {&a, &b, &c})
        EXPECT_THAT(p->take(), ElementsAre(R"(42["news"])"));
    EXPECT_THAT(said(), IsEmpty()) << "it is not said again";
}

TEST_F(ClusterAdapter, AnEventThatClientsCannotTakeIsDropped) {
    auto& a = join(0);
    auto e = event_to({}, "news");
    e.what.attachments.resize(11);
    hear({"/", "you", "", std::move(e)});
    EXPECT_THAT(a.take(), IsEmpty());
}

TEST_F(ClusterAdapter, LocalSocketsWaitForNobody) {
    auto& a = join(1);
    hubs_[1]->of("/").emit("news", "1");
    EXPECT_THAT(a.take(), ElementsAre(R"(42["news",1])"));
    EXPECT_THAT(said(), IsEmpty()) << "not before the first shard's turn";
    run();
    EXPECT_EQ(said().size(), 1u);
    hubs_[1]->of("/").all().local().emit("local");
    run();
    EXPECT_THAT(said(), IsEmpty());
}

TEST_F(ClusterAdapter, AsksOfAnotherNodeAreCountedOnceForAllShardsAndAnsweredAsClientsAnswer) {
    auto &a = join(0), &b = join(2);
    hear({"/", "you", "q", event_to({}, "ask", 100ms)});
    EXPECT_THAT(said(), ElementsAre(R"({"type":8,"requestId":"q","clientCount":2})"));
    auto ask = a.take().at(0);
    auto id = ask.substr(2, ask.find('[') - 2);
    b.text("3" + id + R"(["yes",2])");
    run();
    auto answer = classic::decode_answer(said().at(0), limits);
    EXPECT_EQ(answer->content.args, R"("yes")");
    pass(200ms);
    EXPECT_THAT(said(), IsEmpty());
}

TEST_F(ClusterAdapter, NobodyAskedIsAnAnswerToo) {
    hear({"/", "you", "q", event_to({{"nobody"}, {}}, "ask", 100ms)});
    EXPECT_THAT(said(), ElementsAre(R"({"type":8,"requestId":"q","clientCount":0})"));
    hear({"/", "you", "q", fetch_message{{{"nobody"}, {}}, false}});
    EXPECT_THAT(said(), ElementsAre(R"({"requestId":"q","sockets":[]})"));
    hear({"/", "you", "q", fetch_message{{{"nobody"}, {}}, true}});
    EXPECT_THAT(said(), ElementsAre(R"({"requestId":"q","sockets":[]})"));
    hear({"/", "you", "q", rooms_message{}});
    EXPECT_THAT(said(), ElementsAre(R"({"requestId":"q","rooms":[]})"));
}

TEST_F(ClusterAdapter, AllRoomsAreNamedOnce) {
    join(0), join(1);
    hubs_[0]->of("/").sockets()[0]->join("red");
    hubs_[1]->of("/").sockets()[0]->join("red");
    hear({"/", "you", "q", rooms_message{}});
    auto text = said().at(0);
    EXPECT_EQ(text.find("red"), text.rfind("red"));
    EXPECT_NE(text.find(id_of(0)), std::string::npos);
    EXPECT_NE(text.find(id_of(1)), std::string::npos);
}

TEST_F(ClusterAdapter, ServersAreAnsweredOnceWhoeverHandlesIt) {
    int heard = 0;
    nsp::server_reply later;
    hubs_[1]->of("/").on_server_side("hi", [&](std::string_view args, nsp::server_reply reply) {
        ++heard;
        EXPECT_EQ(args, "1,2");
        reply("3,4");
        reply("5");
    });
    hubs_[2]->of("/").on_server_side("later", [&](auto, nsp::server_reply reply) { later = std::move(reply); });
    hear({"/", "you", "q", server_message{"hi", "1,2"}});
    EXPECT_THAT(said(), ElementsAre(R"({"type":6,"requestId":"q","data":3})"));
    hear({"/", "you", "", server_message{"hi", "1,2"}});
    EXPECT_EQ(heard, 2);
    EXPECT_THAT(said(), IsEmpty());
    hear({"/", "you", "q", server_message{"nobody's", ""}});
    EXPECT_THAT(said(), ElementsAre(R"({"type":6,"requestId":"q","data":null})"));
    hear({"/", "you", "q", server_message{"later", ""}});
    EXPECT_THAT(said(), IsEmpty());
    later("");
    run();
    EXPECT_THAT(said(), ElementsAre(R"({"type":6,"requestId":"q"})"));
}

TEST_F(ClusterAdapter, AChangeThatWantsAnAnswerIsAnsweredWhenItIsReachable) {
    join(1);
    audience_change change{"/", {{id_of(1)}, {}}, audience_change::kind::join, {"red"}};
    hear({"/", "you", "q", change_message{change}});
    EXPECT_THAT(link_->told, ElementsAre("+/ red"));
    EXPECT_THAT(said(), IsEmpty());
    ASSERT_EQ(link_->waiting.size(), 1u);
    link_->waiting[0]();
    EXPECT_THAT(said(), ElementsAre(R"({"requestId":"q"})"));
    change.to = {{"somebody else"}, {}};
    hear({"/", "you", "q", change_message{change}});
    EXPECT_EQ(link_->waiting.size(), 1u) << "who has it not keeps silent";
}

TEST_F(ClusterAdapter, RoomsAreToldByTheirFirstAndLastMemberOnEachShard) {
    auto& a = join(1);
    join(1);
    auto& in = hubs_[1]->of("/");
    EXPECT_THAT(link_->told, IsEmpty()) << "ids of our own are known by their beginning";
    in.sockets()[0]->join("red");
    in.sockets()[1]->join("red");
    in.sockets()[0]->leave("red");
    run();
    EXPECT_THAT(link_->told, ElementsAre("+/ red"));
    in.sockets()[0]->join("red");
    in.sockets()[1]->leave("red");
    a.lose(clock_);
    run();
    EXPECT_THAT(link_->told, ElementsAre("+/ red", "-/ red"));
}

TEST_F(ClusterAdapter, AQuestionIsAnsweredWhenAllNodesHaveAnswered) {
    join(1);
    std::vector<std::string> found;
    bool is_done = false;
    hubs_[2]->of("/").all().fetch_sockets([&](std::vector<socket_description> all) {
        for (auto& s : all)
            found.push_back(s.id);
        is_done = true;
    });
    run();
    auto answer = [&](std::string name) {
        cluster_answer a{.what = cluster_answer::kind::sockets, .id = link_->last_id};
        a.sockets.emplace_back().id = std::move(name);
        link_->listener->answered(std::move(a));
        run();
    };
    answer("x");
    link_->count(2);
    run();
    EXPECT_FALSE(is_done);
    answer("y");
    EXPECT_TRUE(is_done);
    EXPECT_THAT(found, UnorderedElementsAre(id_of(1), "x", "y"));
}

TEST_F(ClusterAdapter, WhoDoesNotAnswerIsWaitedForUntilTheTimeout) {
    std::vector<std::string> got;
    std::optional<bool> complete;
    auto ask = [&] {
        complete.reset();
        hubs_[0]->of("/").server_side_emit("hi", "", [&](std::vector<std::string> answers, bool all) {
            got = std::move(answers);
            complete = all;
        });
        run();
    };
    ask();
    link_->count(2);
    cluster_answer a{.what = cluster_answer::kind::server_event, .id = link_->last_id};
    a.content.args = "7";
    link_->listener->answered(a);
    pass(99ms);
    EXPECT_FALSE(complete);
    pass(2ms);
    EXPECT_EQ(complete, false);
    EXPECT_THAT(got, ElementsAre("7"));
    link_->listener->answered(a); // too late
    ask();
    link_->count(std::nullopt);
    EXPECT_EQ(complete, false) << "nobody can tell how many there are";
    ask();
    link_->count(0);
    EXPECT_EQ(complete, true);
}

TEST_F(ClusterAdapter, AcknowledgementsOfAllNodesAreOneAnswer) {
    auto& a = join(1);
    std::optional<broadcast_answers> got;
    hubs_[1]->of("/").all().timeout(1s).emit_with_ack("ask", "", [&](broadcast_answers all) { got = std::move(all); });
    run();
    link_->count(1);
    link_->listener->answered({.what = cluster_answer::kind::client_count, .id = link_->last_id, .clients = 1});
    cluster_answer ack{.what = cluster_answer::kind::client_ack, .id = link_->last_id};
    ack.content.args = "1";
    link_->listener->answered(ack);
    run();
    EXPECT_FALSE(got) << "our own client owes one";
    auto asked = a.take().at(0);
    a.text("3" + asked.substr(2, asked.find('[') - 2) + "[2]");
    run();
    ASSERT_TRUE(got);
    EXPECT_TRUE(got->complete);
    EXPECT_EQ(got->asked, 2u);
    EXPECT_EQ(got->acks.size(), 2u);
}

} // namespace
} // namespace ringback::bus
