#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace ringback::net {

/// How a body is packed (RFC 9110 section 8.4.1).
enum class content_coding : std::uint8_t { identity, gzip, deflate };

[[nodiscard]] std::string_view to_string(content_coding coding) noexcept;

/// What a client that sends this `Accept-Encoding` likes best of gzip and deflate, gzip when both are as good; identity
/// when it takes neither.
[[nodiscard]] content_coding preferred_coding(std::string_view accept_encoding) noexcept;

/// Packs bodies with zlib. Keeps its state of about 270 kB from one body to the next once it was used: a shard has one.
/// Not thread-safe.
class body_compressor {
public:
    body_compressor();
    body_compressor(body_compressor const&) = delete;
    body_compressor& operator=(body_compressor const&) = delete;
    ~body_compressor();

    /// REQUIRES: not identity. Throws std::bad_alloc.
    [[nodiscard]] std::string pack(std::string_view body, content_coding coding);

private:
    struct stream;
    std::unique_ptr<stream> gzip_, deflate_;
};

} // namespace ringback::net
