#pragma once

#include "app/setting_value.hpp"
#include "app/settings.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace ringback::app {

/// Where a setting lives in `settings`.
template <class T>
struct slot {
    T& (*in)(settings&);
    T const& (*of)(settings const&);
};

template <auto Section, auto Field>
constexpr auto at() {
    using type = std::remove_cvref_t<decltype(std::declval<settings&>().*Section.*Field)>;
    return slot<type>{[](settings& s) -> type& { return s.*Section.*Field; },
                      [](settings const& s) -> type const& { return s.*Section.*Field; }};
}

enum class zero { refused, allowed };

/// The kinds of settings. Each can read a value into its slot (false, and nothing changed, when the value is not
/// allowed), say what is allowed, and write its slot as TOML. A kind with `hidden` shows neither a refused value nor
/// its own.

struct duration_kind {
    slot<duration> where;
    duration least, most;
    zero none = zero::refused;

    [[nodiscard]] bool read(settings& s, raw_value const& raw) const;
    [[nodiscard]] std::string allowed() const;
    [[nodiscard]] std::string toml(settings const& s) const;
};

struct size_kind {
    slot<std::uint64_t> where;
    std::uint64_t least, most; ///< bytes
    zero none = zero::refused;

    [[nodiscard]] bool read(settings& s, raw_value const& raw) const;
    [[nodiscard]] std::string allowed() const;
    [[nodiscard]] std::string toml(settings const& s) const;
};

struct count_kind {
    slot<std::uint32_t> where;
    std::uint32_t least, most;

    [[nodiscard]] bool read(settings& s, raw_value const& raw) const;
    [[nodiscard]] std::string allowed() const;
    [[nodiscard]] std::string toml(settings const& s) const;
};

struct flag_kind {
    slot<bool> where;

    [[nodiscard]] bool read(settings& s, raw_value const& raw) const;
    [[nodiscard]] std::string allowed() const;
    [[nodiscard]] std::string toml(settings const& s) const;
};

enum class shown_as { text, url_without_credentials };

struct text_kind {
    slot<std::string> where;
    bool (*fits)(std::string_view) = nullptr; ///< null: any text; the empty one is always allowed unless it has to fit
    std::string_view form = "a string";       ///< what `fits` wants, in words
    shown_as look = shown_as::text;

    [[nodiscard]] bool read(settings& s, raw_value const& raw) const;
    [[nodiscard]] std::string allowed() const;
    [[nodiscard]] std::string toml(settings const& s) const;
};

struct list_kind {
    slot<std::vector<std::string>> where;
    bool (*fits)(std::string_view) = nullptr; ///< each item; null: any text but an empty one
    std::string_view form = "strings";

    [[nodiscard]] bool read(settings& s, raw_value const& raw) const;
    [[nodiscard]] std::string allowed() const;
    [[nodiscard]] std::string toml(settings const& s) const;
};

/// A list of some of `words`, each once, at least one.
struct words_kind {
    slot<std::vector<std::string>> where;
    std::span<std::string_view const> words;

    [[nodiscard]] bool read(settings& s, raw_value const& raw) const;
    [[nodiscard]] std::string allowed() const;
    [[nodiscard]] std::string toml(settings const& s) const;
};

/// One of `words`, which name the enumerators in their order.
struct choice_kind {
    std::span<std::string_view const> words;
    void (*set)(settings&, std::size_t);
    std::size_t (*get)(settings const&);

    [[nodiscard]] bool read(settings& s, raw_value const& raw) const;
    [[nodiscard]] std::string allowed() const;
    [[nodiscard]] std::string toml(settings const& s) const;
};

template <auto Section, auto Field>
constexpr choice_kind choice(std::span<std::string_view const> words) {
    using type = std::remove_cvref_t<decltype(std::declval<settings&>().*Section.*Field)>;
    return {words, [](settings& s, std::size_t n) { s.*Section.*Field = static_cast<type>(n); },
            [](settings const& s) { return static_cast<std::size_t>(s.*Section.*Field); }};
}

struct listen_kind {
    slot<std::vector<listen_address>> where;

    [[nodiscard]] bool read(settings& s, raw_value const& raw) const;
    [[nodiscard]] std::string allowed() const;
    [[nodiscard]] std::string toml(settings const& s) const;
};

struct secret_kind {
    slot<secret> where;
    std::size_t least = 0; ///< bytes; the empty one is none

    static constexpr bool hidden = true;
    [[nodiscard]] bool read(settings& s, raw_value const& raw) const;
    [[nodiscard]] std::string allowed() const;
    [[nodiscard]] std::string toml(settings const& s) const;
};

/// None, one secret, or two while a key is being rotated.
struct secrets_kind {
    slot<std::vector<secret>> where;

    static constexpr bool hidden = true;
    [[nodiscard]] bool read(settings& s, raw_value const& raw) const;
    [[nodiscard]] std::string allowed() const;
    [[nodiscard]] std::string toml(settings const& s) const;
};

using setting_kind = std::variant<duration_kind, size_kind, count_kind, flag_kind, text_kind, list_kind, words_kind,
                                  choice_kind, listen_kind, secret_kind, secrets_kind>;

} // namespace ringback::app
