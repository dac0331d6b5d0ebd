#include "engineio/handshake.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace ringback::engineio {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

TEST(Handshake, TheOpenPacketHasExactlyFiveKeysInOrder) {
    auto sid = session_id::parse("AAAAlv4yQ_e-hQ0pAAAB").value();
    EXPECT_EQ(open_packet(sid, transport_kind::polling, {}),
              R"(0{"sid":"AAAAlv4yQ_e-hQ0pAAAB","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,)"
              R"("maxPayload":1000000})");
}

TEST(Handshake, UpgradesNameOnlyWhatIsLeftToUpgradeTo) {
    auto sid = make_sid(0, 0);
    engine_config config;
    EXPECT_NE(open_packet(sid, transport_kind::websocket, config).find(R"("upgrades":[],)"), std::string::npos);
    config.allow_upgrades = false;
    EXPECT_NE(open_packet(sid, transport_kind::polling, config).find(R"("upgrades":[],)"), std::string::npos);
    config.allow_upgrades = true;
    config.transports.websocket = false;
    EXPECT_NE(open_packet(sid, transport_kind::polling, config).find(R"("upgrades":[],)"), std::string::npos);
}

TEST(Handshake, ConfiguredValuesAreAnnouncedInMillisecondsAndBytes) {
    engine_config config;
    config.ping_interval = 300ms;
    config.ping_timeout = 2s;
    config.max_payload = 5;
    auto packet = open_packet(make_sid(0, 0), transport_kind::websocket, config);
    EXPECT_TRUE(packet.ends_with(R"("pingInterval":300,"pingTimeout":2000,"maxPayload":5})")) << packet;
}

TEST(Sid, NamesItsShardAndNode) {
    struct row {
        std::uint8_t shard;
        std::uint16_t node;
    };
    for (auto [shard, node] : {row{0, 0}, row{1, 0}, row{255, 65'535}, row{7, 0x0102}}) {
        session_id made = make_sid(shard, node);
        EXPECT_EQ(made.text().size(), 20u);
        EXPECT_EQ(made.text().find_first_not_of(alphabet), std::string_view::npos);
        auto parsed = session_id::parse(made.text());
        ASSERT_TRUE(parsed);
        EXPECT_EQ(*parsed, made);
        EXPECT_EQ(parsed->shard(), shard);
        EXPECT_EQ(parsed->node_tag(), node);
        EXPECT_EQ(shard_of(made.text()), shard);
    }
}

TEST(Sid, NoTwoAreAlike) {
    std::set<session_id> sids;
    std::set<std::size_t> hashes;
    std::set<std::string> socket_ids;
    for (int i = 0; i < 1000; ++i) {
        session_id sid = make_sid(3, 9);
        sids.insert(sid);
        hashes.insert(std::hash<session_id>{}(sid));
        socket_ids.insert(make_socket_id());
    }
    EXPECT_EQ(sids.size(), 1000u);
    EXPECT_EQ(hashes.size(), 1000u);
    EXPECT_EQ(socket_ids.size(), 1000u);
}

TEST(Sid, AnythingButTwentyLegalCharactersIsNone) {
    for (std::string_view text : {"", "test", "AAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA",
                                  "AAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAA+",
                                  "AAAAAAAAAAAAAAAAAAA/", "AAAA AAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAA\xC3\xA4"})
        EXPECT_EQ(shard_of(text), std::nullopt) << text;
}

TEST(Sid, TheNullIdEqualsNoOther) { EXPECT_NE(session_id{}, make_sid(0, 0)); }

TEST(Sid, SocketIdsAreTwentyUrlSafeCharacters) {
    auto id = make_socket_id();
    EXPECT_EQ(id.size(), 20u);
    EXPECT_EQ(id.find_first_not_of(alphabet), std::string::npos);
}

} // namespace
} // namespace ringback::engineio
