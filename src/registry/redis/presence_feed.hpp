#pragma once

#include "ports/call_registry.hpp"
#include "registry/redis/script_text.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace ringback::registry {

/// Puts what is published about presence in one row without gaps or repetitions: what was missed while the subscription
/// was interrupted is read from the stream behind it (`{ringback}:changes`, its ids are versions). Pure.
class presence_feed {
public:
    /// Changes up to this version are not news.
    void begin_at(std::uint64_t version);
    /// The subscription was interrupted, and is there again: what comes waits until caught_up().
    void interrupted() noexcept { is_behind_ = true; }
    [[nodiscard]] bool is_behind() const noexcept { return is_behind_; }
    /// What was published behind this version is missing.
    [[nodiscard]] std::uint64_t known() const noexcept { return known_; }

    /// A message as it was published. Gives what is news now.
    [[nodiscard]] std::vector<published> hear(std::string_view text);
    /// The messages of the stream behind known(), oldest first.
    [[nodiscard]] std::vector<published> caught_up(std::vector<std::string_view> const& texts);

private:
    void take(std::string_view text, std::vector<published>& news);

    std::uint64_t known_ = 0;
    bool is_behind_ = true;
    std::vector<std::string> waiting_;
};

} // namespace ringback::registry
