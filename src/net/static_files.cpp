#include "net/static_files.hpp"

#include "base/base64.hpp"

#include <openssl/evp.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>

namespace ringback::net {
namespace fs = std::filesystem;
namespace {

std::string_view content_type_of(fs::path const& file) {
    static constexpr std::pair<std::string_view, std::string_view> known[] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".mjs", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".map", "application/json"},
        {".txt", "text/plain; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".webp", "image/webp"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".wasm", "application/wasm"},
    };
    std::string extension = file.extension();
    for (auto const& [end, type] : known)
        if (extension == end) return type;
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

} // namespace

void add_static_file(http_routes& routes, std::string path, fs::path const& file, http_headers const& headers) {
    http_reply whole{200, {}, read_file(file)};
    std::string etag = etag_of(whole.body);
    whole.headers = {{"Content-Type", std::string{content_type_of(file)}},
                     {"Cache-Control", "no-cache"},
                     {"ETag", etag},
                     {"X-Content-Type-Options", "nosniff"}};
    whole.headers.insert(whole.headers.end(), headers.begin(), headers.end());
    auto shared = std::make_shared<http_reply const>(std::move(whole));
    routes.add("GET", std::move(path), [shared, etag](shard&, http_request const& r, reply_handler reply) {
        if (r.header("if-none-match") == etag) return reply({304, {{"ETag", etag}}, {}});
        reply(*shared);
    });
}

void add_static_files(http_routes& routes, fs::path const& folder, http_headers const& headers) {
    for (auto const& entry : fs::recursive_directory_iterator{folder}) {
        if (!entry.is_regular_file()) continue;
        std::string path = "/" + fs::relative(entry.path(), folder).generic_string();
        if (path == "/index.html") add_static_file(routes, "/", entry.path(), headers);
        add_static_file(routes, std::move(path), entry.path(), headers);
    }
}

} // namespace ringback::net
