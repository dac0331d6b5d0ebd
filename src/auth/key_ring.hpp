#pragma once

#include "auth/errc.hpp"
#include "auth/jws_algorithm.hpp"
#include "auth/key_file.hpp"
#include "auth/key_set.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"

#include <atomic>
#include <chrono>
#include <expected>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

namespace ringback::auth {

struct key_config {
    std::vector<jws_algorithm> algorithms; ///< no other is ever verified
    ringback::secret secret;               ///< for the HMAC algorithms among them; empty: none
    std::vector<std::filesystem::path> files;
};

struct key_error {
    std::filesystem::path file; ///< empty: the secret
    errc why;
};

/// The keys of a verifier, which follow their files: a key that was added counts within a second of the first token
/// that needs it, one that was removed is gone within five. A file that has become unusable keeps its former keys and
/// is logged once for each change.
///
/// Thread-safe. No thread of its own: whoever verifies looks at the files, one thread at a time, and reads the few
/// kilobytes of one that changed; the others go on with the former keys.
class key_ring {
public:
    static constexpr std::chrono::seconds look_interval{5}; ///< between looks at the files, as tokens come
    static constexpr std::chrono::seconds miss_interval{1}; ///< when a token could not be verified

    /// Keys that never change.
    explicit key_ring(std::vector<jws_key> keys);
    key_ring(key_ring const&) = delete;
    key_ring& operator=(key_ring const&) = delete;

    /// Reads every file. secret_too_short below min_secret_bytes; the errors of key_file::open.
    [[nodiscard]] static std::expected<std::unique_ptr<key_ring>, key_error> open(key_config config, wall_time now);

    [[nodiscard]] std::shared_ptr<key_set const> keys(wall_time now);
    /// After `tried` verified nothing: other keys, if there are any. Null: there are none.
    [[nodiscard]] std::shared_ptr<key_set const> keys_after(std::shared_ptr<key_set const> const& tried, wall_time now);

private:
    key_ring(std::vector<jws_algorithm> algorithms, key_list fixed, std::vector<key_file> files, wall_time now);

    [[nodiscard]] bool is_due(wall_time now, std::chrono::seconds interval) const noexcept;
    void look(wall_time now);
    void publish();
    [[nodiscard]] std::shared_ptr<key_set const> current() const;

    // given
    std::vector<jws_algorithm> const algorithms_;
    key_list const fixed_;
    bool const follows_files_;

    // state
    std::mutex looking_; ///< guards files_
    std::vector<key_file> files_;
    std::atomic<wall_time> last_look_;
    mutable std::mutex publishing_; ///< guards current_, for as long as a pointer is copied
    std::shared_ptr<key_set const> current_{};
};

} // namespace ringback::auth
