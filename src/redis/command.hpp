#pragma once

#include <charconv>
#include <concepts>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace ringback::redis {

/// One word of a command: text, binary as it may be, or a number in decimal. Looks at the text that it was made of.
class command_word {
public:
    template <std::convertible_to<std::string_view> Text>
    command_word(Text const& text) noexcept : text_{text} {}
    template <std::integral Number>
    command_word(Number number) noexcept
        : number_size_{
              static_cast<std::size_t>(std::to_chars(number_, number_ + sizeof number_, number).ptr - number_)} {}

    [[nodiscard]] std::string_view view() const noexcept {
        return number_size_ > 0 ? std::string_view{number_, number_size_} : text_;
    }

private:
    std::string_view text_;
    char number_[20];
    std::size_t number_size_ = 0; ///< 0: a text
};

/// A command in RESP, as client::send takes it.
[[nodiscard]] std::string command(std::span<command_word const> words);

/// `command("SET", key, value, "PX", 500)`.
template <typename... Words>
    requires(std::constructible_from<command_word, Words const&> && ...)
[[nodiscard]] std::string command(std::string_view name, Words const&... words) {
    command_word const all[]{command_word{name}, command_word{words}...};
    return command(std::span<command_word const>{all});
}

/// For those who write commands piece by piece: the head of an array, and one of its words.
void append_array(std::string& to, std::size_t size);
void append_word(std::string& to, std::string_view word);

} // namespace ringback::redis
