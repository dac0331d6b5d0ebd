#include "app/setting_text.hpp"
#include "app/setting_value.hpp"

#include <gtest/gtest.h>

using namespace ringback::app;
using namespace std::chrono_literals;

namespace {

raw_value bare(std::string text) { return {raw_value::bare_text{std::move(text)}}; }
raw_value toml(std::string text) { return {std::move(text)}; }
raw_value toml(std::int64_t n) { return {n}; }
using list = raw_value::list;

} // namespace

TEST(SettingValue, ReadsDurationsWithTheirUnit) {
    struct row {
        std::string text;
        std::optional<duration> value;
    };
    for (auto const& [text, value] : {
             row{"30s", 30s},
             row{"500ms", 500ms},
             row{"10m", 10min},
             row{"1h", 1h},
             row{"0", 0s},
             row{"0s", 0s},
             row{"30", {}},
             row{"1.5s", {}},
             row{"-1s", {}},
             row{"s", {}},
             row{"", {}},
             row{"1 s", {}},
             row{"1S", {}},
             row{"1d", {}},
             row{"1h30m", {}},
             row{"99999999999999999999s", {}},
             row{"9223372036854775807h", {}},
             row{"+1s", {}},
             row{"30s ", {}},
             row{"0x1s", {}},
         }) {
        EXPECT_EQ(as_duration(bare(text)), value) << text;
        EXPECT_EQ(as_duration(toml(text)), value) << text;
    }
    EXPECT_EQ(as_duration(toml(0)), duration{0});
    EXPECT_EQ(as_duration(toml(30)), std::nullopt);
    EXPECT_EQ(as_duration({true}), std::nullopt);
    EXPECT_EQ(as_duration({raw_value::other{}}), std::nullopt);
}

TEST(SettingValue, ReadsSizesInPowersOfThousandAndOf1024) {
    struct row {
        std::string text;
        std::optional<std::uint64_t> value;
    };
    for (auto const& [text, value] : {
             row{"64KiB", 65536},
             row{"1MB", 1'000'000},
             row{"1MiB", 1'048'576},
             row{"2GiB", 2'147'483'648},
             row{"3GB", 3'000'000'000},
             row{"1KB", 1000},
             row{"512", 512},
             row{"7B", 7},
             row{"0", 0},
             row{"64kib", {}},
             row{"64K", {}},
             row{"", {}},
             row{"KiB", {}},
             row{"-1", {}},
             row{"1.5MB", {}},
             row{"99999999999GiB", {}},
         }) {
        EXPECT_EQ(as_size(bare(text)), value) << text;
        EXPECT_EQ(as_size(toml(text)), value) << text;
    }
    EXPECT_EQ(as_size(toml(4096)), 4096u);
    EXPECT_EQ(as_size(toml(-1)), std::nullopt);
}

TEST(SettingValue, WritesQuantitiesInTheLargestUnitThatFits) {
    EXPECT_EQ(duration_text(25s), "25s");
    EXPECT_EQ(duration_text(90s), "90s");
    EXPECT_EQ(duration_text(600s), "10m");
    EXPECT_EQ(duration_text(2h), "2h");
    EXPECT_EQ(duration_text(1500ms), "1500ms");
    EXPECT_EQ(duration_text(0s), "0");
    EXPECT_EQ(size_text(1'000'000), "1MB");
    EXPECT_EQ(size_text(1'048'576), "1MiB");
    EXPECT_EQ(size_text(65536), "64KiB");
    EXPECT_EQ(size_text(999), "999B");
    EXPECT_EQ(size_text(0), "0");
}

TEST(SettingValue, ReadsCountsAndFlagsOfTheirTypeOnly) {
    EXPECT_EQ(as_count(toml(7)), 7u);
    EXPECT_EQ(as_count(bare("7")), 7u);
    for (auto const& wrong : {toml(-7), toml("7"), bare("-7"), bare("7x"), bare(""), bare("1e3"), raw_value{true}})
        EXPECT_EQ(as_count(wrong), std::nullopt) << wrong.shown();
    EXPECT_EQ(as_bool({true}), true);
    EXPECT_EQ(as_bool(bare("true")), true);
    EXPECT_EQ(as_bool(bare("false")), false);
    for (auto const& wrong : {toml("true"), toml(1), bare("1"), bare("yes"), bare("True"), bare("")})
        EXPECT_EQ(as_bool(wrong), std::nullopt) << wrong.shown();
}

TEST(SettingValue, ReadsListsFromArraysAndCommas) {
    EXPECT_EQ(as_list(bare(R"(["*"])")), list{"*"});
    EXPECT_EQ(as_list(bare(R"(['a', "b,c"])")), (list{"a", "b,c"}));
    EXPECT_EQ(as_list(bare("[]")), list{});
    EXPECT_EQ(as_list(bare("")), list{});
    EXPECT_EQ(as_list(bare("*")), list{"*"});
    EXPECT_EQ(as_list(bare("a, b ,c")), (list{"a", "b", "c"}));
    EXPECT_EQ(as_list(bare("a,,b")), (list{"a", "", "b"})); // for the key to refuse
    EXPECT_EQ(as_list(bare("[::1]:8000")), list{"[::1]:8000"});
    EXPECT_EQ(as_list(bare("127.0.0.1:1,[::1]:1")), (list{"127.0.0.1:1", "[::1]:1"}));
    EXPECT_EQ(as_list(toml("a,b")), list{"a,b"});
    EXPECT_EQ(as_list(toml(1)), std::nullopt);
    EXPECT_EQ(as_list({raw_value::other{}}), std::nullopt);
}

TEST(SettingValue, ShowsRefusedValuesOnOneShortLine) {
    EXPECT_EQ(bare("a\nb\x1b[31m").shown(), R"("a\nb\u001b[31m")");
    EXPECT_EQ(toml(7).shown(), "7");
    EXPECT_EQ(raw_value{false}.shown(), "false");
    EXPECT_EQ((raw_value{list{"a", "b"}}.shown()), R"(["a", "b"])");
    EXPECT_EQ(raw_value{raw_value::other{}}.shown(), "a value of another type");
    std::string accents;
    for (int i = 0; i < 100; ++i)
        accents += "\xc3\xa9";
    auto shown = bare(accents).shown();
    EXPECT_EQ(shown, '"' + accents.substr(0, 98) + "…");
}

TEST(SettingText, ParsesListenAddresses) {
    using addresses = std::vector<listen_address>;
    EXPECT_EQ(parse_listen("127.0.0.1:8000"), (addresses{{"127.0.0.1", 8000}}));
    EXPECT_EQ(parse_listen("[::1]:0"), (addresses{{"::1", 0}}));
    EXPECT_EQ(parse_listen("[0:0:0::0001]:80"), (addresses{{"::1", 80}}));
    EXPECT_EQ(parse_listen("localhost:80"), (addresses{{"127.0.0.1", 80}, {"::1", 80}}));
    for (std::string_view wrong :
         {"", ":80", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", "127.1:80", "::1:80", "[::1]",
          "[::1:80", "[127.0.0.1]:80", "example.com:80", "[]:80", "[fe80::1%eth0]:80", "*:80", "127.0.0.1:-1"})
        EXPECT_TRUE(parse_listen(wrong).empty()) << wrong;
    EXPECT_EQ(listen_text({"::1", 80}), "[::1]:80");
    EXPECT_EQ(listen_text({"0.0.0.0", 80}), "0.0.0.0:80");
}

TEST(SettingText, KnowsLoopbackAddresses) {
    for (std::string_view inside : {"127.0.0.1:1", "127.8.9.1:1", "[::1]:1", "[0::1]:1", "localhost:1"})
        EXPECT_TRUE(parse_listen(inside).front().is_loopback()) << inside;
    for (std::string_view outside : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "[::ffff:10.0.0.1]:1", "[fe80::1]:1"})
        EXPECT_FALSE(parse_listen(outside).front().is_loopback()) << outside;
}

TEST(SettingText, ChecksOriginsNetworksAndUrls) {
    for (std::string_view good : {"*", "https://app.example.com", "http://localhost:3000", "capacitor://localhost",
                                  "http://[::1]:80", "chrome-extension://abcdef"})
        EXPECT_TRUE(is_cors_origin(good)) << good;
    for (std::string_view wrong : {"", "app.example.com", "https://app.example.com/", "https://App.example.com",
                                   "https://", "://x", "null", "https://a b", "https://*.example.com"})
        EXPECT_FALSE(is_cors_origin(wrong)) << wrong;
    for (std::string_view good : {"10.0.0.0/8", "192.0.2.7", "::1", "fd00::/8", "0.0.0.0/0", "::/128"})
        EXPECT_TRUE(is_network(good)) << good;
    for (std::string_view wrong : {"", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/", "x", "10.0.0.0/8/8"})
        EXPECT_FALSE(is_network(wrong)) << wrong;
    EXPECT_TRUE(is_livekit_url("wss://x"));
    EXPECT_FALSE(is_livekit_url("wss://"));
    EXPECT_FALSE(is_livekit_url("ftp://x"));
    EXPECT_TRUE(is_http_url("https://x/y"));
    EXPECT_FALSE(is_http_url("ws://x"));
    EXPECT_TRUE(is_redis_url("rediss://x"));
    EXPECT_TRUE(is_turn_url("turn:x:3478"));
    EXPECT_TRUE(is_stun_url("stun:x"));
    EXPECT_FALSE(is_stun_url("turn:x"));
    EXPECT_TRUE(is_store_url("sqlite:x.db"));
    EXPECT_FALSE(is_store_url("sqlite:"));
    EXPECT_TRUE(is_store_url("postgresql://u:p%40q@h:5433,i/d?sslmode=verify-full"));
    EXPECT_TRUE(is_store_url("postgres:///d?host=/run/postgresql"));
    EXPECT_FALSE(is_store_url("postgresql://"));
    EXPECT_FALSE(is_store_url("mysql://u:p@h/d"));
    for (auto password : {"p@q", "p/q", "p?q", "p#q"}) // libpq would take a part of it for a host, and say so
        EXPECT_FALSE(is_store_url("postgresql://u:" + std::string{password} + "@h/d")) << password;
}

TEST(SettingText, HidesWhateverMayBeACredentialOfAUrl) {
    EXPECT_EQ(without_credentials("redis://user:pass@host:6379/0"), "redis://***");
    EXPECT_EQ(without_credentials("postgresql://host/db?password=pass"), "postgresql://***");
    EXPECT_EQ(without_credentials("user:pass@host"), "***");
    EXPECT_EQ(without_credentials("sqlite:ringback.db"), "sqlite:ringback.db");
    EXPECT_EQ(without_credentials(""), "");
}
