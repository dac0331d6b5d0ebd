#include "auth/jws_message.hpp"
#include "media/livekit/livekit_server.hpp"
#include "stand_in_server.hpp"
#include "temporary_store.hpp"
#include "unit/log_lines.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <thread>

using namespace ringback;
using namespace ringback::media;
using namespace ringback::test;
using namespace std::chrono_literals;
namespace json = boost::json;
using manner = scripted_reply::manner;

namespace {

secret const api_secret{"secret"};
system_clock_source const system_clock;

call_id room(std::uint8_t n, std::uint8_t m = 0) { return call_id{call_id::bytes{1, m, n}}; }
std::string body_for(call_id const& id) { return R"({"room":")" + id.text() + R"("})"; }

/// Retries at once, so that nobody waits for them.
livekit_config quick(std::string const& port) {
    livekit_config c;
    c.url = "ws://127.0.0.1:" + port;
    c.api_key = "APIkey";
    c.api_secret = api_secret;
    c.breaker.first_backoff = 2ms;
    c.breaker.max_backoff = 10ms;
    return c;
}

std::unique_ptr<livekit_server> create(livekit_config const& c) {
    return livekit_server::create(c, system_clock, any_store(), any_store()).value();
}

json::value claims_of(std::string_view token) {
    auto message = auth::jws_message::parse(token).value();
    EXPECT_TRUE(message.verified_by(auth::jws_key::from_secret(api_secret).value()));
    auto text = message.payload();
    return json::parse({text.data(), text.size()});
}

/// How long the destructor takes.
std::chrono::steady_clock::duration time_to_destroy(std::unique_ptr<livekit_server> server) {
    auto begin = std::chrono::steady_clock::now();
    server.reset();
    return std::chrono::steady_clock::now() - begin;
}

} // namespace

// ---- credentials

TEST(LivekitServer, MintsForBothPartiesWhileLivekitIsDown) {
    stand_in_server nobody{stand_in_server::listening::later};
    auto server = create(quick(nobody.port()));
    call::display const ann{account_id::parse("ann").value(), "Ann", std::nullopt};
    call::display const bob{account_id::parse("bob").value(), std::nullopt, std::nullopt};
    wall_time const now{1'790'000'000'000ms};

    auto first = server->mint(room(1), call::call_type::video, ann, now).value();
    EXPECT_EQ(first.url, "ws://127.0.0.1:" + nobody.port());
    EXPECT_EQ(first.room, room(1).text());
    auto claims = claims_of(first.token.reveal());
    EXPECT_EQ(claims.at("iss"), "APIkey");
    EXPECT_EQ(claims.at("sub"), "ann");
    EXPECT_EQ(claims.at("name"), "Ann");
    EXPECT_EQ(claims.at("exp"), 1'790'000'600);
    EXPECT_EQ(claims.at("video").at("room").as_string(), room(1).text().c_str());
    EXPECT_FALSE(claims.at("video").as_object().contains("canPublishSources"));

    auto second = claims_of(server->mint(room(1), call::call_type::audio, bob, now)->token.reveal());
    EXPECT_FALSE(second.as_object().contains("name"));
    EXPECT_EQ(second.at("video").at("canPublishSources"), (json::array{"microphone"}));
}

TEST(LivekitServer, RefusesAConfigurationThatCannotWork) {
    auto refusal = [](auto change) {
        auto c = quick("7880");
        change(c);
        return livekit_server::create(c, system_clock, any_store(), any_store()).error();
    };
    EXPECT_EQ(refusal([](auto& c) { c.url = "live.example.org"; }), errc::bad_url);
    EXPECT_EQ(refusal([](auto& c) { c.api_key.clear(); }), errc::empty_api_key);
    EXPECT_EQ(refusal([](auto& c) { c.api_secret = {}; }), errc::empty_api_secret);
}

// ---- deletion

TEST(LivekitRoomDeletion, AsksTheRoomServiceWithAShortLivedTokenForThatRoom) {
    stand_in_server livekit;
    auto config = quick(livekit.port());
    config.url += "/media/";
    auto server = create(config);
    server->delete_room(room(1));
    ASSERT_TRUE(livekit.gets(1));

    auto request = livekit.requests().front();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/media/twirp/livekit.RoomService/DeleteRoom");
    EXPECT_EQ(request.host, "127.0.0.1:" + livekit.port());
    EXPECT_EQ(request.content_type, "application/json");
    EXPECT_EQ(request.body, body_for(room(1)));
    ASSERT_TRUE(request.authorization.starts_with("Bearer "));
    auto claims = claims_of(std::string_view{request.authorization}.substr(7));
    EXPECT_EQ(claims.at("iss"), "APIkey");
    EXPECT_EQ(claims.at("exp").as_int64() - claims.at("nbf").as_int64(), 60);
    EXPECT_EQ(claims.at("video").at("roomCreate"), true);
    EXPECT_EQ(claims.at("video").at("roomAdmin"), true);
    EXPECT_EQ(claims.at("video").at("room").as_string(), room(1).text().c_str());
}

TEST(LivekitRoomDeletion, IsDoneWhenTheRoomIsGoneAlready) {
    stand_in_server livekit;
    livekit.script({{.status = 404, .body = R"({"code":"not_found","msg":"no such room"})"}});
    auto config = quick(livekit.port());
    config.connections = 1;
    auto server = create(config);
    server->delete_room(room(1));
    server->delete_room(room(2));
    ASSERT_TRUE(livekit.gets(2));
    server.reset();
    ASSERT_EQ(livekit.requests().size(), 2u);
    EXPECT_EQ(livekit.requests()[1].body, body_for(room(2)));
}

TEST(LivekitRoomDeletion, IsNotRepeatedWhenItIsRefused) {
    stand_in_server livekit;
    log_lines log;
    livekit.script({{.status = 401, .body = R"({"code":"unauthenticated","msg":"invalid token"})"}});
    auto server = create(quick(livekit.port()));
    server->delete_room(room(1));
    EXPECT_TRUE(log.has("LiveKit room " + room(1).text() + ": deletion refused: 401 unauthenticated"));
    server.reset();
    EXPECT_EQ(livekit.requests().size(), 1u);
}

TEST(LivekitRoomDeletion, IsRepeatedAfterAnErrorOfTheServer) {
    stand_in_server livekit;
    livekit.script({{.status = 500, .body = R"({"code":"internal"})"}, {.status = 503}, {}});
    auto server = create(quick(livekit.port()));
    server->delete_room(room(1));
    ASSERT_TRUE(livekit.gets(3));
    server.reset();
    auto requests = livekit.requests();
    ASSERT_EQ(requests.size(), 3u);
    for (auto const& each : requests)
        EXPECT_EQ(each.body, body_for(room(1)));
}

TEST(LivekitRoomDeletion, HappensWhenALivekitThatRefusedConnectionsIsBack) {
    stand_in_server livekit{stand_in_server::listening::later};
    log_lines log;
    auto server = create(quick(livekit.port()));
    std::set<std::string> expected;
    for (std::uint8_t i = 0; i < 20; ++i) {
        server->delete_room(room(i));
        expected.insert(body_for(room(i)));
    }
    EXPECT_TRUE(log.has("LiveKit is down"));
    livekit.listen();
    EXPECT_TRUE(log.has("LiveKit is back"));
    ASSERT_TRUE(livekit.gets(20));
    std::set<std::string> bodies;
    for (auto const& each : livekit.requests())
        bodies.insert(each.body);
    EXPECT_EQ(bodies, expected);
}

TEST(LivekitRoomDeletion, IsRepeatedOnANewConnectionWhenTheAnswerTakesTooLong) {
    stand_in_server livekit;
    log_lines log;
    livekit.script({{.how = manner::silence}});
    auto config = quick(livekit.port());
    config.http.request_timeout = 200ms;
    auto server = create(config);
    server->delete_room(room(1));
    ASSERT_TRUE(livekit.gets(2));
    EXPECT_TRUE(log.has("deletion failed 1 times"));
    auto requests = livekit.requests();
    EXPECT_EQ(requests[1].body, body_for(room(1)));
    EXPECT_NE(requests[1].connection, requests[0].connection);
}

TEST(LivekitRoomDeletion, IsRepeatedWhenTheConnectionBreaks) {
    stand_in_server livekit;
    livekit.script({{.how = manner::hang_up}});
    auto server = create(quick(livekit.port()));
    server->delete_room(room(1));
    ASSERT_TRUE(livekit.gets(2));
    EXPECT_EQ(livekit.requests()[1].body, body_for(room(1)));
}

TEST(LivekitRoomDeletion, KeepsItsConnection) {
    stand_in_server livekit;
    auto config = quick(livekit.port());
    config.connections = 1;
    auto server = create(config);
    for (std::uint8_t i = 1; i <= 5; ++i) {
        server->delete_room(room(i));
        ASSERT_TRUE(livekit.gets(i));
    }
    for (auto const& each : livekit.requests())
        EXPECT_EQ(each.connection, 1);
}

TEST(LivekitRoomDeletion, DoesNotCountAKeptConnectionThatTheServerClosedAsAFailure) {
    stand_in_server livekit;
    livekit.script({{.how = manner::answer_and_hang_up}});
    auto config = quick(livekit.port());
    config.connections = 1;
    config.breaker.first_backoff = config.breaker.max_backoff = 1h;
    auto server = create(config);
    server->delete_room(room(1));
    ASSERT_TRUE(livekit.gets(1));
    server->delete_room(room(2));
    ASSERT_TRUE(livekit.gets(2)) << "a failure would wait for its backoff of an hour";
    EXPECT_EQ(livekit.requests()[1].connection, 2);
}

TEST(LivekitRoomDeletion, DeletesTheRoomsOfManyThreadsOverTwoConnections) {
    constexpr std::uint8_t threads = 4;
    constexpr std::uint8_t each_thread = 100;
    stand_in_server livekit;
    auto server = create(quick(livekit.port()));
    {
        std::vector<std::jthread> callers;
        callers.reserve(threads);
        for (std::uint8_t t = 0; t < threads; ++t)
            callers.emplace_back([&, t] {
                for (std::uint8_t i = 0; i < each_thread; ++i)
                    server->delete_room(room(i, t));
            });
    }
    ASSERT_TRUE(livekit.gets(threads * each_thread));
    server.reset();
    std::multiset<std::string> bodies;
    for (auto const& each : livekit.requests()) {
        bodies.insert(each.body);
        EXPECT_LE(each.connection, 2);
    }
    EXPECT_EQ(bodies.size(), threads * each_thread);
    for (std::uint8_t t = 0; t < threads; ++t)
        for (std::uint8_t i = 0; i < each_thread; ++i)
            EXPECT_EQ(bodies.count(body_for(room(i, t))), 1u);
}

TEST(LivekitRoomDeletion, DropsTheOldestRoomWithALogLineWhenTooManyWait) {
    stand_in_server livekit;
    log_lines log;
    livekit.script({{.how = manner::silence}});
    auto config = quick(livekit.port());
    config.connections = 1;
    config.retry.max_waiting = 3;
    config.stop_grace = 0ms;
    auto server = create(config);
    server->delete_room(room(0));
    ASSERT_TRUE(livekit.gets(1));
    for (std::uint8_t i = 1; i <= 4; ++i)
        server->delete_room(room(i));
    EXPECT_TRUE(log.has("LiveKit room " + room(1).text() + ": deletion dropped, more than 3 wait"));
}

// ---- the end

TEST(LivekitRoomDeletion, EndsAtOnceWhileRoomsWaitForTheirRetry) {
    stand_in_server livekit;
    log_lines log;
    livekit.script({{.status = 500}, {.status = 500}});
    auto config = quick(livekit.port());
    config.breaker.first_backoff = config.breaker.max_backoff = 1h;
    config.stop_grace = 1h;
    auto server = create(config);
    server->delete_room(room(1));
    server->delete_room(room(2));
    ASSERT_TRUE(log.has("deletion failed", 2));
    EXPECT_LT(time_to_destroy(std::move(server)), 1s);
    EXPECT_TRUE(log.has("LiveKit: rooms left undeleted: 2"));
}

TEST(LivekitRoomDeletion, EndsInTimeWhileLivekitIsSilent) {
    stand_in_server livekit;
    livekit.script({{.how = manner::silence}, {.how = manner::silence}});
    auto server = create(quick(livekit.port()));
    server->delete_room(room(1));
    server->delete_room(room(2));
    ASSERT_TRUE(livekit.gets(2));
    EXPECT_LT(time_to_destroy(std::move(server)), 1s);
}

TEST(LivekitRoomDeletion, EndsInTimeWhileLivekitRefusesConnections) {
    stand_in_server nobody{stand_in_server::listening::later};
    log_lines log;
    auto server = create(quick(nobody.port()));
    for (std::uint8_t i = 0; i < 20; ++i)
        server->delete_room(room(i));
    ASSERT_TRUE(log.has("LiveKit is down"));
    EXPECT_LT(time_to_destroy(std::move(server)), 1s);
}

TEST(LivekitRoomDeletion, FinishesWhatWasAskedForJustBeforeTheEnd) {
    stand_in_server livekit;
    auto config = quick(livekit.port());
    config.stop_grace = 20s;
    auto server = create(config);
    for (std::uint8_t i = 0; i < 50; ++i)
        server->delete_room(room(i));
    server.reset();
    EXPECT_EQ(livekit.requests().size(), 50u);
}
