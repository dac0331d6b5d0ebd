#include "app/web_page.hpp"

#include "media/livekit/http_url.hpp"
#include "net/static_files.hpp"

#include <string>
#include <system_error>

namespace ringback::app {
namespace fs = std::filesystem;
namespace {

/// The page needs nothing from elsewhere but LiveKit, so nothing from elsewhere may run in it.
std::string content_security_policy(std::string const& media_origins) {
    return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'" +
           media_origins + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

/// Where LiveKit's client connects to, by WebSocket and by HTTP.
std::string origins_of(std::string const& livekit_url) {
    auto url = media::parse_http_url(livekit_url);
    if (!url) return {};
    bool is_secure = url->security == media::http_security::tls;
    return (is_secure ? " wss://" : " ws://") + url->authority + (is_secure ? " https://" : " http://") +
           url->authority;
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

void add_web_page(net::http_routes& routes, fs::path const& folder, std::string const& livekit_url) {
    net::add_static_files(routes, folder,
                          {{"Content-Security-Policy", content_security_policy(origins_of(livekit_url))}});
}

} // namespace ringback::app
