#include "redis/client.hpp"
#include "redis/command.hpp"
#include "redis/subscriber.hpp"
#include "unit/log_lines.hpp"
#include "unit/redis/certificates.hpp"
#include "unit/redis/loop.hpp"
#include "unit/redis_server/redis_server.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <string>
#include <vector>

using namespace ringback::redis;
using namespace ringback::redis::test;
using namespace std::chrono_literals;

namespace {

/// What a client and the log say.
struct RedisAccess : testing::Test {
    void SetUp() override { REQUIRE_REDIS(); }

    /// "PONG", or what the log says why not.
    std::string try_with(config settings) {
        settings.outages = std::make_shared<outage_log>();
        ringback::test::log_lines log;
        client c{l.context.get_executor(), std::move(settings)};
        std::string why;
        (void)l.until([&] {
            why = log.last("redis: not available: ");
            return c.is_up() || !why.empty();
        });
        if (!c.is_up()) return why;
        return std::string{l.ask(c, command("PING")).value().text()};
    }

    loop l;
};

TEST_F(RedisAccess, NeedsThePasswordThatTheServerWants) {
    redis_server const server{{"--requirepass", "correct-horse"}};
    auto settings = server.settings();
    EXPECT_EQ(try_with(settings), "127.0.0.1:" + std::to_string(server.port()) + ": NOAUTH Authentication required.");
    settings.password = ringback::secret{"wrong-horse"};
    auto refused = try_with(settings);
    EXPECT_TRUE(refused.contains("WRONGPASS")) << refused;
    EXPECT_FALSE(refused.contains("horse")) << refused;
    settings.password = ringback::secret{"correct-horse"};
    EXPECT_EQ(try_with(settings), "PONG");
}

TEST_F(RedisAccess, IsThatOfTheUser) {
    redis_server const server;
    server.ask({"ACL", "SETUSER", "ringback", "on", ">word", "~{ringback}:*", "&{ringback}:*", "+@all", "-flushall"});
    auto settings = parse_url("redis://ringback:word@127.0.0.1:" + std::to_string(server.port())).value();
    EXPECT_EQ(try_with(settings), "PONG");
    client c{l.context.get_executor(), settings};
    ASSERT_TRUE(l.until([&] { return c.is_up(); }));
    EXPECT_EQ(l.ask(c, command("SET", "{ringback}:x", "1")).value().text(), "OK");
    EXPECT_TRUE(l.ask(c, command("SET", "other", "1")).value().is_error("NOPERM"));
    EXPECT_TRUE(l.ask(c, command("FLUSHALL")).value().is_error("NOPERM"));
    settings.user = "nobody";
    EXPECT_TRUE(try_with(settings).contains("WRONGPASS"));
}

TEST_F(RedisAccess, ToAChannelIsNamedWhenItIsMissing) {
    redis_server const server;
    server.ask({"ACL", "SETUSER", "ringback", "on", ">word", "~*", "&{ringback}:*", "+@all"});
    auto settings = server.settings();
    settings.user = "ringback";
    settings.password = ringback::secret{"word"};
    ringback::test::log_lines log;
    subscriber s{l.context.get_executor(), settings, {}};
    s.subscribe("{ringback}:all");
    ASSERT_TRUE(l.until([&] { return s.is_up(); }));
    s.subscribe("other");
    ASSERT_TRUE(l.until([&] { return !s.is_up() && log.count("NOPERM") > 0; }));
    EXPECT_EQ(log.count("NOPERM"), 1);
    s.unsubscribe("other");
    ASSERT_TRUE(l.until([&] { return s.is_up(); }));
}

/// A server with TLS that wants certificates of its clients if told so.
struct RedisTls : RedisAccess {
    void serve(std::string const& auth_clients) {
        folder = std::filesystem::temp_directory_path() / ("ringback-redis-tls-" + std::to_string(::getpid()));
        std::filesystem::create_directory(folder);
        files.emplace(folder);
        port = free_port();
        server.emplace(std::vector<std::string>{"--tls-port", std::to_string(port), "--tls-cert-file",
                                                files->file("server.pem"), "--tls-key-file", files->file("server.key"),
                                                "--tls-ca-cert-file", files->file("ca.pem"), "--tls-auth-clients",
                                                auth_clients});
        settings = server->settings();
        settings.tls = true;
        settings.servers = {{"localhost", port}};
        settings.files.authorities = files->file("ca.pem");
    }
    void TearDown() override {
        server.reset();
        std::filesystem::remove_all(folder);
    }

    std::filesystem::path folder;
    std::optional<certificates> files;
    std::uint16_t port = 0;
    std::optional<redis_server> server;
    config settings;
};

TEST_F(RedisTls, TalksToAServerThatTheAuthorityVouchesFor) {
    serve("no");
    EXPECT_EQ(try_with(settings), "PONG");
    settings.servers = {{"127.0.0.1", port}};
    EXPECT_EQ(try_with(settings), "PONG") << "by its address";
}

TEST_F(RedisTls, CarriesMuchInBothDirections) {
    serve("no");
    client c{l.context.get_executor(), settings};
    ASSERT_TRUE(l.until([&] { return c.is_up(); }));
    std::string const text(2'000'000, 'x');
    std::size_t whole = 0;
    c.send(command("SET", "long", text), [](reply r) { EXPECT_EQ(r.value().text(), "OK"); });
    for (int i = 0; i < 5; ++i)
        c.send(command("GET", "long"), [&](reply r) { whole += r.value().text() == text; });
    ASSERT_TRUE(l.until([&] { return whole == 5; }));
}

TEST_F(RedisTls, RefusesAServerThatNobodyVouchesForOrOfAnotherName) {
    serve("no");
    auto strange = settings;
    strange.files.authorities = {};
    auto refused = try_with(strange);
    EXPECT_TRUE(refused.contains("certificate verify failed")) << refused;
    auto other = settings;
    other.server_name = "redis.example.com";
    refused = try_with(other);
    EXPECT_TRUE(refused.contains("certificate verify failed")) << refused;
    other.servers = {{"127.0.0.1", port}};
    other.server_name = "localhost";
    EXPECT_EQ(try_with(other), "PONG");
}

TEST_F(RedisTls, ShowsItsOwnCertificateToAServerThatWantsOne) {
    serve("yes");
    EXPECT_NE(try_with(settings), "PONG");
    settings.files.certificate = files->file("client.pem");
    settings.files.key = files->file("client.key");
    EXPECT_EQ(try_with(settings), "PONG");
}

TEST_F(RedisTls, NamesAFileThatCannotBeUsed) {
    serve("no");
    settings.files.authorities = "/nowhere/ca.pem";
    auto refused = try_with(settings);
    EXPECT_TRUE(refused.contains("/nowhere/ca.pem")) << refused;
    settings.files = {files->file("ca.pem"), files->file("client.pem"), files->file("server.key")};
    refused = try_with(settings);
    EXPECT_TRUE(refused.contains("server.key")) << refused;
}

TEST_F(RedisTls, SpeaksToNoServerWithoutIt) {
    serve("no");
    settings.servers = {{"127.0.0.1", server->port()}};
    EXPECT_NE(try_with(settings), "PONG");
}

} // namespace
