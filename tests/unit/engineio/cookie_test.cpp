#include "engineio/cookie.hpp"

#include <gtest/gtest.h>

namespace ringback::engineio {
namespace {

using namespace std::chrono_literals;

TEST(Cookie, HoldsTheSessionIdAndWhatIsConfigured) {
    auto sid = session_id::parse("AAAAlv4yQ_e-hQ0pAAAB").value();
    EXPECT_EQ(set_cookie({}, sid), "io=AAAAlv4yQ_e-hQ0pAAAB; Path=/; HttpOnly; SameSite=Lax");
    cookie_config c;
    c.name = "lb";
    c.path = "";
    c.http_only = false;
    c.same_site = same_site::strict;
    EXPECT_EQ(set_cookie(c, sid), "lb=AAAAlv4yQ_e-hQ0pAAAB; SameSite=Strict");
    c.path = "/chat";
    c.domain = "app.example";
    c.max_age = 1h;
    c.secure = true;
    c.same_site = same_site::none;
    EXPECT_EQ(set_cookie(c, sid),
              "lb=AAAAlv4yQ_e-hQ0pAAAB; Max-Age=3600; Domain=app.example; Path=/chat; Secure; SameSite=None");
}

} // namespace
} // namespace ringback::engineio
