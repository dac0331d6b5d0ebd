#pragma once

#include "base/secret.hpp"
#include "media/livekit/deletion_schedule.hpp"
#include "media/livekit/http_client_config.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace ringback::media {

struct livekit_config {
    std::string url; ///< ws, wss, http or https; clients get it as it is
    std::string api_key;
    secret api_secret;
    std::chrono::seconds token_ttl{600};        ///< of a party's token; LiveKit renews that of who is connected
    std::chrono::seconds service_token_ttl{60}; ///< of our own, for one request
    std::size_t connections = 2;                ///< to LiveKit: how many deletions run side by side
    std::chrono::milliseconds stop_grace{500};  ///< at the end, for deletions that need not wait for a retry
    http_client_config http{};
    retry_config retry{};
};

} // namespace ringback::media
