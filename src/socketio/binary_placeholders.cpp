#include "socketio/binary_placeholders.hpp"

#include "socketio/json_scan.hpp"
#include "socketio/json_value.hpp"
#include "socketio/json_view.hpp"

#include <cstddef>

namespace ringback::socketio {
namespace {

// The views of json_view.hpp would scan a member once for every level around it; this goes over the text once, so
// that deep nesting buys an attacker nothing.
class placeholder_walk {
public:
    placeholder_walk(std::string_view text, std::uint32_t attachments) noexcept
        : text_{text},
          attachments_{attachments} {}

    // The value at `pos_`, which moves behind it.
    bool value() {
        switch (peek()) {
        case '{': return object();
        case '[': return array();
        default: pos_ = end_of_value(text_, pos_); return true;
        }
    }

private:
    char peek() const noexcept { return pos_ < text_.size() ? text_[pos_] : '\0'; }
    void step() noexcept { pos_ = skip_space(text_, pos_ + 1); }

    // Behind an item: over the comma, or over the closing bracket, which ends the container.
    bool another() noexcept {
        pos_ = skip_space(text_, pos_);
        bool comma = peek() == ',';
        if (comma)
            step();
        else
            ++pos_;
        return comma;
    }

    bool array() {
        step();
        if (peek() == ']') {
            ++pos_;
            return true;
        }
        do
            if (!value()) return false;
        while (another());
        return true;
    }

    bool object() {
        step();
        if (peek() == '}') {
            ++pos_;
            return true;
        }
        bool placeholder = false;
        std::string_view number; // of repeated members the last one counts
        do {
            std::size_t key_end = end_of_value(text_, pos_);
            auto key = text_.substr(pos_, key_end - pos_);
            pos_ = skip_space(text_, key_end);
            step();
            std::size_t first = pos_;
            if (!value()) return false;
            auto raw = text_.substr(first, pos_ - first);
            if (key_equals(key, "_placeholder")) placeholder = raw == "true";
            if (key_equals(key, "num")) number = raw;
        } while (another());
        return !placeholder || names_attachment(number);
    }

    bool names_attachment(std::string_view number) const noexcept {
        auto index = integer_value(number);
        return index && *index >= 0 && *index < attachments_;
    }

    std::string_view text_;
    std::size_t pos_ = 0;
    std::uint32_t attachments_;
};

} // namespace

bool placeholders_fit(std::string_view raw, std::uint32_t attachments) {
    return placeholder_walk{raw, attachments}.value();
}

} // namespace ringback::socketio
