#include "socketio/json_scan.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <bitset>
#include <cstdint>
#include <cstring>

namespace ringback::socketio {
namespace {

constexpr std::uint64_t in_each_byte(unsigned char c) { return 0x0101010101010101ULL * c; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// One scan over one value. Every function that moves `pos_` returns false and leaves the reason in `error_` when the
// text is not what it expects.
class scanner {
public:
    scanner(std::string_view text, std::size_t pos, std::size_t depth) noexcept
        : text_{text},
          pos_{pos},
          limit_{std::min(depth, max_json_depth)} {}

    std::expected<std::size_t, errc> scan() noexcept {
        while (value_or_opening()) {
            if (!closings()) break;
            if (open_ == 0) return pos_;
        }
        return std::unexpected{error_};
    }

private:
    bool at(char c) const noexcept { return pos_ < text_.size() && text_[pos_] == c; }

    // Steps over openings until a scalar or an empty container has been read.
    bool value_or_opening() noexcept {
        for (;;) {
            if (pos_ >= text_.size()) return false;
            char c = text_[pos_];
            if (c != '{' && c != '[') return scalar(c);
            if (open_ == limit_) {
                error_ = errc::too_deep;
                return false;
            }
            bool object = c == '{';
            is_object_[open_++] = object;
            pos_ = skip_space(text_, pos_ + 1);
            if (at(object ? '}' : ']')) {
                ++pos_;
                --open_;
                return true;
            }
            if (object && !key()) return false;
        }
    }

    // Behind a value: closes containers until a comma leads to the next value or nothing is open any more.
    bool closings() noexcept {
        while (open_ > 0) {
            pos_ = skip_space(text_, pos_);
            bool object = is_object_[open_ - 1];
            if (at(',')) {
                pos_ = skip_space(text_, pos_ + 1);
                return !object || key();
            }
            if (!at(object ? '}' : ']')) return false;
            ++pos_;
            --open_;
        }
        return true;
    }

    bool key() noexcept {
        if (!at('"') || !string()) return false;
        pos_ = skip_space(text_, pos_);
        if (!at(':')) return false;
        pos_ = skip_space(text_, pos_ + 1);
        return true;
    }

    bool scalar(char c) noexcept {
        switch (c) {
        case '"': return string();
        case 't': return word("true");
        case 'f': return word("false");
        case 'n': return word("null");
        default: return number();
        }
    }

    bool word(std::string_view expected) noexcept {
        if (!text_.substr(pos_).starts_with(expected)) return false;
        pos_ += expected.size();
        return true;
    }

    bool string() noexcept {
        for (++pos_;;) {
            pos_ = end_of_plain_run(text_, pos_);
            if (at('"')) {
                ++pos_;
                return true;
            }
            if (!at('\\') || !escape()) return false;
        }
    }

    bool escape() noexcept {
        if (++pos_ >= text_.size()) return false;
        switch (text_[pos_++]) {
        case '"':
        case '\\':
        case '/':
        case 'b':
        case 'f':
        case 'n':
        case 'r':
        case 't': return true;
        case 'u': break;
        default: return false;
        }
        auto digits = text_.substr(pos_, 4);
        pos_ += digits.size();
        return digits.size() == 4 && std::ranges::all_of(digits, is_hex);
    }

    bool digits() noexcept {
        std::size_t first = pos_;
        while (pos_ < text_.size() && is_digit(text_[pos_]))
            ++pos_;
        return pos_ > first;
    }

    bool number() noexcept {
        if (at('-')) ++pos_;
        if (at('0'))
            ++pos_;
        else if (!digits())
            return false;
        if (at('.')) {
            ++pos_;
            if (!digits()) return false;
        }
        if (at('e') || at('E')) {
            ++pos_;
            if (at('+') || at('-')) ++pos_;
            if (!digits()) return false;
        }
        return true;
    }

    std::string_view text_;
    std::size_t pos_;
    std::size_t limit_;
    std::size_t open_ = 0;
    std::bitset<max_json_depth> is_object_;
    errc error_ = errc::bad_json;
};

} // namespace

std::expected<std::size_t, errc> skip_value(std::string_view text, std::size_t pos, std::size_t depth) noexcept {
    return scanner{text, pos, depth}.scan();
}

std::expected<void, errc> check_json(std::string_view text, std::size_t depth) noexcept {
    auto end = skip_value(text, skip_space(text, 0), depth);
    if (!end) return std::unexpected{end.error()};
    if (skip_space(text, *end) != text.size()) return std::unexpected{errc::bad_json};
    return {};
}

std::size_t end_of_plain_run(std::string_view text, std::size_t pos) noexcept {
    // Eight bytes at a time. In each term a byte's top bit is set when the byte is the wanted one; a borrow can make
    // bits above a true hit wrong, never below, and only the lowest counts.
    for (; pos + 8 <= text.size(); pos += 8) {
        std::uint64_t eight;
        std::memcpy(&eight, text.data() + pos, sizeof eight);
        if constexpr (std::endian::native == std::endian::big) eight = std::byteswap(eight);
        std::uint64_t quote = eight ^ in_each_byte('"');
        std::uint64_t backslash = eight ^ in_each_byte('\\');
        std::uint64_t hits = (((quote - in_each_byte(1)) & ~quote) | ((backslash - in_each_byte(1)) & ~backslash) |
                              ((eight - in_each_byte(0x20)) & ~eight)) &
                             in_each_byte(0x80);
        if (hits != 0) return pos + static_cast<std::size_t>(std::countr_zero(hits)) / 8;
    }
    while (pos < text.size() && text[pos] != '"' && text[pos] != '\\' && static_cast<unsigned char>(text[pos]) >= 0x20)
        ++pos;
    return pos;
}

namespace {

std::size_t end_of_string(std::string_view text, std::size_t pos) noexcept {
    for (++pos;;) {
        pos = end_of_plain_run(text, pos);
        if (pos >= text.size()) return text.size();
        if (text[pos] == '"') return pos + 1;
        pos += text[pos] == '\\' ? 2 : 1;
    }
}

std::size_t end_of_container(std::string_view text, std::size_t pos) noexcept {
    for (std::size_t open = 0; pos < text.size();) {
        char c = text[pos];
        if (c == '"') {
            pos = end_of_string(text, pos);
            continue;
        }
        ++pos;
        if (c == '[' || c == '{') ++open;
        if ((c == ']' || c == '}') && --open == 0) break;
    }
    return pos;
}

} // namespace

std::size_t end_of_value(std::string_view text, std::size_t pos) noexcept {
    if (pos >= text.size()) return text.size();
    if (text[pos] == '"') return end_of_string(text, pos);
    if (text[pos] == '[' || text[pos] == '{') return end_of_container(text, pos);
    return std::min(text.find_first_of(",]} \t\r\n", pos + 1), text.size());
}

} // namespace ringback::socketio
