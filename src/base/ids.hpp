#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ringback {

/// An account, by its opaque id: 1 to 128 bytes of printable ASCII without spaces (contract, section 0).
class account_id {
public:
    account_id() = default;
    /// nullopt when `text` is not an account id.
    [[nodiscard]] static std::optional<account_id> parse(std::string_view text);

    [[nodiscard]] std::string const& text() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
    friend auto operator<=>(account_id const&, account_id const&) = default;

private:
    explicit account_id(std::string_view text) : text_{text} {}
    std::string text_;
};

/// A call, by its ObjectId: 4 bytes of big-endian seconds, 5 random bytes, a 3-byte counter; 24 hex digits on the wire.
class call_id {
public:
    using bytes = std::array<std::uint8_t, 12>;

    call_id() = default; ///< the null id: no call has it
    explicit call_id(bytes const& b) noexcept : bytes_{b} {}
    /// Exactly 24 lower-case hex digits, else nullopt.
    [[nodiscard]] static std::optional<call_id> parse(std::string_view hex) noexcept;

    [[nodiscard]] std::string text() const;
    [[nodiscard]] bytes const& raw() const noexcept { return bytes_; }
    [[nodiscard]] bool is_null() const noexcept { return *this == call_id{}; }
    friend auto operator<=>(call_id const&, call_id const&) = default;

private:
    bytes bytes_{};
};

/// A shard of a node. The number of a node belongs to one life of one process in the cluster, a later one has a greater
/// one; 0: the only node there is.
struct place {
    std::uint32_t node = 0;
    std::uint32_t shard = 0;

    friend auto operator<=>(place const&, place const&) = default;
};

/// Names one Socket.IO socket for as long as it lives, from any thread of any node: the shard that owns it, its slot
/// there and the slot's generation, so that a name outlives its socket harmlessly.
struct socket_ref {
    place at;
    std::uint32_t slot = 0;
    std::uint64_t generation = 0; ///< 0: no socket

    [[nodiscard]] bool is_null() const noexcept { return generation == 0; }
    friend auto operator<=>(socket_ref const&, socket_ref const&) = default;
};

} // namespace ringback

template <>
struct std::hash<ringback::account_id> {
    std::size_t operator()(ringback::account_id const& id) const noexcept {
        return std::hash<std::string>{}(id.text());
    }
};

template <>
struct std::hash<ringback::call_id> {
    std::size_t operator()(ringback::call_id const& id) const noexcept {
        // Counter and random part differ most between the calls of one moment.
        std::uint64_t tail;
        std::memcpy(&tail, id.raw().data() + 4, sizeof tail);
        return tail * 0x9E3779B97F4A7C15ULL;
    }
};

template <>
struct std::hash<ringback::socket_ref> {
    std::size_t operator()(ringback::socket_ref const& r) const noexcept {
        return (r.generation ^ (std::uint64_t{r.at.node} << 32) ^ (std::uint64_t{r.at.shard} << 48) ^
                (std::uint64_t{r.slot} << 24)) *
               0x9E3779B97F4A7C15ULL;
    }
};
