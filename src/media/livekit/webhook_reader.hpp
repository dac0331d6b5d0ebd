#pragma once

#include "auth/livekit_webhook.hpp"
#include "base/clock.hpp"
#include "ports/media_server.hpp"

#include <cstddef>
#include <deque>
#include <expected>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace ringback::media {

/// Reads LiveKit's webhooks, each event once: LiveKit sends one again when it was not answered, and somebody who has
/// seen one could. Thread-safe.
class webhook_reader {
public:
    static constexpr std::size_t default_remembered = 65'536;

    /// Remembers that many events, and each for as long as its signature is good.
    explicit webhook_reader(auth::livekit_webhook_verifier verifier, std::size_t max_remembered = default_remembered)
        : verifier_{std::move(verifier)},
          max_remembered_{max_remembered} {}

    /// ports::media_server::read_webhook.
    [[nodiscard]] std::expected<std::optional<ports::media_notice>, ports::webhook_errc>
    read(std::string_view authorization, std::string_view body, wall_time now);

private:
    [[nodiscard]] bool is_new(std::string id, wall_time until, wall_time now);
    void complain(auth::errc why, wall_time now);

    auth::livekit_webhook_verifier verifier_;
    std::size_t max_remembered_;
    std::mutex mutex_; ///< guards what follows
    std::unordered_set<std::string> seen_;
    std::deque<std::pair<wall_time, std::string>> order_; ///< until when, oldest first
    wall_time quiet_until_{};
};

} // namespace ringback::media
