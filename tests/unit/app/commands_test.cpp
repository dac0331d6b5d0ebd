#include "app/commands.hpp"
#include "auth/jwt_verifier.hpp"
#include "temporary_directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <sys/stat.h>

using namespace ringback;
using namespace ringback::app;
using namespace std::chrono_literals;
using ringback::test::temporary_directory;

namespace {

std::string const good_secret(40, 's');

class fixed_clock final : public clock_source {
public:
    [[nodiscard]] moment now() const override { return {{}, wall_time{1'790'000'000s}}; }
};

struct outcome {
    int code;
    std::string out, err;
    std::optional<settings> served;
};

outcome run(std::vector<std::string> arguments, std::vector<std::pair<std::string, std::string>> environment = {}) {
    fixed_clock clock;
    std::ostringstream out, err;
    std::optional<settings> served;
    auto serve = [&](settings const& s) {
        served = s;
        return 7;
    };
    int code = run_command(std::move(arguments), {std::move(environment), clock, out, err, serve});
    return {code, out.str(), err.str(), std::move(served)};
}

std::expected<auth::claims, auth::errc> verify(std::string token, std::string const& key,
                                               auth::jwt_config config = {}) {
    EXPECT_TRUE(token.ends_with('\n'));
    token.pop_back();
    std::vector<auth::jws_key> keys;
    keys.push_back(auth::jws_key::from_secret(secret{key}).value());
    return auth::jwt_verifier::create(std::move(keys), std::move(config))->verify(token, wall_time{1'790'000'000s});
}

unsigned mode_of(std::filesystem::path const& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
}

std::string content_of(std::filesystem::path const& path) {
    std::ifstream in{path};
    std::string line;
    std::getline(in, line);
    return line;
}

} // namespace

TEST(Command, PrintsHelpAndVersion) {
    auto help = run({"--help"});
    EXPECT_EQ(help.code, 0);
    for (std::string_view word : {"serve", "token", "check-config", "RINGBACK_SECTION__KEY"})
        EXPECT_NE(help.out.find(word), std::string::npos) << word;
    EXPECT_TRUE(run({"--version"}).out.starts_with("ringback 0.1.0")); // a build for tests adds that it is one
    auto serve_help = run({"serve", "--help"});
    for (std::string_view word : {"--config FILE", "--listen HOST:PORT", "--data DIR", "--set SECTION.KEY=VALUE"})
        EXPECT_NE(serve_help.out.find(word), std::string::npos) << word;
}

TEST(Command, RefusesWhatItDoesNotKnowWithCodeTwo) {
    EXPECT_EQ(run({}).code, 2);
    EXPECT_EQ(run({"dance"}).code, 2);
    EXPECT_EQ(run({"token"}).code, 2);
    auto option = run({"serve", "--sett=hunter2"});
    EXPECT_EQ(option.code, 2);
    EXPECT_EQ(option.err, "--sett: no such option\n");
    auto stray = run({"serve", "--set", "auth.secret", "=", "hunter2"});
    EXPECT_EQ(stray.code, 2);
    EXPECT_EQ(stray.err.find("hunter2"), std::string::npos) << stray.err;
}

TEST(ServeCommand, HandsCompleteSettingsOnAndReturnsTheCode) {
    temporary_directory directory;
    auto data = directory.path() / "a" / "data";
    auto result = run({"serve", "--listen", "127.0.0.1:9000", "--listen=[::1]:9000", "--data", data.string(), "--set",
                       "auth.secret=" + good_secret, "--set", R"(server.cors_origins=["*"])", "--set=log.level=off"},
                      {{"RINGBACK_SERVER__SHARDS", "2"}});
    EXPECT_EQ(result.code, 7);
    EXPECT_EQ(result.err, "");
    ASSERT_TRUE(result.served);
    EXPECT_EQ(result.served->server.listen, (std::vector<listen_address>{{"127.0.0.1", 9000}, {"::1", 9000}}));
    EXPECT_EQ(result.served->server.shards, 2u);
    EXPECT_EQ(result.served->server.cors_origins, std::vector<std::string>{"*"});
    EXPECT_EQ(result.served->log.level, log_level::off);
    EXPECT_EQ(result.served->data_directory, data);
    EXPECT_EQ(mode_of(data), 0700u);
    EXPECT_FALSE(std::filesystem::exists(data / "auth-secret"));
}

TEST(ServeCommand, PrintsEachErrorOnItsLineAndStartsNothing) {
    temporary_directory directory;
    auto data = directory.path() / "data";
    auto result = run({"serve", "--data", data.string(), "--set", "server.shards=0", "--set", "auth.secret=hunter2"});
    EXPECT_EQ(result.code, 2);
    EXPECT_EQ(result.err, "server.shards = \"0\" (--set): allowed is a whole number from 1 to 256\n"
                          "auth.secret = *** (--set): allowed is a string of at least 32 bytes\n");
    EXPECT_FALSE(result.served);
    EXPECT_FALSE(std::filesystem::exists(data));
}

TEST(ServeCommand, NeedsASecret) {
    auto result = run({"serve"});
    EXPECT_EQ(result.code, 2);
    EXPECT_TRUE(result.err.starts_with("auth.secret is not set; ")) << result.err;
    EXPECT_FALSE(result.served);
}

TEST(ServeCommand, KeepsTheDemosSecretForTheNextStart) {
    temporary_directory directory;
    std::vector<std::string> arguments{"serve", "--data", directory.path().string(), "--set", "server.demo=true"};
    auto first = run(arguments);
    ASSERT_TRUE(first.served) << first.err;
    EXPECT_GE(first.served->auth.secret.size(), 32u);
    auto file = directory.path() / "auth-secret";
    EXPECT_EQ(mode_of(file), 0600u);
    EXPECT_EQ(content_of(file), first.served->auth.secret.reveal());
    EXPECT_EQ(run(arguments).served->auth.secret, first.served->auth.secret);
    auto entries = std::filesystem::directory_iterator{directory.path()};
    EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);

    temporary_directory another;
    arguments[2] = another.path().string();
    EXPECT_NE(run(arguments).served->auth.secret, first.served->auth.secret);
}

TEST(ServeCommand, PrefersAConfiguredSecretInTheDemo) {
    temporary_directory directory;
    auto result = run({"serve", "--data", directory.path().string(), "--set", "server.demo=true"},
                      {{"RINGBACK_AUTH__SECRET", good_secret}});
    EXPECT_EQ(result.served->auth.secret.reveal(), good_secret);
    EXPECT_FALSE(std::filesystem::exists(directory.path() / "auth-secret"));
}

TEST(ServeCommand, FailsWithCodeOneWhenTheSurroundingsDo) {
    temporary_directory directory;
    auto blocked = directory.file("file", "").string() + "/data";
    auto result = run({"serve", "--data", blocked, "--set", "server.demo=true"});
    EXPECT_EQ(result.code, 1);
    EXPECT_TRUE(result.err.starts_with("ringback: ")) << result.err;

    directory.file("auth-secret", "too short\n");
    auto damaged = run({"serve", "--data", directory.path().string(), "--set", "server.demo=true"});
    EXPECT_EQ(damaged.code, 1);
    EXPECT_NE(damaged.err.find("auth-secret holds less than 32 bytes"), std::string::npos) << damaged.err;
    EXPECT_EQ(damaged.err.find("too short"), std::string::npos);
}

TEST(TokenCommand, PrintsATokenThatTheServerAccepts) {
    auto result = run({"token",
                       "--id",
                       "u-1",
                       "--role",
                       "TELECALLER",
                       "--name",
                       "Ann A",
                       "--profile",
                       "p",
                       "--language",
                       "en",
                       "--about",
                       "Hi",
                       "--ttl",
                       "30m",
                       "--set",
                       "auth.secret=" + good_secret,
                       "--set",
                       "auth.issuer=app",
                       "--set",
                       "auth.audience=ringback"});
    EXPECT_EQ(result.code, 0) << result.err;
    auto claims = verify(result.out, good_secret, {.issuer = "app", .audience = "ringback"});
    ASSERT_TRUE(claims);
    EXPECT_EQ(claims->account.text(), "u-1");
    EXPECT_EQ(claims->role, auth::account_role::telecaller);
    EXPECT_EQ(claims->name, "Ann A");
    EXPECT_EQ(claims->profile, "p");
    EXPECT_EQ(claims->language, "en");
    EXPECT_EQ(claims->about, "Hi");
    EXPECT_EQ(claims->issued_at, wall_time{1'790'000'000s});
    EXPECT_EQ(claims->expires_at, wall_time{1'790'000'000s} + 30min);
}

TEST(TokenCommand, DefaultsToAUserForAnHour) {
    auto claims = verify(run({"token", "--id=a", "--set", "auth.secret=" + good_secret}).out, good_secret);
    ASSERT_TRUE(claims);
    EXPECT_EQ(claims->role, auth::account_role::user);
    EXPECT_EQ(claims->expires_at, wall_time{1'790'000'000s} + 1h);
    EXPECT_FALSE(claims->name);
    auto forever = verify(run({"token", "--id=a", "--ttl=0", "--set", "auth.secret=" + good_secret}).out, good_secret);
    EXPECT_FALSE(forever->expires_at);
}

TEST(TokenCommand, SignsWithTheDemosSecretWhenNoneIsConfigured) {
    temporary_directory directory;
    auto data = directory.path().string();
    auto without = run({"token", "--id", "a", "--data", data});
    EXPECT_EQ(without.code, 2);
    EXPECT_EQ(without.err, "auth.secret is not set, and no demo has kept a secret in " + data + "\n");
    (void)run({"serve", "--data", data, "--set", "server.demo=true"});
    auto with = run({"token", "--id", "a", "--data", data});
    EXPECT_TRUE(verify(with.out, content_of(directory.path() / "auth-secret")));
}

TEST(TokenCommand, NamesEachPartThatIsNotAllowed) {
    auto result = run({"token", "--id", "a b", "--role", "user", "--ttl", "1", "--set", "auth.secret=" + good_secret});
    EXPECT_EQ(result.code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "--id \"a b\": allowed is 1 to 128 printable ASCII characters without spaces\n"
                          "--role \"user\": allowed is USER, TELECALLER or ADMIN\n"
                          "--ttl \"1\": allowed is a duration such as \"1h\", or 0 for a token that never expires\n");
}

TEST(CheckConfigCommand, PrintsOkAndTheEffectiveSettingsWithoutSecrets) {
    temporary_directory directory;
    auto data = directory.path() / "data";
    auto result = run({"check-config", "--data", data.string(), "--listen", "127.0.0.1:1", "--set",
                       "auth.secret=" + good_secret, "--set", "livekit.url=ws://x", "--set", "livekit.api_key=k",
                       "--set", "livekit.api_secret=hunter2", "--set", "calls.ring_timeout=5s"});
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_TRUE(result.out.starts_with("ok\n"));
    for (std::string_view line : {"\nlisten = [\"127.0.0.1:1\"]\n", "\nsecret = \"***\"\n", "\napi_secret = \"***\"\n",
                                  "\nring_timeout = \"5s\"\n", "\n[webhooks]\n"})
        EXPECT_NE(result.out.find(line), std::string::npos) << line;
    EXPECT_EQ(result.out.find(good_secret), std::string::npos);
    EXPECT_EQ(result.out.find("hunter2"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(data));
}

TEST(CheckConfigCommand, FindsWhatWouldStopTheServer) {
    auto result = run({"check-config"});
    EXPECT_EQ(result.code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(result.err.starts_with("auth.secret is not set; "));
    EXPECT_EQ(run({"check-config", "--set", "server.demo=true"}).code, 0);
    EXPECT_EQ(run({"check-config", "--config", "/nonexistent"}).code, 2);
}
