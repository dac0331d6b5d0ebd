#include "webhooks/public_address.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <string>

namespace ringback::webhooks {

namespace {

bool is_public_text(std::string const& text) {
    ipv4_bytes v4{};
    if (::inet_pton(AF_INET, text.c_str(), v4.data()) == 1) return is_public(v4);
    ipv6_bytes v6{};
    EXPECT_EQ(::inet_pton(AF_INET6, text.c_str(), v6.data()), 1) << text;
    return is_public(v6);
}

} // namespace

TEST(PublicAddress, ThoseOfTheInternetAre) {
    for (auto const* text : {"1.1.1.1",         "8.8.8.8",        "9.255.255.255",   "11.0.0.0",
                             "100.63.255.255",  "100.128.0.0",    "126.0.0.1",       "128.0.0.1",
                             "169.253.255.255", "172.15.255.255", "172.32.0.0",      "192.167.255.255",
                             "198.17.255.255",  "198.20.0.0",     "223.255.255.255", "2606:4700:4700::1111",
                             "2a00:1450::1",    "2400::1",        "::ffff:8.8.8.8",  "64:ff9b::8.8.8.8",
                             "2002:808:808::1"})
        EXPECT_TRUE(is_public_text(text)) << text;
}

TEST(PublicAddress, LoopbackPrivateLinkLocalAndReservedOnesAreNot) {
    for (auto const* text :
         {"0.0.0.0",     "0.1.2.3",         "10.0.0.1",        "10.255.255.255", "100.64.0.1",     "100.127.255.255",
          "127.0.0.1",   "127.255.255.255", "169.254.169.254", "172.16.0.1",     "172.31.255.255", "192.0.0.8",
          "192.0.2.1",   "192.88.99.1",     "192.168.0.1",     "198.18.0.1",     "198.19.255.255", "198.51.100.1",
          "203.0.113.1", "224.0.0.1",       "239.255.255.255", "240.0.0.1",      "255.255.255.255"})
        EXPECT_FALSE(is_public_text(text)) << text;
    for (auto const* text : {"::", "::1", "fe80::1", "febf::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1",
                             "100::1", "2001::1", "2001:db8::1", "3fff::1", "5f00::1", "64:ff9b:1::1"})
        EXPECT_FALSE(is_public_text(text)) << text;
}

TEST(PublicAddress, AnIpv4AddressInsideAnIpv6AddressCounts) {
    for (auto const* text : {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::127.0.0.1",
                             "64:ff9b::192.168.0.1", "2002:7f00:1::1", "2002:a00:1::", "::127.0.0.1", "::10.0.0.1"})
        EXPECT_FALSE(is_public_text(text)) << text;
}

} // namespace ringback::webhooks
