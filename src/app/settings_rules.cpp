#include "app/settings_rules.hpp"

#include "app/setting_text.hpp"
#include "app/token_keys.hpp"

#include <algorithm>

namespace ringback::app {
namespace {

/// The demo page signs tokens for whoever asks, so nobody but this machine may reach it.
void check_demo(settings const& s, setting_errors& errors) {
    if (!s.server.demo) return;
    for (auto const& address : s.server.listen)
        if (!address.is_loopback())
            errors.push_back("server.demo = true: allowed with loopback listeners only, and server.listen has " +
                             listen_text(address));
}

void check_livekit(livekit_settings const& l, setting_errors& errors) {
    bool any = !l.url.empty() || !l.api_key.empty() || !l.api_secret.empty();
    auto need = [&](bool missing, std::string_view name) {
        if (any && missing)
            errors.push_back(
                "livekit." + std::string{name} +
                " is not set; allowed are all of livekit.url, livekit.api_key and livekit.api_secret, or none");
    };
    need(l.url.empty(), "url");
    need(l.api_key.empty(), "api_key");
    need(l.api_secret.empty(), "api_secret");
}

} // namespace

void check_together(settings const& s, setting_errors& errors) {
    check_demo(s, errors);
    check_livekit(s.livekit, errors);
}

void check_can_serve(settings const& s, setting_errors& errors) { check_token_keys(s, errors); }

} // namespace ringback::app
