#pragma once

#include <memory>
#include <string>

namespace ringback::redis {

/// A Lua script that the server runs: one round trip, nothing happens in between. Immutable, and cheap to copy: copies
/// share the text. Safe to use in several threads.
class script {
public:
    explicit script(std::string source);

    /// What EVALSHA calls it: 40 hexadecimal digits.
    [[nodiscard]] std::string const& sha1() const noexcept { return parts_->sha1; }
    [[nodiscard]] std::string const& source() const noexcept { return parts_->source; }

private:
    struct parts {
        std::string source, sha1;
    };
    std::shared_ptr<parts const> parts_;
};

} // namespace ringback::redis
