#include "base/log.hpp"
#include "media/livekit/livekit_server.hpp"
#include "stand_in_server.hpp"
#include "temporary_store.hpp"
#include "unit/log_lines.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <set>

using namespace ringback;
using namespace ringback::media;
using namespace ringback::test;
using namespace std::chrono_literals;
using manner = scripted_reply::manner;

namespace {

using found = std::optional<std::vector<ports::media_participant>>;

call_id room(std::uint8_t n) { return call_id{call_id::bytes{1, 0, n}}; }

livekit_config quick(std::string const& port) {
    livekit_config c;
    c.url = "ws://127.0.0.1:" + port;
    c.api_key = "APIkey";
    c.api_secret = secret{"secret"};
    c.connections = 1;
    c.breaker = {.failures_to_open = 3, .first_backoff = 2ms, .max_backoff = 10ms};
    return c;
}

std::unique_ptr<livekit_server> create(livekit_config const& c, store::sqlite_store& store = any_store()) {
    return livekit_server::create(c, machine_clock(), store, store).value();
}

std::future<found> ask(livekit_server& server, call_id const& id) {
    std::promise<found> promise;
    auto coming = promise.get_future();
    server.list_participants(id, [p = std::move(promise)](found f) mutable { p.set_value(std::move(f)); });
    return coming;
}

/// The calls of ann (a user) and tom (a telecaller), one after the other.
struct call_book {
    temporary_store file;

    call_book() {
        for (auto [name, role] : {std::pair{"ann", call::role::user}, std::pair{"tom", call::role::telecaller}}) {
            call::account_patch patch;
            patch.role = role;
            write(ports::put_account{*account_id::parse(name), patch, ports::by_admin{}, {}, wall_time{1s}});
        }
    }
    store::sqlite_store& store() { return file.get(); }
    void write(ports::call_write what) {
        std::promise<ports::write_outcome> done;
        store().write(std::move(what), [&](ports::write_outcome o) { done.set_value(o); });
        EXPECT_EQ(done.get_future().get(), ports::write_outcome::ok);
    }
    void accepted(call_id const& id) {
        call::party ann{{*account_id::parse("ann"), {}, {}}, call::realm::user};
        call::party tom{{*account_id::parse("tom"), {}, {}}, call::realm::telecaller};
        write(ports::call_opened{{{id, call::call_type::audio, ann, tom, wall_time{1s}, wall_time{31s}}}, {}});
        write(ports::call_answered{id, {wall_time{5s}, {}}, {}, true});
    }
    void over(call_id const& id) {
        accepted(id);
        call::closing how;
        how.status = call::call_status::completed;
        how.accepted_at = wall_time{5s};
        how.ended_at = wall_time{9s};
        write(ports::call_closed{id, how, {}});
    }
    std::vector<call_id> left() {
        std::promise<std::vector<call_id>> promise;
        store().rooms_left(100, [&](auto result) { promise.set_value(result.value()); });
        return promise.get_future().get();
    }
    bool gets_empty() {
        for (auto end = std::chrono::steady_clock::now() + 20s; std::chrono::steady_clock::now() < end;
             std::this_thread::sleep_for(2ms))
            if (left().empty()) return true;
        return false;
    }
};

std::set<std::string> deleted(stand_in_server& livekit) {
    std::set<std::string> bodies;
    for (auto const& each : livekit.requests())
        if (each.target.ends_with("/DeleteRoom")) bodies.insert(each.body);
    return bodies;
}
std::string body_for(call_id const& id) { return R"({"room":")" + id.text() + R"("})"; }

} // namespace

// ---- questions

TEST(LivekitQuestion, IsAnsweredWithThoseInTheRoom) {
    stand_in_server livekit;
    livekit.script({{.body = R"({"participants":[{"sid":"PA_1","identity":"ann","state":"ACTIVE"}]})"}});
    auto server = create(quick(livekit.port()));
    auto there = ask(*server, room(1)).get().value();
    ASSERT_EQ(there.size(), 1u);
    EXPECT_EQ(there[0].identity, "ann");
    auto request = livekit.requests().at(0);
    EXPECT_EQ(request.target, "/twirp/livekit.RoomService/ListParticipants");
    EXPECT_EQ(request.body, body_for(room(1)));
}

TEST(LivekitQuestion, OfARoomThatDoesNotExistIsAnsweredWithNobody) {
    stand_in_server livekit;
    livekit.script({{.status = 404, .body = R"({"code":"not_found"})"}});
    auto server = create(quick(livekit.port()));
    EXPECT_TRUE(ask(*server, room(1)).get().value().empty());
}

TEST(LivekitQuestion, ThatCannotBeAskedIsAnsweredWithNothing) {
    stand_in_server livekit;
    livekit.script({{.status = 503}, {.status = 500}, {.status = 401}, {.body = "?"}});
    auto server = create(quick(livekit.port()));
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(ask(*server, room(1)).get().has_value(), false) << i;
    EXPECT_TRUE(ask(*server, room(1)).get());
}

TEST(LivekitQuestion, IsNotAskedWhileLivekitIsDown) {
    stand_in_server livekit;
    livekit.script({{.status = 503}, {.status = 503}, {.status = 503}});
    auto config = quick(livekit.port());
    config.breaker.first_backoff = config.breaker.max_backoff = 1h;
    auto server = create(config);
    for (int i = 0; i < 20; ++i)
        EXPECT_FALSE(ask(*server, room(1)).get());
    EXPECT_EQ(livekit.requests().size(), 3u);
}

TEST(LivekitQuestion, IsAskedAgainWhenLivekitIsBack) {
    stand_in_server livekit{stand_in_server::listening::later};
    auto server = create(quick(livekit.port()));
    for (int i = 0; i < 5; ++i)
        EXPECT_FALSE(ask(*server, room(1)).get());
    livekit.listen();
    auto end = std::chrono::steady_clock::now() + 20s;
    while (!ask(*server, room(1)).get())
        ASSERT_LT(std::chrono::steady_clock::now(), end);
}

TEST(LivekitQuestion, WaitsForASlowAnswerNoLongerThanForARequest) {
    stand_in_server livekit;
    livekit.script({{.how = manner::silence}});
    auto config = quick(livekit.port());
    config.http.request_timeout = 100ms;
    auto server = create(config);
    EXPECT_FALSE(ask(*server, room(1)).get());
    EXPECT_TRUE(ask(*server, room(2)).get());
}

TEST(LivekitQuestion, IsAnsweredAtTheEndToo) {
    stand_in_server livekit;
    livekit.script({{.how = manner::silence}});
    auto server = create(quick(livekit.port()));
    auto first = ask(*server, room(1)), second = ask(*server, room(2));
    ASSERT_TRUE(livekit.gets(1));
    auto begin = std::chrono::steady_clock::now();
    server.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
    EXPECT_FALSE(first.get());
    EXPECT_FALSE(second.get());
}

TEST(LivekitQuestion, IsRefusedWhenTooManyWait) {
    stand_in_server livekit;
    livekit.script({{.how = manner::silence}});
    auto config = quick(livekit.port());
    config.max_questions = 1;
    auto server = create(config);
    auto first = ask(*server, room(1));
    ASSERT_TRUE(livekit.gets(1));
    auto second = ask(*server, room(2)), third = ask(*server, room(3));
    EXPECT_EQ(third.wait_for(0s), std::future_status::ready);
    EXPECT_EQ(second.wait_for(0s), std::future_status::timeout);
}

// ---- sweeps

TEST(LivekitSweep, DeletesTheRoomsThatWereLeftAndForgetsThem) {
    call_book book;
    book.over(room(1));
    book.over(room(2));
    book.accepted(room(3));
    stand_in_server livekit;
    livekit.script({{}, {.status = 404, .body = R"({"code":"not_found"})"}});
    auto server = create(quick(livekit.port()), book.store());
    EXPECT_TRUE(book.gets_empty());
    EXPECT_EQ(deleted(livekit), (std::set{body_for(room(1)), body_for(room(2))}));
}

TEST(LivekitSweep, DeletesRoomsThatCameToLifeAgainAndLeavesOthersAlone) {
    call_book book;
    book.over(room(1));
    book.write(ports::room_gone{room(1)});
    book.accepted(room(2));
    stand_in_server livekit;
    livekit.script_rooms({.body = R"({"rooms":[{"name":"lobby"},{"name":")" + room(9).text() + R"("},{"name":")" +
                                  room(2).text() + R"("},{"name":")" + room(1).text() + R"("}]})"});
    auto config = quick(livekit.port());
    config.sweep.interval = 10ms;
    auto server = create(config, book.store());
    ASSERT_TRUE(livekit.gets(2)) << "each sweep finds it";
    server.reset();
    EXPECT_EQ(deleted(livekit), std::set{body_for(room(1))});
    EXPECT_EQ(livekit.sweeps().at(0).body, "{}");
}

TEST(LivekitSweep, IsRepeatedSoonerWhenLivekitWasAway) {
    call_book book;
    book.over(room(1));
    stand_in_server livekit{stand_in_server::listening::later};
    log_lines log;
    auto config = quick(livekit.port());
    config.sweep.retry = 10ms;
    auto server = create(config, book.store());
    EXPECT_TRUE(log.has("LiveKit: its rooms could not be listed"));
    livekit.listen();
    EXPECT_TRUE(book.gets_empty());
}

TEST(LivekitSweep, IsBrokenOffAtTheEnd) {
    stand_in_server livekit;
    livekit.script_rooms({.how = manner::silence});
    auto server = create(quick(livekit.port()));
    auto end = std::chrono::steady_clock::now() + 20s;
    while (livekit.sweeps().empty())
        ASSERT_LT(std::chrono::steady_clock::now(), end);
    auto begin = std::chrono::steady_clock::now();
    server.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
}
