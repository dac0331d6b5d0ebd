#pragma once

#include "websocket/deflate_terms.hpp"
#include "websocket/deflater.hpp"
#include "websocket/inflater.hpp"
#include "websocket/shared_frame.hpp"

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace ringback::websocket {

/// The zlib state that one thread's connections share: nothing of it belongs to a connection, as no context is taken
/// over. Compressors and decompressor are made when they are first needed.
class deflate_pool {
public:
    explicit deflate_pool(deflate_config const& config) : config_{config} {}

    [[nodiscard]] deflate_config const& config() const noexcept { return config_; }

    /// The frame to send in place of `original`: its compressed form, or itself when it is a control frame, shorter
    /// than the threshold or would not shrink. A frame keeps its compressed form, so that it is made once for all
    /// receivers with the same window: once in all, or once for each thread that asks in the same moment.
    [[nodiscard]] frame_ptr deflated(frame_ptr original, std::uint8_t window_bits);

    /// The message that `payload` carries, valid until the next call. `own` is the decompressor of a connection that
    /// keeps its context. message_too_big or invalid_deflate.
    [[nodiscard]] std::expected<std::string_view, errc> inflate(std::string_view payload, std::uint64_t max_bytes,
                                                                inflater* own);

private:
    [[nodiscard]] frame_ptr make_deflated(frame const& original, std::uint8_t window_bits);

    // given
    deflate_config config_;
    // owned
    std::array<std::optional<deflater>, max_deflate_window_bits + 1> deflaters_; ///< by window
    std::optional<inflater> inflater_;
    std::string inflated_;
};

} // namespace ringback::websocket
