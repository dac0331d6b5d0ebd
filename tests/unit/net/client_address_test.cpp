#include "net/client_address.hpp"

#include <gtest/gtest.h>

#include <vector>

using namespace ringback::net;

namespace {

std::vector<ip_network> networks(std::initializer_list<std::string_view> texts) {
    std::vector<ip_network> all;
    for (auto text : texts)
        all.push_back(ip_network::parse(text).value());
    return all;
}

/// Behind proxies of 10.0.0.0/8 and fd00::/8.
std::string client(std::string_view peer, std::string_view forwarded_for) {
    static auto const trusted = networks({"10.0.0.0/8", "fd00::/8"});
    return client_address(peer, forwarded_for, trusted);
}

bool contains(std::string_view network, std::string_view address) {
    return ip_network::parse(network).value().contains(ip_address::parse(address).value());
}

} // namespace

TEST(ClientAddress, IsThePeerUnlessThePeerIsTrusted) {
    EXPECT_EQ(client_address("192.0.2.1", "203.0.113.9", {}), "192.0.2.1");
    EXPECT_EQ(client("192.0.2.1", "203.0.113.9"), "192.0.2.1");
    EXPECT_EQ(client("2001:db8::1", "203.0.113.9"), "2001:db8::1");
    EXPECT_EQ(client("", "203.0.113.9"), "");
}

TEST(ClientAddress, IsTheRightMostHopThatIsNoTrustedProxy) {
    EXPECT_EQ(client("10.0.0.1", "203.0.113.9"), "203.0.113.9");
    EXPECT_EQ(client("10.0.0.1", "203.0.113.9, 10.0.0.2,10.9.9.9"), "203.0.113.9");
    EXPECT_EQ(client("fd00::1", "2001:db8::7,\tfd00::2 "), "2001:db8::7");
    EXPECT_EQ(client("::ffff:10.0.0.1", "::ffff:203.0.113.9"), "203.0.113.9");
}

TEST(ClientAddress, BelievesNothingLeftOfTheFirstHopThatIsNotTrusted) {
    EXPECT_EQ(client("10.0.0.1", "198.51.100.1, 203.0.113.9"), "203.0.113.9");
    EXPECT_EQ(client("10.0.0.1", "10.0.0.5, 203.0.113.9, 10.0.0.2"), "203.0.113.9");
    EXPECT_EQ(client("10.0.0.1", "nonsense, 203.0.113.9"), "203.0.113.9");
}

TEST(ClientAddress, IsTheLeftMostHopWhenAllAreTrusted) {
    EXPECT_EQ(client("10.0.0.1", "10.0.0.3, 10.0.0.2"), "10.0.0.3");
    EXPECT_EQ(client("10.0.0.1", ""), "10.0.0.1");
}

TEST(ClientAddress, StopsAtAHopThatIsNoAddress) {
    for (std::string_view hop :
         {"unknown", "_hidden", "", " ", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4:x", "1.2.3.4:", "1.2.3.4:99999",
          "[::1", "[::1]x", "[]", "::1:::", "for=1.2.3.4", "1.2.3.4 5.6.7.8"}) {
        EXPECT_EQ(client("10.0.0.1", std::string{"203.0.113.9, "}.append(hop)), "10.0.0.1") << hop;
        EXPECT_EQ(client("10.0.0.1", std::string{"203.0.113.9, "}.append(hop).append(", 10.0.0.2")), "10.0.0.2") << hop;
    }
    EXPECT_EQ(client("10.0.0.1", "203.0.113.9,"), "10.0.0.1");
    EXPECT_EQ(client("10.0.0.1", ",,,"), "10.0.0.1");
    EXPECT_EQ(client("10.0.0.1", std::string(10'000, '1')), "10.0.0.1");
    EXPECT_EQ(client("10.0.0.1", std::string_view{"1.2.3.4\0", 8}), "10.0.0.1");
}

TEST(ClientAddress, DropsThePortOfAHop) {
    EXPECT_EQ(client("10.0.0.1", "203.0.113.9:51234"), "203.0.113.9");
    EXPECT_EQ(client("10.0.0.1", "[2001:db8::7]:443"), "2001:db8::7");
    EXPECT_EQ(client("10.0.0.1", "[2001:db8::7]"), "2001:db8::7");
}

TEST(ClientAddress, HasOneSpellingSoThatNobodyCountsTwice) {
    EXPECT_EQ(client("10.0.0.1", "2001:DB8:0:0::7"), "2001:db8::7");
    EXPECT_EQ(client("10.0.0.1", "fe80::1%eth0"), "fe80::1");
}

TEST(IpNetwork, ContainsTheAddressesOfItsPrefix) {
    EXPECT_TRUE(contains("10.0.0.0/8", "10.255.255.255"));
    EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
    EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.200"));
    EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
    EXPECT_TRUE(contains("10.1.2.3/8", "10.9.9.9"));
    EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
    EXPECT_FALSE(contains("192.0.2.1", "192.0.2.2"));
    EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
    EXPECT_TRUE(contains("::ffff:10.0.0.0/104", "10.1.1.1"));
    EXPECT_TRUE(contains("fe80::/10", "fe80::1%eth0"));
}

TEST(IpNetwork, OfOneFamilyNeverContainsTheOther) {
    EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.9"));
    EXPECT_FALSE(contains("0.0.0.0/0", "::1"));
    EXPECT_TRUE(contains("::/0", "::1"));
    EXPECT_FALSE(contains("::/0", "203.0.113.9"));
}

TEST(IpNetwork, ParsesAddressAndPrefixOnly) {
    for (std::string_view wrong :
         {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ", "::/129", "10.0.0/8", "host",
          "10.0.0.0/8/8", "fe80::1%eth0/64", "::ffff:10.0.0.0/95", "[::1]/128"})
        EXPECT_FALSE(ip_network::parse(wrong)) << wrong;
}
