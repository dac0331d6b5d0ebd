#pragma once

#include "socketio/errc.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::socketio {

/// Reads MessagePack from the front of a text of bytes and writes values as JSON: the dialect of notepack, which
/// `socket.io-msgpack-parser` uses (socketio.md A12, B6), and plain MessagePack as other languages write it.
///
///   - binary (bin, or ext of type 0: an ArrayBuffer) leaves the text: it is appended to `attachments`, and
///     `{"_placeholder":true,"num":i}` stands in its place
///   - `undefined` (fixext 1 of type 0) becomes null, and takes the key with it in a map, as JSON.stringify does
///   - a Date (fixext 8 of type 0) and a timestamp (type -1) become what Date.prototype.toJSON writes
///   - NaN and the infinities become null; a map's key may be an integer and becomes its digits
///
/// Whatever the bytes are: recursion ends at the depth that the caller names, and nothing is allocated on the word of
/// a length, only for bytes that are there.
class msgpack_reader {
public:
    /// `bytes` outlive the reader. The text of one value and the attachments take `max_bytes` together; each
    /// attachment counts for 32 bytes more than it holds, so that empty ones are not free.
    msgpack_reader(std::string_view bytes, std::size_t max_bytes) noexcept : bytes_{bytes}, max_bytes_{max_bytes} {}

    enum class found { value, undefined };

    /// Appends the next value to `out` as JSON, an `undefined` as null. A scalar needs no depth, an empty array, or
    /// what stands for binary, a `depth` of 1. bad_msgpack, too_deep or too_large; `out` then ends anywhere.
    [[nodiscard]] std::expected<found, errc> value(std::string& out, std::vector<std::string>& attachments,
                                                   std::size_t depth);

    /// The next value is a map: its number of pairs.
    [[nodiscard]] std::expected<std::uint32_t, errc> map_head();
    /// The next value is a string of valid UTF-8: its text, inside the bytes.
    [[nodiscard]] std::expected<std::string_view, errc> string();

    [[nodiscard]] bool at_end() const noexcept { return pos_ == bytes_.size(); }

private:
    [[nodiscard]] std::optional<std::uint8_t> peek() const noexcept;
    [[nodiscard]] std::optional<std::uint64_t> number(std::size_t size) noexcept;
    [[nodiscard]] std::optional<std::string_view> take(std::uint64_t size) noexcept;
    [[nodiscard]] std::optional<std::uint64_t> length(std::uint8_t head, std::uint8_t head8) noexcept;

    [[nodiscard]] std::expected<found, errc> item(std::string& out, std::size_t depth);
    [[nodiscard]] std::expected<void, errc> array(std::string& out, std::uint64_t items, std::size_t depth);
    [[nodiscard]] std::expected<void, errc> map(std::string& out, std::uint64_t pairs, std::size_t depth);
    [[nodiscard]] std::expected<void, errc> key(std::string& out);
    [[nodiscard]] std::expected<found, errc> scalar(std::string& out, std::uint8_t head, std::size_t depth);
    [[nodiscard]] std::expected<void, errc> integer(std::string& out, std::uint8_t head);
    [[nodiscard]] std::expected<found, errc> extension(std::string& out, std::uint8_t head, std::size_t depth);
    [[nodiscard]] std::expected<void, errc> binary(std::string& out, std::optional<std::string_view> bytes,
                                                   std::size_t depth);
    [[nodiscard]] std::expected<void, errc> check_size(std::string const& out) const;

    // given
    std::string_view bytes_;
    std::size_t max_bytes_;
    std::vector<std::string>* attachments_ = nullptr; ///< of the call of value() that runs
    // state
    std::size_t pos_ = 0;
};

/// What Date.prototype.toJSON writes, in quotes, for milliseconds since 1970: `"2026-11-20T12:00:00.000Z"`, six digits
/// and a sign for years outside 0 to 9999, null beyond what a Date holds (8.64e15 either way).
void append_json_date(std::string& out, std::int64_t milliseconds);

} // namespace ringback::socketio
