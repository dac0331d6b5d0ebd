#include "engineio/sid.hpp"

#include "base/base64.hpp"
#include "base/random.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

namespace ringback::engineio {
namespace {

constexpr std::size_t raw_length = 15;

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    fill_random(std::as_writable_bytes(std::span{bytes}));
    return bytes;
}

} // namespace

std::optional<session_id> session_id::parse(std::string_view text) {
    if (text.size() != length) return std::nullopt;
    // base64url_decode takes padding; only 20 characters without it make 15 bytes.
    auto raw = base64url_decode(text);
    if (!raw || raw->size() != raw_length) return std::nullopt;
    auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>((*raw)[i]); };
    session_id sid;
    std::ranges::copy(text, sid.text_.begin());
    sid.shard_ = byte(0);
    sid.node_tag_ = static_cast<std::uint16_t>(byte(1) << 8 | byte(2));
    return sid;
}

session_id make_sid(std::uint8_t shard, std::uint16_t node_tag) {
    std::string raw = random_bytes(raw_length);
    raw[0] = static_cast<char>(shard);
    raw[1] = static_cast<char>(node_tag >> 8);
    raw[2] = static_cast<char>(node_tag & 0xFF);
    session_id sid;
    std::ranges::copy(base64url_encode(raw), sid.text_.begin());
    sid.shard_ = shard;
    sid.node_tag_ = node_tag;
    return sid;
}

std::optional<std::uint32_t> shard_of(std::string_view sid) {
    auto parsed = session_id::parse(sid);
    if (!parsed) return std::nullopt;
    return parsed->shard();
}

std::string make_socket_id() { return base64url_encode(random_bytes(raw_length)); }

} // namespace ringback::engineio
