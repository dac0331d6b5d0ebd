#pragma once

#include "base/clock.hpp"
#include "net/tls_context.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>

namespace ringback::net {

/// The certificate and key of a server, which follow their files: new connections get what the files hold at most five
/// seconds later, those that exist keep what they have. Files that have become unusable, or do not fit each other yet,
/// leave the former ones in use; that is logged once for each change.
///
/// Thread-safe. No thread of its own: whoever accepts looks at the files, one thread at a time.
class tls_identity {
public:
    static constexpr std::chrono::seconds look_interval{5};

    [[nodiscard]] static std::expected<std::unique_ptr<tls_identity>, tls_error> open(tls_config config, mono_time now);

    [[nodiscard]] std::shared_ptr<tls_context const> current(mono_time now);

private:
    using stamp = std::array<std::int64_t, 10>; ///< of both files: what differs when one was replaced or written

    tls_identity(tls_config config, std::shared_ptr<tls_context const> context, stamp seen, mono_time now);
    [[nodiscard]] static stamp stamp_of(tls_config const& config);
    void look(mono_time now);

    // given
    tls_config const config_;
    // state
    std::mutex looking_; ///< guards seen_
    stamp seen_;
    std::atomic<mono_time> last_look_;
    std::mutex publishing_; ///< guards context_, for as long as a pointer is copied
    std::shared_ptr<tls_context const> context_;
};

} // namespace ringback::net
