#include "app/web_page.hpp"

#include "net/static_files.hpp"

#include <string>
#include <system_error>

namespace ringback::app {
namespace fs = std::filesystem;
namespace {

/// The page needs nothing from elsewhere, so nothing from elsewhere may run in it.
constexpr char content_security_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

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
    net::add_static_files(routes, folder, {{"Content-Security-Policy", content_security_policy}});
}

} // namespace ringback::app
