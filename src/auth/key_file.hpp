#pragma once

#include "auth/errc.hpp"
#include "auth/jws_algorithm.hpp"
#include "auth/key_set.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>

namespace ringback::auth {

/// A larger one is refused as unreadable.
inline constexpr std::size_t max_key_file_bytes = 1024 * 1024;

/// A PEM or JWKS file and the keys that were last read from it. Not thread-safe.
class key_file {
public:
    /// Reads it. Each key is taken once for every one of `algorithms` that it fits.
    [[nodiscard]] static std::expected<key_file, errc> open(std::filesystem::path path,
                                                            std::span<jws_algorithm const> algorithms);

    /// Reads the file again if inode, size or time of modification are others than before. True: keys() is a new list.
    /// An error says, once for each such change, that nothing can be made of it; keys() is what it was.
    [[nodiscard]] std::expected<bool, errc> look_again(std::span<jws_algorithm const> algorithms);

    [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }
    [[nodiscard]] key_list const& keys() const noexcept { return keys_; } ///< never null, never empty

private:
    /// Of a regular file.
    struct stamp {
        std::uint64_t device, inode;
        std::int64_t size, seconds, nanoseconds;

        friend bool operator==(stamp const&, stamp const&) = default;
    };

    explicit key_file(std::filesystem::path path) : path_{std::move(path)} {}

    [[nodiscard]] static std::optional<stamp> stamp_of(std::filesystem::path const& path);

    std::filesystem::path path_;
    std::optional<stamp> seen_{}; ///< nullopt: there was no such file
    key_list keys_{};
};

} // namespace ringback::auth
