#include "redis/command.hpp"

namespace ringback::redis {
namespace {

constexpr std::size_t head_bytes = 24; ///< the longest `$<length>\r\n`, and the line end behind the word

void append_number(std::string& to, char kind, std::size_t number) {
    char text[24];
    text[0] = kind;
    auto* end = std::to_chars(text + 1, text + sizeof text - 2, number).ptr;
    *end++ = '\r';
    *end++ = '\n';
    to.append(text, end);
}

} // namespace

void append_array(std::string& to, std::size_t size) { append_number(to, '*', size); }

void append_word(std::string& to, std::string_view word) {
    append_number(to, '$', word.size());
    to.append(word).append("\r\n");
}

std::string command(std::span<command_word const> words) {
    std::size_t size = head_bytes;
    for (auto const& word : words)
        size += head_bytes + word.view().size();
    std::string text;
    text.reserve(size);
    append_array(text, words.size());
    for (auto const& word : words)
        append_word(text, word.view());
    return text;
}

} // namespace ringback::redis
