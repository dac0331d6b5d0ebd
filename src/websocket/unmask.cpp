#include "websocket/unmask.hpp"

#include <cstddef>
#include <cstring>

namespace ringback::websocket {
namespace {

template <class Word>
Word unmask_word(char* at, Word key) noexcept {
    Word word;
    std::memcpy(&word, at, sizeof word);
    word ^= key;
    std::memcpy(at, &word, sizeof word);
    return word;
}

} // namespace

bool unmask(std::span<char> bytes, masking_key key) noexcept {
    std::uint32_t key4;
    std::memcpy(&key4, key.data(), sizeof key4);
    // Both halves are the same, so the byte order of the machine does not matter.
    std::uint64_t const key8 = std::uint64_t{key4} << 32 | key4;

    char* at = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t seen = 0;
    for (; left >= 8; at += 8, left -= 8)
        seen |= unmask_word(at, key8);
    if (left >= 4) {
        seen |= unmask_word(at, key4);
        at += 4;
        left -= 4;
    }
    for (std::size_t i = 0; i < left; ++i)
        seen |= unmask_word(at + i, key[i]);
    return (seen & 0x8080'8080'8080'8080) == 0;
}

masking_key advance(masking_key key, std::size_t done) noexcept {
    masking_key out;
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = key[(done + i) % key.size()];
    return out;
}

} // namespace ringback::websocket
