#include "app/web_page.hpp"

#include "base/base64.hpp"

#include <openssl/evp.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>

namespace ringback::app {
namespace fs = std::filesystem;
namespace {

/// The page needs nothing from elsewhere, so nothing from elsewhere may run in it.
constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

std::string_view content_type_of(fs::path const& file) {
    auto extension = file.extension();
    if (extension == ".html") return "text/html; charset=utf-8";
    if (extension == ".js") return "text/javascript; charset=utf-8";
    if (extension == ".css") return "text/css; charset=utf-8";
    if (extension == ".svg") return "image/svg+xml";
    return "application/octet-stream";
}

std::string read_file(fs::path const& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) throw std::system_error{errno, std::generic_category(), file.string()};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::string etag_of(std::string_view content) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(content.data(), content.size(), digest, &size, EVP_sha256(), nullptr);
    return '"' + base64url_encode({reinterpret_cast<char const*>(digest), 12}) + '"';
}

void add_file(net::http_routes& routes, std::string path, fs::path const& file) {
    net::http_reply whole{200, {}, read_file(file)};
    std::string etag = etag_of(whole.body);
    whole.headers = {{"Content-Type", std::string{content_type_of(file)}},
                     {"Cache-Control", "no-cache"},
                     {"ETag", etag},
                     {"Content-Security-Policy", std::string{content_security_policy}},
                     {"X-Content-Type-Options", "nosniff"}};
    auto shared = std::make_shared<net::http_reply const>(std::move(whole));
    routes.add("GET", std::move(path),
               [shared, etag](net::shard&, net::http_request const& r, net::reply_handler reply) {
                   if (r.header("if-none-match") == etag) return reply({304, {{"ETag", etag}}, {}});
                   reply(*shared);
               });
}

} // namespace

std::optional<fs::path> find_web_folder() {
    std::error_code ec;
    fs::path program = fs::read_symlink("/proc/self/exe", ec);
    if (ec) return std::nullopt;
    for (fs::path folder : {program.parent_path() / "web", program.parent_path().parent_path() / "share/ringback/web"})
        if (fs::is_regular_file(folder / "index.html", ec)) return folder;
    return std::nullopt;
}

void add_web_page(net::http_routes& routes, fs::path const& folder) {
    for (auto const& entry : fs::recursive_directory_iterator{folder}) {
        if (!entry.is_regular_file()) continue;
        std::string path = "/" + fs::relative(entry.path(), folder).generic_string();
        if (path == "/index.html") add_file(routes, "/", entry.path());
        add_file(routes, std::move(path), entry.path());
    }
}

} // namespace ringback::app
