#include "media/livekit/errc.hpp"

namespace ringback::media {

std::string_view to_string(errc e) noexcept {
    switch (e) {
    case errc::bad_url: return "not a ws, wss, http or https URL of a host";
    case errc::empty_api_key: return "the API key is empty";
    case errc::empty_api_secret: return "the API secret is empty";
    }
    return {};
}

} // namespace ringback::media
