#pragma once

#include "base/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ringback::call {

/// Attempts per key in a sliding minute (contract section 3, Limits). Not thread-safe.
///
/// Memory: one entry per key with an admitted attempt in the last minute, each with at most `limit` stamps, and never
/// more than `max_keys` entries: beyond that the key that was quiet for longest is forgotten, which errs on the side
/// of admitting.
class rate_limiter {
public:
    explicit rate_limiter(std::size_t max_keys) : max_keys_{max_keys} {}

    /// Whether `key` may go on: fewer than `limit` attempts were admitted in the minute before `now`. A refused attempt
    /// is not remembered, so it does not extend the wait. A limit of 0 is switched off. `now` never goes back.
    [[nodiscard]] bool take(std::string_view key, std::uint32_t limit, mono_time now);

    [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }

private:
    struct entry {
        std::string key;
        std::vector<mono_time> admitted; ///< oldest first, all within a minute of the last
    };
    using entries = std::list<entry>;

    void forget_quiet(mono_time now);
    void forget_oldest();

    std::size_t max_keys_;
    entries by_age_;                                               ///< the key admitted longest ago first
    std::unordered_map<std::string_view, entries::iterator> keys_; ///< views of entry::key: list nodes do not move
};

} // namespace ringback::call
