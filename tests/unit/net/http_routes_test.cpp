#include "net/http_routes.hpp"
#include "net/server.hpp"

#include <gtest/gtest.h>

using namespace ringback;
using namespace ringback::net;

namespace {

struct HttpRoutes : ::testing::Test {
    HttpRoutes() {
        routes.add("GET", "/a", answer("a"));
        routes.add("POST", "/a", answer("posted"));
        routes.add("GET", "/files/*", answer("file"));
    }
    static http_routes::handler answer(std::string body) {
        return [body](shard&, http_request const&, reply_handler reply) { reply(http_reply::text(200, body)); };
    }
    http_reply ask(std::string method, std::string target) {
        http_reply got;
        routes.dispatch(server.at(0), {std::move(method), std::move(target), {}, {}},
                        [&](http_reply r) { got = std::move(r); });
        return got;
    }
    system_clock_source clock;
    net::server server{{}, clock};
    http_routes routes;
};

} // namespace

TEST_F(HttpRoutes, FindsByMethodAndPathWhateverTheQuery) {
    EXPECT_EQ(ask("GET", "/a?x=/b").body, "a");
    EXPECT_EQ(ask("POST", "/a").body, "posted");
    EXPECT_EQ(ask("HEAD", "/a").status, 200u);
    EXPECT_EQ(ask("GET", "/files/deep/er.js").body, "file");
}

TEST_F(HttpRoutes, TellsAnUnknownPathFromAForeignMethod) {
    EXPECT_EQ(ask("GET", "/b").status, 404u);
    EXPECT_EQ(ask("GET", "/a/").status, 404u);
    http_reply refused = ask("DELETE", "/a");
    EXPECT_EQ(refused.status, 405u);
    EXPECT_EQ(refused.headers.back(), (std::pair<std::string, std::string>{"Allow", "GET, POST"}));
}
