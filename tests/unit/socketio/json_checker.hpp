#pragma once

#include <cctype>
#include <cstddef>
#include <optional>
#include <string_view>

/// The grammar of RFC 8259, section by section, one function per rule: slow, recursive and plain, so that the scanner
/// can be held against something that shares no line with it.
class json_checker {
public:
    /// The whole text is one JSON text, nested at most `depth` deep.
    static bool accepts(std::string_view text, std::size_t depth) {
        auto rest = value(blank(text), depth);
        return rest && blank(*rest).empty();
    }

private:
    using rest = std::optional<std::string_view>; // what follows, or nothing when the rule did not match

    static std::string_view blank(std::string_view t) {
        while (!t.empty() && std::string_view{" \t\n\r"}.find(t[0]) != std::string_view::npos)
            t.remove_prefix(1);
        return t;
    }

    static rest literal(std::string_view t, std::string_view word) {
        return t.starts_with(word) ? rest{t.substr(word.size())} : rest{};
    }

    static rest value(std::string_view t, std::size_t depth) {
        for (auto word : {"true", "false", "null"})
            if (auto r = literal(t, word)) return r;
        if (t.starts_with('{')) return list(t, '}', depth, true);
        if (t.starts_with('[')) return list(t, ']', depth, false);
        if (t.starts_with('"')) return string(t);
        return number(t);
    }

    static rest list(std::string_view t, char closing, std::size_t depth, bool named) {
        if (depth == 0) return {};
        t = blank(t.substr(1));
        if (t.starts_with(closing)) return t.substr(1);
        for (;;) {
            if (named) {
                rest key = string(t);
                if (!key) return {};
                t = blank(*key);
                if (!t.starts_with(':')) return {};
                t = blank(t.substr(1));
            }
            rest item = value(t, depth - 1);
            if (!item) return {};
            t = blank(*item);
            if (t.starts_with(closing)) return t.substr(1);
            if (!t.starts_with(',')) return {};
            t = blank(t.substr(1));
        }
    }

    static rest string(std::string_view t) {
        if (!t.starts_with('"')) return {};
        for (std::size_t i = 1; i < t.size(); ++i) {
            if (t[i] == '"') return t.substr(i + 1);
            if (static_cast<unsigned char>(t[i]) < 0x20) return {};
            if (t[i] != '\\') continue;
            if (++i >= t.size()) return {};
            if (t[i] == 'u') {
                for (int k = 0; k < 4; ++k)
                    if (++i >= t.size() || !std::isxdigit(static_cast<unsigned char>(t[i]))) return {};
            } else if (std::string_view{"\"\\/bfnrt"}.find(t[i]) == std::string_view::npos) {
                return {};
            }
        }
        return {};
    }

    static rest some_digits(std::string_view t) {
        std::size_t n = 0;
        while (n < t.size() && std::isdigit(static_cast<unsigned char>(t[n])))
            ++n;
        return n == 0 ? rest{} : rest{t.substr(n)};
    }

    static rest number(std::string_view t) {
        if (t.starts_with('-')) t.remove_prefix(1);
        rest r = t.starts_with('0') ? rest{t.substr(1)} : some_digits(t);
        if (r && r->starts_with('.')) r = some_digits(r->substr(1));
        if (r && (r->starts_with('e') || r->starts_with('E'))) {
            r->remove_prefix(1);
            if (r->starts_with('+') || r->starts_with('-')) r->remove_prefix(1);
            r = some_digits(*r);
        }
        return r;
    }
};
