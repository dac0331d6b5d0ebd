#include "app/settings_load.hpp"
#include "app/settings_table.hpp"
#include "temporary_directory.hpp"

#include <gtest/gtest.h>

#include <set>

using namespace ringback::app;
using ringback::test::temporary_directory;

namespace {

struct default_row {
    std::string_view key, toml;
};

// The defaults of section 7 of the contract, in its order.
constexpr default_row contract_defaults[] = {
    {"server.listen", R"(["127.0.0.1:8000", "[::1]:8000"])"},
    {"server.cors_origins", "[]"},
    {"server.trusted_proxies", "[]"},
    {"server.tls_certificate", R"("")"},
    {"server.tls_key", R"("")"},
    {"server.max_sockets", "0"},
    {"server.demo", "false"},
    {"server.metrics_token", R"("")"},
    {"engine.ping_interval", R"("25s")"},
    {"engine.ping_timeout", R"("20s")"},
    {"engine.upgrade_timeout", R"("10s")"},
    {"engine.connect_timeout", R"("45s")"},
    {"engine.max_payload", R"("1MB")"},
    {"engine.max_outbox_bytes", R"("1MiB")"},
    {"engine.max_outbox_packets", "4096"},
    {"engine.allow_eio3", "false"},
    {"engine.recovery_window", "0"},
    {"engine.transports", R"(["polling", "websocket"])"},
    {"auth.algorithms", R"(["HS256"])"},
    {"auth.secret", R"("")"},
    {"auth.secret_file", R"("")"},
    {"auth.keys", "[]"},
    {"auth.issuer", R"("")"},
    {"auth.audience", R"("")"},
    {"auth.leeway", R"("5s")"},
    {"auth.require_exp", "false"},
    {"accounts.provisioning", R"("claims")"},
    {"accounts.default_approval", R"("APPROVED")"},
    {"limits.connections_per_minute", "10"},
    {"limits.handshakes_per_minute", "60"},
    {"limits.call_initiate_per_minute", "5"},
    {"limits.call_cancel_per_minute", "20"},
    {"limits.call_end_per_minute", "20"},
    {"limits.call_accept_per_minute", "20"},
    {"limits.call_reject_per_minute", "20"},
    {"limits.signals_per_second", "50"},
    {"limits.metadata_bytes", R"("4KiB")"},
    {"calls.ring_timeout", R"("30s")"},
    {"calls.reconnect_grace", "0"},
    {"calls.recovery_grace", R"("30s")"},
    {"calls.cancel_race_window", R"("2s")"},
    {"calls.drain_timeout", R"("30s")"},
    {"calls.max_duration", "0"},
    {"billing.mode", R"("meter")"},
    {"billing.minimum_seconds", "10"},
    {"billing.user_audio_rate", "2"},
    {"billing.user_video_rate", "3"},
    {"billing.telecaller_audio_rate", "1"},
    {"billing.telecaller_video_rate", "1"},
    {"peer.directory", R"("contacts")"},
    {"peer.media", R"("p2p")"},
    {"peer.handshake_timeout", R"("10s")"},
    {"peer.reconnect_grace", R"("30s")"},
    {"peer.max_signal_bytes", R"("64KiB")"},
    {"store.url", R"("sqlite:ringback.db")"},
    {"store.pool", "4"},
    {"cluster.redis_url", R"("")"},
    {"cluster.redis_url_file", R"("")"},
    {"cluster.redis_ca", R"("")"},
    {"cluster.redis_certificate", R"("")"},
    {"cluster.redis_key", R"("")"},
    {"cluster.adapter", R"("classic")"},
    {"cluster.node_id", R"("")"},
    {"cluster.lease", R"("10s")"},
    {"livekit.url", R"("")"},
    {"livekit.api_key", R"("")"},
    {"livekit.api_secret", R"("")"},
    {"livekit.api_secret_file", R"("")"},
    {"livekit.token_ttl", R"("10m")"},
    {"livekit.join_timeout", "0"},
    {"livekit.empty_timeout", R"("1m")"},
    {"livekit.departure_timeout", R"("30s")"},
    {"livekit.sweep_interval", R"("10m")"},
    {"turn.urls", "[]"},
    {"turn.secret", R"("")"},
    {"turn.secret_file", R"("")"},
    {"turn.ttl", R"("1h")"},
    {"turn.stun_urls", "[]"},
    {"webhooks.url", R"("")"},
    {"webhooks.secret", "[]"},
    {"webhooks.secret_file", R"("")"},
    {"webhooks.events", R"(["call.ringing", "call.accepted", "call.ended", "account.presence"])"},
    {"webhooks.allow_private_addresses", "false"},
    {"webhooks.max_in_flight", "8"},
    {"webhooks.connect_timeout", R"("5s")"},
    {"webhooks.timeout", R"("10s")"},
    {"webhooks.max_response", R"("64KiB")"},
    {"webhooks.retry_first", R"("1s")"},
    {"webhooks.retry_longest", R"("1h")"},
    {"webhooks.give_up_after", R"("24h")"},
    {"webhooks.max_waiting", "100000"},
    {"webhooks.max_dead", "10000"},
    {"log.level", R"("info")"},
    {"log.format", R"("auto")"},
};

setting_key const* find_dotted(std::string_view key) {
    auto dot = key.find('.');
    return find_setting(key.substr(0, dot), key.substr(dot + 1));
}

} // namespace

TEST(SettingsTable, HasEveryKeyOfTheContractWithItsDefault) {
    settings standard;
    for (auto const& [name, toml] : contract_defaults) {
        auto const* key = find_dotted(name);
        ASSERT_TRUE(key) << name;
        EXPECT_EQ(key->toml(standard), toml) << name;
    }
    ASSERT_TRUE(find_dotted("server.shards")); // its default is the machine's
    EXPECT_EQ(std::size(contract_defaults) + 1, setting_keys().size());
}

TEST(SettingsTable, NamesEachKeyOnceAndKeepsSectionsTogether) {
    std::set<std::string> keys;
    std::set<std::string_view> sections;
    std::string_view last;
    for (auto const& key : setting_keys()) {
        EXPECT_TRUE(keys.insert(std::string{key.section}.append(".").append(key.name)).second) << key.name;
        if (key.section == last) continue;
        EXPECT_TRUE(sections.insert(key.section).second) << key.section;
        last = key.section;
    }
}

TEST(SettingsTable, AcceptsEveryDefaultItself) {
    settings standard;
    for (auto const& key : setting_keys()) {
        auto document = "[" + std::string{key.section} + "]\n" + std::string{key.name} + " = " + key.toml(standard);
        temporary_directory directory;
        auto loaded = load_settings({.file = directory.file("a.toml", document)});
        EXPECT_TRUE(loaded) << document << (loaded ? "" : loaded.error().front());
    }
}

TEST(SettingsTable, EffectiveSettingsLoadAgainAsTheyWere) {
    temporary_directory directory;
    auto first = load_settings(
        {.assignments = {"server.listen=[\"0.0.0.0:1\", \"[::]:2\"]", "server.shards=3",
                         "server.cors_origins=*,https://a.example", "engine.max_payload=64KiB",
                         "engine.transports=websocket", "auth.issuer=an \"app\"\n", "calls.ring_timeout=1500ms",
                         "accounts.provisioning=strict", "accounts.default_approval=PENDING", "peer.directory=everyone",
                         "livekit.url=wss://x", "livekit.api_key=k", "log.level=off", "log.format=json",
                         "livekit.api_secret=***"}});
    ASSERT_TRUE(first);
    auto text = effective_toml(*first);
    auto second = load_settings({.file = directory.file("a.toml", text)});
    ASSERT_TRUE(second) << second.error().front();
    EXPECT_EQ(effective_toml(*second), text);
}

TEST(SettingsTable, PeersThroughLivekitAndTurnNeedTheirServers) {
    auto first_error = [](std::vector<std::string> assignments) {
        auto loaded = load_settings({.assignments = std::move(assignments)});
        return loaded ? std::string{} : loaded.error().front();
    };
    EXPECT_EQ(first_error({"peer.media=livekit"}),
              "peer.media = \"livekit\": allowed with livekit.url only, and that is not set");
    EXPECT_EQ(first_error({"turn.urls=turn:x"}),
              "turn.secret is not set; allowed are both of turn.urls and turn.secret, or none");
    EXPECT_EQ(first_error({"turn.secret=hunter2"}),
              "turn.urls is not set; allowed are both of turn.urls and turn.secret, or none");
    EXPECT_EQ(first_error({"turn.urls=turn:x", "turn.secret=hunter2", "turn.stun_urls=stun:x", "turn.ttl=2h"}), "");
}

TEST(SettingsTable, WebhooksNeedAnAddressAndASecret) {
    auto first_error = [](std::vector<std::string> assignments) {
        auto loaded = load_settings({.assignments = std::move(assignments)});
        return loaded ? std::string{} : loaded.error().front();
    };
    EXPECT_EQ(first_error({"webhooks.url=https://h/x"}),
              "webhooks.secret is not set; allowed are both of webhooks.url and webhooks.secret, or none");
    EXPECT_EQ(first_error({"webhooks.secret=hunter2"}),
              "webhooks.url is not set; allowed are both of webhooks.url and webhooks.secret, or none");
    EXPECT_EQ(first_error({"webhooks.url=https://h:123456/x", "webhooks.secret=hunter2"}),
              "webhooks.url = \"***\": allowed is an absolute http or https URL, and of this one libcurl says: "
              "Port number was not a decimal number between 0 and 65535");
    EXPECT_EQ(first_error({"webhooks.url=https://h/x", "webhooks.secret=hunter2"}), "");
}

TEST(SettingsTable, TakesWhatTheBenchmarkSets) {
    std::vector<std::string> assignments{"accounts.provisioning=claims", "accounts.default_approval=APPROVED",
                                         "peer.directory=everyone",      "server.shards=1",
                                         "livekit.url=ws://127.0.0.1:1", "livekit.api_key=key",
                                         "livekit.api_secret=secret",    "store.url=sqlite:bench.db"};
    for (auto const& key : setting_keys())
        if (key.section == "limits") assignments.push_back("limits." + std::string{key.name} + "=0");
    auto s = load_settings({.assignments = assignments});
    ASSERT_TRUE(s) << s.error().front();
    EXPECT_EQ(s->limits.connections_per_minute, 0u);
    EXPECT_EQ(s->limits.metadata_bytes, 0u);
    EXPECT_EQ(s->server.shards, 1u);
    EXPECT_EQ(s->peer.directory, peer_directory::everyone);
    EXPECT_TRUE(s->livekit.configured());
}
