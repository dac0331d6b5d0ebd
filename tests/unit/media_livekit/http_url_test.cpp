#include "media/livekit/http_url.hpp"

#include <gtest/gtest.h>

using namespace ringback::media;

TEST(HttpUrl, TakesAWebSocketUrlForTheHttpServiceBesideIt) {
    EXPECT_EQ(parse_http_url("wss://live.example.org"),
              (http_url{http_security::tls, "live.example.org", "443", "live.example.org", ""}));
    EXPECT_EQ(parse_http_url("WS://live.example.org:7880"),
              (http_url{http_security::plain, "live.example.org", "7880", "live.example.org:7880", ""}));
    EXPECT_EQ(parse_http_url("https://live.example.org:443/"), parse_http_url("wss://live.example.org"));
    EXPECT_EQ(parse_http_url("http://127.0.0.1:80"),
              (http_url{http_security::plain, "127.0.0.1", "80", "127.0.0.1", ""}));
}

TEST(HttpUrl, KeepsAPathWithoutItsLastSlash) {
    EXPECT_EQ(parse_http_url("https://example.org/media/live/")->path, "/media/live");
}

TEST(HttpUrl, PutsAnAddressOfIpv6InBracketsForTheHostField) {
    EXPECT_EQ(parse_http_url("ws://[::1]:7880"), (http_url{http_security::plain, "::1", "7880", "[::1]:7880", ""}));
}

TEST(HttpUrl, RefusesWhatNamesNoServiceOrSaysTooMuch) {
    for (auto text :
         {"", "live.example.org", "ftp://live.example.org", "wss://", "wss:///path", "ws://host:0", "ws://host:99999",
          "ws://host:65536", "wss://user:word@host", "wss://host?a=b", "wss://host#a", "wss://ho st"})
        EXPECT_EQ(parse_http_url(text), std::unexpected{errc::bad_url}) << text;
}
