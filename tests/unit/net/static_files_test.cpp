#include "net/server.hpp"
#include "net/static_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

using namespace ringback;
using namespace ringback::net;
using ::testing::Contains;
using ::testing::Pair;

namespace {

struct StaticFiles : ::testing::Test {
    StaticFiles() {
        std::string name = std::filesystem::temp_directory_path() / "ringback-files-XXXXXX";
        if (!::mkdtemp(name.data())) throw std::runtime_error{"mkdtemp"};
        folder = name;
        std::filesystem::create_directory(folder / "style");
        std::ofstream{folder / "index.html"} << "<p>hello";
        std::ofstream{folder / "style" / "page.css"} << "p {}";
    }
    ~StaticFiles() override { std::filesystem::remove_all(folder); }

    http_reply get(std::string target, std::string headers = {}) {
        http_reply got;
        http_request request{"GET", std::move(target), {}, {}};
        request.opening.headers = std::move(headers);
        server.routes().dispatch(server.at(0), request, [&](http_reply r) { got = std::move(r); });
        return got;
    }

    std::filesystem::path folder;
    net::server server;
};

} // namespace

TEST_F(StaticFiles, ServeAFolderByItsPathsAndTheIndexAsItsRoot) {
    add_static_files(server.routes(), folder);
    EXPECT_EQ(get("/").body, "<p>hello");
    EXPECT_EQ(get("/index.html").body, "<p>hello");
    http_reply css = get("/style/page.css?v=2");
    EXPECT_EQ(css.body, "p {}");
    EXPECT_THAT(css.headers, Contains(Pair("Content-Type", "text/css; charset=utf-8")));
    EXPECT_EQ(get("/style/../index.html").status, 404u);
}

TEST_F(StaticFiles, AreAnswered304WhileTheyAreTheSame) {
    add_static_file(server.routes(), "/page", folder / "index.html", {{"X-More", "yes"}});
    http_reply whole = get("/page");
    EXPECT_THAT(whole.headers, Contains(Pair("X-More", "yes")));
    auto etag = std::ranges::find(whole.headers, std::string{"ETag"}, &std::pair<std::string, std::string>::first);
    ASSERT_NE(etag, whole.headers.end());
    EXPECT_EQ(get("/page", "If-None-Match: " + etag->second + "\r\n").status, 304u);
    EXPECT_EQ(get("/page", "If-None-Match: \"other\"\r\n").status, 200u);
}

TEST_F(StaticFiles, ThatAreMissingAreReportedByName) {
    try {
        add_static_file(server.routes(), "/", folder / "nothing.html");
        FAIL();
    } catch (std::system_error const& e) {
        EXPECT_THAT(e.what(), ::testing::HasSubstr("nothing.html"));
    }
    EXPECT_THROW(add_static_files(server.routes(), folder / "no folder"), std::system_error);
}
