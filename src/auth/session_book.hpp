#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"

#include <array>
#include <cstddef>
#include <deque>
#include <expected>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace ringback::auth {

/// What the book keeps of a session token: its SHA-256.
using session_hash = std::array<unsigned char, 32>;
[[nodiscard]] session_hash hash_of_session(std::string_view token);
/// As text, for where it is kept.
[[nodiscard]] std::string to_text(session_hash const& hash);
[[nodiscard]] std::optional<session_hash> parse_session_hash(std::string_view text);

/// The session tokens of devices that may come back: random, kept hashed, bound to an account, good for one use. Lives
/// in memory; what outlives the process somebody else keeps, and restores. Thread-safe; an operation costs a few hash
/// look-ups.
class session_book {
public:
    struct issued {
        std::string token; ///< for the client
        session_hash hash; ///< for who keeps the device
    };
    enum class errc : std::uint8_t {
        unknown, ///< never issued, used, taken back, or of another account
        expired
    };

    /// A token of this device; good until it is taken, retired or let expire.
    [[nodiscard]] issued issue(account_id const& account, socket_ref device);
    /// A token of a device that a lost server had; good until then. Before all others.
    void restore(session_hash const& hash, account_id const& account, mono_time until, mono_time now);
    /// Takes a token back: another one stands in its place, or nobody will come back.
    void retire(session_hash const& hash);
    /// The device is gone: its token is good until `until`. For as long again the book knows that it has expired.
    void let_expire(session_hash const& hash, mono_time until, mono_time now);
    /// The device whose token it is; null: one of the lost server's. The token is used up then; one of another account
    /// stays.
    [[nodiscard]] std::expected<socket_ref, errc> take(std::string_view token, account_id const& account,
                                                       mono_time now);

    [[nodiscard]] std::size_t size() const;

private:
    struct session {
        account_id account;
        socket_ref device;
        mono_time until = mono_time::max();
    };
    struct hash_of_hash {
        std::size_t operator()(session_hash const& h) const noexcept;
    };

    void forget_old(mono_time now);

    mutable std::mutex mutex_; ///< guards all below
    std::unordered_map<session_hash, session, hash_of_hash> sessions_;
    std::deque<std::pair<mono_time, session_hash>> leaving_; ///< by when it is forgotten
};

} // namespace ringback::auth
