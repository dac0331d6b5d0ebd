#pragma once

#include "auth/livekit_token.hpp"
#include "base/secret.hpp"
#include "media/livekit/deletion_schedule.hpp"
#include "media/livekit/http_client_config.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace ringback::media {

/// Looking for rooms that should be gone.
struct sweep_config {
    std::chrono::milliseconds interval{600'000};
    std::chrono::milliseconds retry{30'000};           ///< after one that LiveKit or the store did not let finish
    std::uint32_t max_left = 4096;                     ///< rooms that one sweep takes from the store
    std::uint64_t max_answer_bytes = 64 * 1024 * 1024; ///< of LiveKit's list of its rooms
};

struct livekit_config {
    std::string url; ///< ws, wss, http or https; clients get it as it is
    std::string api_key;
    secret api_secret;
    std::chrono::seconds token_ttl{600};        ///< of a party's token; LiveKit renews that of who is connected
    std::chrono::seconds service_token_ttl{60}; ///< of our own, for one request
    auth::livekit_room room{};                  ///< how LiveKit makes rooms
    std::size_t connections = 2;                ///< to LiveKit: how many deletions, and questions, run side by side
    std::size_t max_questions = 4096;           ///< that wait for an answer; one more is not asked
    std::chrono::milliseconds stop_grace{500};  ///< at the end, for deletions that need not wait for a retry
    http_client_config http{};
    retry_config retry{};
    breaker_config breaker{};
    sweep_config sweep{};
};

} // namespace ringback::media
