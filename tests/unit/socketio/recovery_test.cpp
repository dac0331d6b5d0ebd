#include "socketio/json_value.hpp"
#include "socketio/json_view.hpp"
#include "unit/socketio/hub_stage.hpp"

#include <random>

using namespace ringback;
using namespace ringback::socketio;
using namespace std::chrono_literals;
using ringback::socketio::testing::hub_stage;
using ringback::socketio::testing::peer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

namespace {

hub_config with_recovery() {
    hub_config config;
    config.recovery.window = 2min;
    return config;
}

std::string member(std::string_view json, std::string_view name) {
    return string_value(find_member(json, name).value_or(std::string_view{})).value_or("");
}

/// What a client of the official kind remembers: pid, and the last argument of an event when it is a string.
struct memory {
    void see(std::vector<std::string> const& packets) {
        for (auto const& p : packets) {
            auto packet = decode_packet(std::string_view{p}.substr(1), {});
            ASSERT_TRUE(packet) << p;
            if (packet->type == packet_type::connect) {
                recovered = !pid.empty() && pid == member(packet->payload, "pid");
                sid = member(packet->payload, "sid");
                pid = member(packet->payload, "pid");
            } else if (packet->type == packet_type::event) {
                std::string_view last;
                for (auto arg : json_array_view::of_items(packet->args))
                    last = arg;
                if (kind_of(last) == json_kind::string) offset = *string_value(last);
                std::string scratch;
                events.emplace_back(event_name(*packet, scratch));
            }
        }
    }
    std::string connect() const {
        std::string packet = R"(0{"pid":")" + pid + '"';
        if (offset) packet += R"(,"offset":")" + *offset + '"';
        return packet + "}";
    }
    std::vector<std::string> take() { return std::exchange(events, {}); }

    std::string sid, pid;
    std::optional<std::string> offset;
    bool recovered = false;
    std::vector<std::string> events;
};

struct Recovery : ::testing::TestWithParam<std::uint32_t> {
    explicit Recovery(hub_config const& config = with_recovery()) : stage{GetParam(), config} {
        stage.set_up([](hub& h) { h.of("/"); });
    }

    peer& connect(std::uint32_t shard = 0) {
        peer& p = stage.arrive(shard % GetParam());
        p.text(me.pid.empty() ? "0" : me.connect());
        stage.run();
        me.see(p.take());
        return p;
    }
    void see(peer& p) {
        stage.run();
        me.see(p.take());
    }
    nsp& io(std::uint32_t shard = 0) { return stage.at(shard % GetParam()).of("/"); }
    socketio::socket& mine(std::uint32_t shard = 0) { return *io(shard).sockets().back(); }

    hub_stage stage;
    memory me;
};

// On one shard, and on two between which the client moves at every step.
INSTANTIATE_TEST_SUITE_P(Shards, Recovery, ::testing::Values(1u, 2u));

} // namespace

TEST_P(Recovery, RestoresIdRoomsDataAndWhatWasMissedBeforeTheConnectAnswer) {
    peer& first = connect(0);
    mine().join("room1");
    mine().set_data(R"({"foo":"bar"})");
    io().emit("hello");
    see(first);
    ASSERT_TRUE(me.offset);
    std::string sid = me.sid, pid = me.pid;
    first.lose(stage.clock);
    io().emit("hello1");
    stage.run();
    io(1).to("room1").emit("hello2", R"({"a":1})");
    stage.run();
    io().to(sid).emit("hello3");
    io().to("elsewhere").emit("not mine");
    io().except("room1").emit("not mine either");
    stage.run();

    peer& second = stage.arrive(1 % GetParam());
    second.text(me.connect());
    stage.run();
    auto packets = second.take();
    ASSERT_EQ(packets.size(), 4u);
    EXPECT_THAT(packets[0], StartsWith(R"(42["hello1",")"));
    EXPECT_THAT(packets[1], StartsWith(R"(42["hello2",{"a":1},")"));
    EXPECT_THAT(packets[2], StartsWith(R"(42["hello3",")"));
    EXPECT_EQ(packets[3], R"(40{"sid":")" + sid + R"(","pid":")" + pid + R"("})");
    me.see(packets);
    auto& again = mine(1);
    EXPECT_TRUE(again.is_recovered());
    EXPECT_EQ(again.id(), sid);
    EXPECT_THAT(again.rooms(), ElementsAre(sid, "room1"));
    EXPECT_EQ(again.data(), R"({"foo":"bar"})");
    io().to(sid).emit("to its id");
    io().to("room1").to(sid).emit("to both");
    me.take();
    see(second);
    EXPECT_THAT(me.take(), ElementsAre("to its id", "to both"));
}

TEST_P(Recovery, WorksBeforeAnyEventCame) {
    connect(0).lose(stage.clock);
    io().emit("first");
    stage.run();
    connect(1);
    EXPECT_TRUE(me.recovered);
    EXPECT_THAT(me.take(), ElementsAre("first"));
}

TEST_P(Recovery, WorksAfterAQuietPeriodLongerThanTheWindow) {
    peer& first = connect(0);
    io().emit("long ago");
    see(first);
    me.take();
    for (int i = 0; i < 10; ++i) {
        stage.pass(1min);
        io().to("others").emit("not mine");
    }
    first.lose(stage.clock);
    stage.pass(1min);
    io().emit("missed");
    connect(1);
    EXPECT_TRUE(me.recovered);
    EXPECT_THAT(me.take(), ElementsAre("missed"));
}

TEST_P(Recovery, AVolatileEventThatEndsInAStringDoesNotPoisonTheOffset) {
    peer& first = connect(0);
    io().emit("normal");
    io().all().as_volatile().emit("tick", R"("noon")");
    see(first);
    mine().emit("tick", R"("noon")", {}, {.is_volatile = true});
    see(first);
    EXPECT_THAT(me.take(), ElementsAre("normal", "tick", "tick"));
    first.lose(stage.clock);
    io().all().as_volatile().emit("tick", R"("one")");
    io().emit("missed");
    stage.run();
    connect(1);
    EXPECT_TRUE(me.recovered);
    EXPECT_THAT(me.take(), ElementsAre("missed")); // volatile ones are not recovered
}

TEST_P(Recovery, TakesOverASocketWhoseLossWasNotNoticed) {
    std::vector<std::string> ended;
    stage.set_up([&](hub& h) {
        h.of("/").on_disconnect([&](socketio::socket& s, disconnect_reason why, moment) {
            ended.push_back(std::string{s.id()} + " " + std::string{why.text()});
        });
    });
    peer& first = connect(0);
    std::string sid = me.sid;
    io().emit("lost on the way");
    stage.run();
    first.take(); // never arrived
    peer& second = connect(1);
    EXPECT_TRUE(me.recovered);
    EXPECT_EQ(me.sid, sid);
    EXPECT_THAT(me.take(), ElementsAre("lost on the way"));
    EXPECT_THAT(ended, ElementsAre(sid + " transport close"));
    EXPECT_TRUE(first.session.closed);
    io().emit("next");
    see(second);
    EXPECT_THAT(me.take(), ElementsAre("next"));
    EXPECT_THAT(first.take(), IsEmpty());
}

TEST_P(Recovery, APidServesOneSocketOnly) {
    peer& first = connect(0);
    first.lose(stage.clock);
    auto stolen = me.connect();
    peer& second = connect(1);
    EXPECT_TRUE(me.recovered);
    peer& third = stage.arrive();
    third.text(stolen);
    stage.run();
    third.take();
    EXPECT_TRUE(second.session.closed); // the newest holds it
    EXPECT_EQ(io(0).sockets().size() + (GetParam() > 1 ? io(1).sockets().size() : 0), 1u);
}

TEST_P(Recovery, ALossInTheMiddleOfTheReplayIsRecoveredToo) {
    peer& first = connect(0);
    io().emit("seen");
    see(first);
    first.lose(stage.clock);
    for (auto name : {"m1", "m2", "m3"})
        io().emit(name);
    stage.run();
    me.take();
    peer& second = stage.arrive(1 % GetParam());
    second.text(me.connect());
    stage.run();
    auto packets = second.take();
    packets.resize(1); // m1 alone arrives
    auto pid = me.pid;
    me.see(packets);
    me.pid = pid;
    second.lose(stage.clock);
    io().emit("m4");
    stage.run();
    peer& third = stage.arrive(0);
    third.text(me.connect());
    stage.run();
    auto rest = third.take();
    third.lose(stage.clock); // nothing of it arrives
    connect(1);
    EXPECT_TRUE(me.recovered);
    EXPECT_THAT(me.take(), ElementsAre("m1", "m2", "m3", "m4"));
}

TEST_P(Recovery, ManyLossesInARowLoseAndDoubleNothing) {
    std::vector<std::string> expected, got;
    int n = 0;
    auto send = [&](int times) {
        while (times--) {
            expected.push_back("e" + std::to_string(n++));
            io(static_cast<std::uint32_t>(n)).emit(expected.back());
            stage.run();
        }
    };
    peer* p = &connect(0);
    for (std::uint32_t i = 1; i < 30; ++i) {
        send(static_cast<int>(i % 4));
        if (i % 3) see(*p); // else what was sent is lost with the transport
        p->take();
        if (i % 5) p->lose(stage.clock);
        send(static_cast<int>(i % 3));
        stage.pass(1s);
        p = &connect(i);
        ASSERT_TRUE(me.recovered) << i;
    }
    see(*p);
    EXPECT_EQ(me.take(), expected);
}

TEST_P(Recovery, ReplaysOnlyToWhoPassesTheMiddlewares) {
    bool allowed = true;
    stage.set_up([&](hub& h) {
        h.of("/").use([&](socketio::socket&, admission a) { allowed ? a.accept() : a.refuse("Account suspended"); });
    });
    connect(0).lose(stage.clock);
    io().emit("secret");
    stage.run();
    allowed = false;
    peer& second = stage.arrive();
    second.text(me.connect());
    stage.run();
    EXPECT_THAT(second.take(), ElementsAre(R"(44{"message":"Account suspended"})"));
    allowed = true;
    connect(1);
    EXPECT_TRUE(me.recovered); // the refusal did not use the session up
    EXPECT_THAT(me.take(), ElementsAre("secret"));
}

TEST_P(Recovery, IsNotForWhoLeftOrWasSentAway) {
    connect(0).text("1");
    auto old = me.pid;
    connect(0);
    EXPECT_FALSE(me.recovered);
    EXPECT_NE(me.pid, old);
    old = me.pid;
    mine().disconnect();
    connect(0);
    EXPECT_FALSE(me.recovered);
    peer& broken = connect(0);
    broken.lose(stage.clock, engineio::close_reason::parse_error);
    connect(0);
    EXPECT_FALSE(me.recovered);
}

TEST_P(Recovery, EndsWithItsWindow) {
    connect(0).lose(stage.clock);
    stage.pass(2min);
    peer& again = connect(1);
    EXPECT_TRUE(me.recovered);
    again.lose(stage.clock);
    stage.pass(2min + 1ms);
    auto old = me.pid;
    connect(0);
    EXPECT_FALSE(me.recovered);
    EXPECT_NE(me.pid, old);
}

TEST_P(Recovery, RefusesUnknownSessionsAndForeignOffsets) {
    connect(0).lose(stage.clock);
    me.offset = "someone.7";
    connect(0);
    EXPECT_FALSE(me.recovered);
    me.pid = "unknown";
    me.offset.reset();
    connect(0);
    EXPECT_FALSE(me.recovered);
    EXPECT_FALSE(me.pid.empty());
    for (auto connect_packet : {R"(0{"pid":7})", R"(0{"pid":"x","offset":{}})", R"(0{"pid":"","offset":""})"}) {
        peer& p = stage.arrive();
        p.text(connect_packet);
        stage.run();
        EXPECT_THAT(p.take(), ElementsAre(StartsWith("40{")));
    }
}

TEST_P(Recovery, EventsWithAcknowledgementCarryNoOffsetAndAreNotRecovered) {
    peer& first = connect(0);
    mine().emit_with_ack("q", "1", [](auto) {});
    EXPECT_THAT(first.take(), ElementsAre(R"(420["q",1])"));
    io().all().emit_with_ack("q", "2", [](auto) {});
    stage.run();
    EXPECT_THAT(first.take(), ElementsAre(::testing::EndsWith(R"(["q",2])")));
    first.lose(stage.clock);
    connect(1);
    EXPECT_TRUE(me.recovered);
    EXPECT_THAT(me.take(), IsEmpty());
}

// Shards whose mailboxes are worked off in any order, while a client moves between them: what was on its way when it
// moved is the hard part.
TEST(RecoveryModel, WhateverTheShardsAreDoingEachEventArrivesOnceAndInTheOrderOfItsSender) {
    constexpr std::uint32_t shards = 3;
    for (unsigned seed = 1; seed <= 300; ++seed) {
        std::mt19937 random{seed};
        auto one_of = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
        hub_stage stage{shards, with_recovery()};
        stage.set_up([](hub& h) { h.of("/"); });
        memory me;
        std::vector<int> sent(shards, 0);
        std::size_t losses = 0;
        peer* p = &stage.arrive();
        p->text("0");
        me.see(p->take());
        auto sid = me.sid;
        for (int step = 0; step < 200; ++step) {
            switch (one_of(6)) {
            case 0:
            case 1: {
                std::uint32_t from = one_of(shards);
                stage.at(from).of("/").emit(std::to_string(from) + ":" + std::to_string(sent[from]++));
                break;
            }
            case 2:
            case 3:
                for (std::uint32_t n = one_of(4); n; --n)
                    stage.run_one(one_of(shards));
                break;
            case 4: me.see(p->take()); break;
            case 5:
                if (one_of(3)) break;
                ++losses;
                p->take();                           // lost on the way
                if (one_of(3)) p->lose(stage.clock); // else the server has not noticed
                p = &stage.arrive(one_of(shards));
                p->text(me.connect());
                break;
            }
        }
        stage.run();
        me.see(p->take());
        ASSERT_EQ(me.sid, sid) << "seed " << seed;
        std::vector<int> next(shards, 0);
        for (auto const& name : me.take()) {
            auto from = static_cast<std::size_t>(name[0] - '0');
            ASSERT_EQ(name, std::to_string(from) + ":" + std::to_string(next[from]++)) << "seed " << seed;
        }
        ASSERT_EQ(next, sent) << "seed " << seed << ", " << losses << " losses";
    }
}

TEST(RecoveryLimits, SessionsWhoseEventsFellOutStartAnew) {
    hub_config config = with_recovery();
    config.recovery.max_log_bytes = 10'000;
    hub_stage stage{1, config};
    nsp& io = stage.at().of("/");
    auto lose_one = [&] {
        peer& p = stage.arrive();
        p.text("0");
        memory m;
        m.see(p.take());
        p.lose(stage.clock);
        return m;
    };
    memory early = lose_one();
    for (int i = 0; i < 100; ++i)
        io.emit("filler", R"("forty characters that nobody ever reads")");
    EXPECT_LE(stage.at().recovery().log_bytes(), 10'000u);
    memory late = lose_one();
    for (memory* m : {&early, &late}) {
        peer& p = stage.arrive();
        p.text(m->connect());
        m->see(p.take());
        EXPECT_EQ(m->recovered, m == &late);
        EXPECT_THAT(m->take(), IsEmpty());
    }
}

TEST(RecoveryLimits, TheOldestLostSessionsGoFirstAndTheLogEmptiesWithTime) {
    hub_config config = with_recovery();
    config.recovery.max_sessions = 3;
    hub_stage stage{1, config};
    for (int i = 0; i < 5; ++i)
        stage.join().lose(stage.clock);
    EXPECT_EQ(stage.at().recovery().lost_sessions(), 3u);
    stage.at().of("/").emit("e");
    for (int i = 0; i < 10; ++i)
        stage.pass(1min);
    EXPECT_EQ(stage.at().recovery().lost_sessions(), 0u);
    EXPECT_EQ(stage.at().recovery().log_bytes(), 0u);
    EXPECT_EQ(stage.timers().armed(), 0u);
}

TEST(RecoveryOff, AddsNothingToPackets) {
    hub_stage stage;
    peer& p = stage.arrive();
    stage.at().of("/");
    p.text(R"(0{"pid":"x","offset":"y"})");
    EXPECT_THAT(p.take(), ElementsAre(::testing::MatchesRegex(R"(40\{"sid":"[^"]*"\})")));
    stage.at().of("/").emit("e", "1");
    EXPECT_THAT(p.take(), ElementsAre(R"(42["e",1])"));
}
