#include "media/livekit/http_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>
#include <cstdint>
#include <system_error>

namespace ringback::media {

std::expected<http_url, errc> parse_http_url(std::string_view text) {
    auto parsed = boost::urls::parse_uri({text.data(), text.size()});
    if (!parsed) return std::unexpected{errc::bad_url};
    boost::urls::url_view const& url = *parsed;

    http_url out;
    std::string scheme = url.scheme(); // upper and lower case mean the same
    for (char& c : scheme)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (scheme == "https" || scheme == "wss")
        out.security = http_security::tls;
    else if (scheme != "http" && scheme != "ws")
        return std::unexpected{errc::bad_url};

    // Not port_number(), which is 0 or wrong for what does not fit. An empty port is the scheme's, says RFC 3986.
    auto port_text = url.port();
    std::uint16_t port = 0;
    auto [port_end, port_error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
    bool has_bad_port = !port_text.empty() && (port_error != std::errc{} || port == 0);
    bool says_too_much = url.has_userinfo() || url.has_query() || url.has_fragment();
    out.host = url.host_address();
    if (out.host.empty() || has_bad_port || says_too_much) return std::unexpected{errc::bad_url};

    std::string_view usual_port = out.security == http_security::tls ? "443" : "80";
    out.port = port_text.empty() ? std::string{usual_port} : std::to_string(port);
    auto host_text = url.encoded_host();
    out.authority.assign(host_text.data(), host_text.size());
    if (out.port != usual_port) out.authority.append(":").append(out.port);
    auto path = url.encoded_path();
    out.path.assign(path.data(), path.size());
    while (out.path.ends_with('/'))
        out.path.pop_back();
    return out;
}

} // namespace ringback::media
