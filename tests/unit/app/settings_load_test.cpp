#include "app/settings_load.hpp"
#include "app/settings_rules.hpp"
#include "temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace ringback;
using namespace ringback::app;
using namespace std::chrono_literals;
using ringback::test::temporary_directory;
using testing::ElementsAre;

namespace {

std::string const good_secret(32, 's');

setting_errors errors_of(setting_sources const& sources) {
    auto loaded = load_settings(sources);
    return loaded ? setting_errors{} : loaded.error();
}

std::string error_of(std::string assignment) {
    auto errors = errors_of({.assignments = {std::move(assignment)}});
    EXPECT_EQ(errors.size(), 1u);
    return errors.empty() ? "" : errors.front();
}

settings loaded_with(std::string assignment) {
    auto s = load_settings({.assignments = {std::move(assignment)}});
    EXPECT_TRUE(s) << s.error().front();
    return s.value_or(settings{});
}

} // namespace

TEST(LoadSettings, ReadsEveryTypeFromAFile) {
    temporary_directory directory;
    auto s = load_settings({.file = directory.file("ringback.toml", R"(
        [server]
        listen = "0.0.0.0:9000"
        shards = 3
        cors_origins = ["*", "https://app.example.com"]
        [engine]
        max_payload = "64KiB"
        max_outbox_bytes = 2048
        transports = ["websocket"]
        [auth]
        secret = "0123456789012345678901234567890123456789"
        require_exp = true
        leeway = 0
        [accounts]
        provisioning = "strict"
        default_approval = "PENDING"
        [calls]
        ring_timeout = "1500ms"
        [log]
        level = "warn"
        format = "json"
    )")});
    ASSERT_TRUE(s) << s.error().front();
    EXPECT_EQ(s->server.listen, (std::vector<listen_address>{{"0.0.0.0", 9000}}));
    EXPECT_EQ(s->server.shards, 3u);
    EXPECT_THAT(s->server.cors_origins, ElementsAre("*", "https://app.example.com"));
    EXPECT_EQ(s->engine.max_payload, 65536u);
    EXPECT_EQ(s->engine.max_outbox_bytes, 2048u);
    EXPECT_THAT(s->engine.transports, ElementsAre("websocket"));
    EXPECT_EQ(s->auth.secret.reveal(), "0123456789012345678901234567890123456789");
    EXPECT_TRUE(s->auth.require_exp);
    EXPECT_EQ(s->auth.leeway, 0s);
    EXPECT_EQ(s->accounts.provisioning, provisioning::strict);
    EXPECT_EQ(s->accounts.default_approval, first_approval::pending);
    EXPECT_EQ(s->calls.ring_timeout, 1500ms);
    EXPECT_EQ(s->log.level, log_level::warn);
    EXPECT_EQ(s->log.format, log_shape::json);
    EXPECT_EQ(s->engine.ping_interval, 25s); // not in the file
}

TEST(LoadSettings, LaterSourcesWinKeyByKey) {
    temporary_directory directory;
    setting_sources sources{.file = directory.file("a.toml", R"(
        [calls]
        ring_timeout = "1s"
        max_duration = "1m"
        reconnect_grace = "1s"
        [server]
        listen = ["127.0.0.1:1"]
    )")};
    EXPECT_EQ(load_settings(sources)->calls.ring_timeout, 1s);
    sources.environment = {{"RINGBACK_CALLS__RING_TIMEOUT", "2s"}, {"RINGBACK_CALLS__MAX_DURATION", "2m"}};
    EXPECT_EQ(load_settings(sources)->calls.ring_timeout, 2s);
    sources.assignments = {"calls.ring_timeout=3s", "calls.ring_timeout=4s", "server.listen=127.0.0.1:2"};
    auto s = load_settings(sources);
    EXPECT_EQ(s->calls.ring_timeout, 4s);
    EXPECT_EQ(s->calls.max_duration, 2min);
    EXPECT_EQ(s->calls.reconnect_grace, 1s);
    EXPECT_EQ(s->server.listen.front().port, 2);
    sources.listen = {"127.0.0.1:3", "[::1]:3"};
    EXPECT_EQ(load_settings(sources)->server.listen, (std::vector<listen_address>{{"127.0.0.1", 3}, {"::1", 3}}));
}

TEST(LoadSettings, TakesOnlyDoubleUnderscoresFromTheEnvironment) {
    auto s = load_settings({.environment = {{"PATH", "/bin"},
                                            {"RINGBACK_SERVICE_HOST", "10.0.0.1"},
                                            {"RINGBACK_PORT_8000_TCP", "tcp://10.0.0.1:8000"},
                                            {"OTHER__NAME", "x"},
                                            {"RINGBACK_SERVER__CORS_ORIGINS", R"(["*"])"}}});
    ASSERT_TRUE(s);
    EXPECT_THAT(s->server.cors_origins, ElementsAre("*"));
    EXPECT_THAT(errors_of({.environment = {{"RINGBACK_SERVER__SHARD", "1"}}}),
                ElementsAre("server.shard (RINGBACK_SERVER__SHARD): no such setting; [server] has listen, shards, "
                            "cors_origins, trusted_proxies, tls_certificate, tls_key, max_sockets, demo, "
                            "metrics_token"));
    EXPECT_EQ(errors_of({.environment = {{"RINGBACK___", "1"}}}).size(), 1u);
    EXPECT_EQ(errors_of({.environment = {{"RINGBACK__", "1"}}}).size(), 1u);
}

TEST(LoadSettings, NamesKeyValueAndWhatIsAllowed) {
    struct row {
        std::string assignment, error;
    };
    for (
        auto const& [assignment, error] : {
            row{"server.listen=example.com:80",
                R"(server.listen = "example.com:80" (--set): allowed is ADDRESS:PORT or a list of them, such as "127.0.0.1:8000", "[::1]:8000" or "localhost:8000")"},
            row{"server.shards=0", R"(server.shards = "0" (--set): allowed is a whole number from 1 to 256)"},
            row{"server.shards=lots", R"(server.shards = "lots" (--set): allowed is a whole number from 1 to 256)"},
            row{"server.cors_origins=https://a/",
                R"(server.cors_origins = "https://a/" (--set): allowed is a list of "*" or origins in lower case, such as "https://app.example.com")"},
            row{"server.demo=yes", R"(server.demo = "yes" (--set): allowed is true or false)"},
            row{"engine.ping_interval=0",
                R"(engine.ping_interval = "0" (--set): allowed is a duration from "100ms" to "1h")"},
            row{"engine.max_payload=1B",
                R"(engine.max_payload = "1B" (--set): allowed is a size from "1KiB" to "1GiB", or 0)"},
            row{"engine.transports=webtransport",
                R"(engine.transports = "webtransport" (--set): allowed is a list of one or more of "polling" and "websocket")"},
            row{"engine.transports=",
                R"(engine.transports = "" (--set): allowed is a list of one or more of "polling" and "websocket")"},
            row{"engine.transports=polling,polling",
                R"(engine.transports = "polling,polling" (--set): allowed is a list of one or more of "polling" and "websocket")"},
            row{"auth.algorithms=none",
                R"(auth.algorithms = "none" (--set): allowed is a list of one or more of "HS256", "HS384", "HS512", "RS256", "PS256", "ES256" and "ES384")"},
            row{"auth.secret=hunter2", "auth.secret = *** (--set): allowed is a string of at least 32 bytes"},
            row{"auth.leeway=1d", R"(auth.leeway = "1d" (--set): allowed is a duration from "1s" to "10m", or 0)"},
            row{"accounts.provisioning=Claims",
                R"(accounts.provisioning = "Claims" (--set): allowed is "claims" or "strict")"},
            row{"accounts.default_approval=REJECTED",
                R"(accounts.default_approval = "REJECTED" (--set): allowed is "APPROVED" or "PENDING")"},
            row{"limits.call_end_per_minute=-1",
                R"(limits.call_end_per_minute = "-1" (--set): allowed is a whole number from 0 to 1000000)"},
            row{"calls.ring_timeout=0",
                R"(calls.ring_timeout = "0" (--set): allowed is a duration from "100ms" to "1h")"},
            row{"store.url=postgresql://u:p/q@h/d",
                R"(store.url = "postgresql://***" (--set): allowed is "sqlite:FILE" or "postgresql://USER:PASSWORD@HOST/DATABASE", with @, /, ? and # written as %40, %2F, %3F and %23 in user and password)"},
            row{"store.url=",
                R"(store.url = "" (--set): allowed is "sqlite:FILE" or "postgresql://USER:PASSWORD@HOST/DATABASE", with @, /, ? and # written as %40, %2F, %3F and %23 in user and password)"},
            row{"livekit.url=x",
                R"(livekit.url = "x" (--set): allowed is "wss://HOST", "ws://HOST", "https://HOST" or "http://HOST")"},
            row{"log.level=loud",
                R"(log.level = "loud" (--set): allowed is "trace", "debug", "info", "warn", "error" or "off")"},
            row{"log.format=xml", R"(log.format = "xml" (--set): allowed is "auto", "text" or "json")"},
            row{"auth.secert=hunter2", "auth.secert (--set): no such setting; [auth] has algorithms, secret, "
                                       "secret_file, keys, issuer, audience, leeway, require_exp"},
            row{"nothing.here=hunter2",
                "nothing.here (--set): no such setting; the sections are server, engine, auth, accounts, limits, "
                "calls, billing, peer, store, cluster, livekit, turn, webhooks, log"},
            row{"auth.secret", "--set: allowed is section.key=value"},
            row{"secret=a.b", "--set: allowed is section.key=value"},
            row{"", "--set: allowed is section.key=value"},
        })
        EXPECT_EQ(error_of(assignment), error);
}

TEST(LoadSettings, RefusesTypesOfTheFileThatAKeyDoesNotHave) {
    temporary_directory directory;
    auto file = directory.file("a.toml", R"([server]
shards = "3"
demo = "true"
listen = 8000
[engine]
ping_interval = 25
max_payload = 1.5
[auth]
secret = 12345678901234567
issuer = ["a"]
[log]
level = { a = 1 }
[limits]
call_end_per_minute = -1
)");
    auto at = [&](int line) { return " (" + file.string() + " line " + std::to_string(line) + "): allowed is "; };
    EXPECT_THAT(
        errors_of({.file = file}),
        ElementsAre(R"(server.shards = "3")" + at(2) + "a whole number from 1 to 256",
                    R"(server.demo = "true")" + at(3) + "true or false",
                    "server.listen = 8000" + at(4) +
                        R"(ADDRESS:PORT or a list of them, such as "127.0.0.1:8000", "[::1]:8000" or "localhost:8000")",
                    "engine.ping_interval = 25" + at(6) + R"(a duration from "100ms" to "1h")",
                    "engine.max_payload = a value of another type" + at(7) + R"(a size from "1KiB" to "1GiB", or 0)",
                    "auth.secret = ***" + at(9) + "a string of at least 32 bytes",
                    R"(auth.issuer = ["a"])" + at(10) + "a string",
                    "log.level = a value of another type" + at(12) +
                        R"("trace", "debug", "info", "warn", "error" or "off")",
                    "limits.call_end_per_minute = -1" + at(14) + "a whole number from 0 to 1000000"));
}

TEST(LoadSettings, NamesUnknownKeysAndSectionsOfTheFile) {
    temporary_directory directory;
    auto file = directory.file("a.toml", "listen = 'x'\n[servr]\n[auth]\nsecert = 'hunter2'\n[[server]]\n");
    auto errors = errors_of({.file = file});
    auto in_line = [&](int n) { return " (" + file.string() + " line " + std::to_string(n) + "): no such setting; "; };
    ASSERT_EQ(errors.size(), 4u);
    EXPECT_TRUE(errors[0].starts_with("listen" + in_line(1) + "the sections are ")) << errors[0];
    EXPECT_TRUE(errors[1].starts_with("servr." + in_line(2) + "the sections are ")) << errors[1];
    EXPECT_TRUE(errors[2].starts_with("auth.secert" + in_line(4) + "[auth] has ")) << errors[2];
    EXPECT_TRUE(errors[3].starts_with("server" + in_line(5) + "the sections are ")) << errors[3];
    EXPECT_TRUE(errors_of({.file = directory.file("b.toml", "[server]\n")}).empty());
}

TEST(LoadSettings, SaysWhereAFileIsNoTomlWithoutQuotingIt) {
    temporary_directory directory;
    for (std::string_view text : {"secret = hunter2hunter2", "secret = trustno1", "secret = 99999999999999999999999",
                                  "secret = \"hunter2\nhunter2\"", "secret = \"a\"\nsecret = \"hunter2\"",
                                  "secret = 0xhunter2", "secret = 1979-hunter2", "secret = 'hunter2", "= hunter2"}) {
        auto file = directory.file("a.toml", "[auth]\n" + std::string{text} + "\n");
        auto errors = errors_of({.file = file});
        ASSERT_EQ(errors.size(), 1u) << text;
        EXPECT_TRUE(errors[0].starts_with(file.string() + " line ")) << errors[0];
        for (std::string_view piece : {"hunt", "trus", "9999"})
            EXPECT_EQ(errors[0].find(piece), std::string::npos) << errors[0];
    }
}

TEST(LoadSettings, NamesAConfigurationFileThatIsNotThere) {
    EXPECT_THAT(errors_of({.file = "/nonexistent/ringback.toml"}),
                ElementsAre("cannot read the configuration file /nonexistent/ringback.toml"));
    temporary_directory directory;
    EXPECT_THAT(errors_of({.file = directory.path()}),
                ElementsAre("cannot read the configuration file " + directory.path().string()));
}

TEST(LoadSettings, CollectsTheErrorsOfAllSources) {
    temporary_directory directory;
    EXPECT_EQ(errors_of({.file = directory.file("a.toml", "[server]\nshards = 0\ndemo = 1\n"),
                         .environment = {{"RINGBACK_LOG__LEVEL", "loud"}},
                         .assignments = {"log.format=xml", "x"},
                         .listen = {"nowhere"}})
                  .size(),
              6u);
}

TEST(LoadSettings, NeverShowsASecret) {
    temporary_directory directory;
    auto file = directory.file("a.toml", "[auth]\nsecret = \"hunter2\"\nsecret_ = \"hunter2\"\n[livekit]\n"
                                         "api_secret = [\"hunter2\"]\n[turn]\nsecret = \"hunter2\"\n[webhooks]\n"
                                         "secret = [\"hunter2\", \"hunter2\", \"hunter2\"]\n[server]\n"
                                         "metrics_token = { a = \"hunter2\" }\n[cluster]\n"
                                         "redis_url = \"u:hunter2@h\"\n[store]\nurl = \"mysql://u:hunter2@h\"\n");
    auto errors =
        errors_of({.file = file,
                   .environment = {{"RINGBACK_AUTH__SECRET", "hunter2"}, {"RINGBACK_AUTH__SECERT", "hunter2"}},
                   .assignments = {"auth.secret=hunter2", "auth.secret:hunter2", "auth.secret.hunter2",
                                   "livekit.api_secrets=hunter2", "hunter2"}});
    EXPECT_GE(errors.size(), 13u);
    for (auto const& line : errors)
        EXPECT_EQ(line.find("hunter2"), std::string::npos) << line;
}

TEST(LoadSettings, TakesSecretsWithEveryCharacterAsTheyAre) {
    for (std::string text : {"[\"x\"]" + good_secret, "a,b = c # d\"'" + good_secret, " " + good_secret + " "})
        EXPECT_EQ(loaded_with("auth.secret=" + text).auth.secret.reveal(), text);
}

TEST(LoadSettings, ReadsSecretsFromFilesWithoutTheirLineEnd) {
    temporary_directory directory;
    auto path = [&](std::string_view content) { return directory.file("s", content).string(); };
    EXPECT_EQ(loaded_with("auth.secret_file=" + path(good_secret)).auth.secret.reveal(), good_secret);
    EXPECT_EQ(loaded_with("auth.secret_file=" + path(good_secret + "\n")).auth.secret.reveal(), good_secret);
    EXPECT_EQ(loaded_with("auth.secret_file=" + path(good_secret + "\r\n")).auth.secret.reveal(), good_secret);
    EXPECT_EQ(loaded_with("auth.secret_file=" + path(good_secret + "\n\n")).auth.secret.reveal(), good_secret + "\n");
    auto s = load_settings(
        {.assignments = {"livekit.url=ws://x", "livekit.api_key=k", "livekit.api_secret_file=" + path("short\n")}});
    ASSERT_TRUE(s);
    EXPECT_EQ(s->livekit.api_secret.reveal(), "short");
}

TEST(LoadSettings, RefusesSecretFilesThatHoldNone) {
    temporary_directory directory;
    auto path = directory.file("s", "hunter2\n").string();
    auto empty = directory.file("e", "\n").string();
    EXPECT_EQ(error_of("auth.secret_file=" + path),
              "auth.secret_file = \"" + path + "\": the file has to hold a string of at least 32 bytes");
    EXPECT_EQ(error_of("livekit.api_secret_file=" + empty),
              "livekit.api_secret_file = \"" + empty + "\": the file has to hold a secret");
    EXPECT_EQ(error_of("auth.secret_file=/nonexistent"),
              R"(auth.secret_file = "/nonexistent": the file cannot be read)");
    EXPECT_EQ(error_of("auth.secret_file=" + directory.path().string()),
              "auth.secret_file = \"" + directory.path().string() + "\": the file cannot be read");
}

TEST(LoadSettings, RefusesASecretBesideItsFile) {
    temporary_directory directory;
    auto path = directory.file("s", good_secret).string();
    EXPECT_THAT(errors_of({.assignments = {"auth.secret=" + good_secret, "auth.secret_file=" + path}}),
                ElementsAre("auth.secret_file = \"" + path +
                            "\": allowed is one of auth.secret and auth.secret_file, not both"));
}

TEST(LoadSettings, KeepsTheDemoOnLoopback) {
    EXPECT_TRUE(loaded_with("server.demo=true").server.demo);
    EXPECT_THAT(errors_of({.assignments = {"server.demo=true"}, .listen = {"127.0.0.1:1", "0.0.0.0:1", "[::]:2"}}),
                ElementsAre("server.demo = true: allowed with loopback listeners only, and server.listen has 0.0.0.0:1",
                            "server.demo = true: allowed with loopback listeners only, and server.listen has [::]:2"));
}

TEST(LoadSettings, WantsAllOfLivekitOrNothing) {
    EXPECT_TRUE(load_settings({.assignments = {"livekit.url=ws://x", "livekit.api_key=k", "livekit.api_secret=s"}}));
    EXPECT_THAT(errors_of({.assignments = {"livekit.api_key=k"}}),
                ElementsAre("livekit.url is not set; allowed are all of livekit.url, livekit.api_key and "
                            "livekit.api_secret, or none",
                            "livekit.api_secret is not set; allowed are all of livekit.url, livekit.api_key and "
                            "livekit.api_secret, or none"));
}

TEST(LoadSettings, PutsTheDatabaseInTheDataDirectory) {
    settings s;
    s.data_directory = "/var/lib/ringback";
    EXPECT_EQ(database_file(s), "/var/lib/ringback/ringback.db");
    s.store.url = "sqlite:/srv/calls.db";
    EXPECT_EQ(database_file(s), "/srv/calls.db");
}

TEST(CheckCanServe, NeedsASecretUnlessTheDemoMakesOneUp) {
    setting_errors errors;
    settings s;
    check_can_serve(s, errors);
    EXPECT_THAT(errors, ElementsAre(testing::StartsWith("auth.secret is not set; ")));
    errors.clear();
    s.server.demo = true;
    check_can_serve(s, errors);
    s.server.demo = false;
    s.auth.secret = secret{good_secret};
    check_can_serve(s, errors);
    EXPECT_TRUE(errors.empty());
}
