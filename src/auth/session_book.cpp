#include "auth/session_book.hpp"

#include "base/base64.hpp"
#include "base/random.hpp"

#include <openssl/sha.h>

#include <cstring>
#include <span>

namespace ringback::auth {
namespace {

constexpr std::size_t token_bytes = 24;

} // namespace

session_hash hash_of_session(std::string_view token) {
    session_hash hash;
    SHA256(reinterpret_cast<unsigned char const*>(token.data()), token.size(), hash.data());
    return hash;
}

std::string to_text(session_hash const& hash) {
    return base64url_encode({reinterpret_cast<char const*>(hash.data()), hash.size()});
}

std::optional<session_hash> parse_session_hash(std::string_view text) {
    auto bytes = base64url_decode(text);
    session_hash hash;
    if (!bytes || bytes->size() != hash.size()) return std::nullopt;
    std::memcpy(hash.data(), bytes->data(), hash.size());
    return hash;
}

std::size_t session_book::hash_of_hash::operator()(session_hash const& h) const noexcept {
    std::size_t some;
    std::memcpy(&some, h.data(), sizeof some);
    return some;
}

session_book::issued session_book::issue(account_id const& account, socket_ref device) {
    std::array<char, token_bytes> raw;
    fill_random(std::as_writable_bytes(std::span{raw}));
    issued made{base64url_encode({raw.data(), raw.size()}), {}};
    made.hash = hash_of_session(made.token);
    std::lock_guard lock{mutex_};
    sessions_.insert_or_assign(made.hash, session{account, device, mono_time::max()});
    return made;
}

void session_book::restore(session_hash const& hash, account_id const& account, mono_time until, mono_time now) {
    std::lock_guard lock{mutex_};
    sessions_.insert_or_assign(hash, session{account, {}, until});
    leaving_.emplace_back(until + (until - now), hash);
}

void session_book::retire(session_hash const& hash) {
    std::lock_guard lock{mutex_};
    sessions_.erase(hash);
}

void session_book::let_expire(session_hash const& hash, mono_time until, mono_time now) {
    std::lock_guard lock{mutex_};
    forget_old(now);
    auto at = sessions_.find(hash);
    if (at == sessions_.end()) return;
    at->second.until = until;
    leaving_.emplace_back(until + (until - now), hash);
}

std::expected<socket_ref, session_book::errc> session_book::take(std::string_view token, account_id const& account,
                                                                 mono_time now) {
    session_hash hash = hash_of_session(token);
    std::lock_guard lock{mutex_};
    forget_old(now);
    auto at = sessions_.find(hash);
    if (at == sessions_.end() || at->second.account != account) return std::unexpected{errc::unknown};
    session found = std::move(at->second);
    sessions_.erase(at);
    if (found.until < now) return std::unexpected{errc::expired};
    return found.device;
}

void session_book::forget_old(mono_time now) {
    for (; !leaving_.empty() && leaving_.front().first <= now; leaving_.pop_front())
        sessions_.erase(leaving_.front().second);
}

std::size_t session_book::size() const {
    std::lock_guard lock{mutex_};
    return sessions_.size();
}

} // namespace ringback::auth
