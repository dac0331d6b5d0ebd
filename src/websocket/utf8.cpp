#include "websocket/utf8.hpp"

#include <cstring>

namespace ringback::websocket {
namespace {

char const* skip_ascii(char const* at, char const* end) noexcept {
    constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;
    for (; end - at >= 8; at += 8) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof word);
        if (word & high_bits) break;
    }
    while (at != end && (static_cast<std::uint8_t>(*at) & 0x80) == 0)
        ++at;
    return at;
}

} // namespace

bool utf8_validator::refuse() noexcept {
    missing_ = 1;
    lowest_ = 1;
    highest_ = 0;
    return false;
}

// The second byte alone decides between a valid code point and an overlong form, a surrogate or a value that is too
// large (RFC 3629 section 4), so its bounds are all that has to be remembered.
bool utf8_validator::start(std::uint8_t lead) noexcept {
    lowest_ = 0x80;
    highest_ = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) {
        missing_ = 1;
    } else if (lead >= 0xe0 && lead <= 0xef) {
        missing_ = 2;
        if (lead == 0xe0) lowest_ = 0xa0;
        if (lead == 0xed) highest_ = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
        missing_ = 3;
        if (lead == 0xf0) lowest_ = 0x90;
        if (lead == 0xf4) highest_ = 0x8f;
    } else {
        return refuse();
    }
    return true;
}

bool utf8_validator::feed(std::string_view bytes) noexcept {
    char const* at = bytes.data();
    char const* end = at + bytes.size();
    if (lowest_ > highest_) return false;
    while (at != end) {
        if (missing_ == 0) {
            at = skip_ascii(at, end);
            if (at == end) break;
            if (!start(static_cast<std::uint8_t>(*at++))) return false;
            continue;
        }
        auto byte = static_cast<std::uint8_t>(*at++);
        if (byte < lowest_ || byte > highest_) return refuse();
        lowest_ = 0x80;
        highest_ = 0xbf;
        --missing_;
    }
    return true;
}

bool is_utf8(std::string_view text) noexcept {
    utf8_validator validator;
    return validator.feed(text) && validator.complete();
}

} // namespace ringback::websocket
