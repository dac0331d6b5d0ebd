#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ringback::engineio {

/// The id of an Engine.IO session: 20 characters of [A-Za-z0-9_-], the base64url of 15 bytes. The first byte is the
/// shard that owns the session and the next two the tag of its node, so that a request which lands elsewhere finds its
/// way without a table; the other 12 are random. The id is a secret: who knows it can speak for the session.
class session_id {
public:
    static constexpr std::size_t length = 20;

    session_id() = default; ///< no session: never equal to a parsed or made id
    /// Exactly 20 characters of the alphabet, else nullopt. Says nothing about the session being known.
    [[nodiscard]] static std::optional<session_id> parse(std::string_view text);

    /// Lives as long as this object.
    [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), text_.size()}; }
    /// What the id claims; it comes from a client, so check it against the number of shards.
    [[nodiscard]] std::uint32_t shard() const noexcept { return shard_; }
    [[nodiscard]] std::uint16_t node_tag() const noexcept { return node_tag_; }

    friend bool operator==(session_id const&, session_id const&) = default;
    friend auto operator<=>(session_id const&, session_id const&) = default;

private:
    friend session_id make_sid(std::uint8_t shard, std::uint16_t node_tag);

    std::array<char, length> text_{};
    std::uint16_t node_tag_ = 0;
    std::uint8_t shard_ = 0;
};

/// A new session id. `node_tag` is 0 on a server of one node. Thread-safe.
[[nodiscard]] session_id make_sid(std::uint8_t shard, std::uint16_t node_tag);

/// The shard named by the text of a session id; nullopt when it is none.
[[nodiscard]] std::optional<std::uint32_t> shard_of(std::string_view sid);

/// A new Socket.IO socket id: 20 random characters of the same alphabet. Public, unlike a session id. Thread-safe.
[[nodiscard]] std::string make_socket_id();

} // namespace ringback::engineio

template <>
struct std::hash<ringback::engineio::session_id> {
    std::size_t operator()(ringback::engineio::session_id const& sid) const noexcept {
        // 8 of the random characters; the multiplication spreads their 48 bits of chance.
        std::uint64_t tail;
        std::memcpy(&tail, sid.text().data() + sid.text().size() - sizeof tail, sizeof tail);
        return tail * 0x9E3779B97F4A7C15ULL;
    }
};
