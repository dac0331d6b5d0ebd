#include "webhooks/curl/http_poster.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace ringback::webhooks {

using namespace std::chrono_literals;

namespace {

attempt_result post_to(std::string url, bool allow_private) {
    http_poster poster{{.url = std::move(url), .allow_private_addresses = allow_private}};
    poster.post("an id", "{}", "t=1,v1=00");
    for (auto const end = std::chrono::steady_clock::now() + 30s; std::chrono::steady_clock::now() < end;) {
        auto posted = poster.advance();
        if (!posted.empty()) return posted[0].how;
        poster.wait(100ms);
    }
    throw std::runtime_error("no result within half a minute");
}

} // namespace

TEST(HttpPoster, ConnectsToNoAddressThatIsNotPublicHoweverItIsWritten) {
    for (auto const* host : {"127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]",
                             "10.0.0.1", "169.254.169.254", "[fe80::1]", "[fd00::1]", "100.64.0.1"}) {
        auto how = post_to(std::string{"http://"} + host + ":9/", false);
        ASSERT_FALSE(how) << host;
        EXPECT_EQ(how.error(), "the receiver's address is not public (webhooks.allow_private_addresses)") << host;
    }
}

TEST(HttpPoster, ConnectsToThemWhenThatIsAllowed) {
    auto how = post_to("http://127.0.0.1:9/", true);
    ASSERT_FALSE(how);
    EXPECT_EQ(how.error().find("not public"), std::string::npos) << how.error();
}

TEST(HttpPoster, TakesUrlsOfHttpWithAHostAndNoOthers) {
    for (auto const* url : {"http://h", "https://h/path?q=1", "https://user:pass@h:8443/x", "http://[::1]:1/"})
        EXPECT_EQ(why_not_deliverable(url), nullptr) << url;
    for (auto const* url : {"", "h", "ftp://h", "file:///etc/passwd", "http://", "http://h:99999", "http://h h/"})
        EXPECT_NE(why_not_deliverable(url), nullptr) << url;
}

} // namespace ringback::webhooks
