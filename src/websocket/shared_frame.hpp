#pragma once

#include "websocket/frame.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace ringback::websocket {

/// What compression has to do with a payload.
enum class compression : std::uint8_t {
    none,     ///< it is as it was written, and may be compressed on its way to those who like that
    unwanted, ///< it is as it was written, and is to stay so on every transport
    deflated, ///< by permessage-deflate: RSV1 of its frame
};

class frame;
/// The reference count is atomic: receivers of every shard may hold and drop the same frame.
using frame_ptr = std::shared_ptr<frame const>;

/// One whole encoded server frame. Server frames carry no mask, so the same bytes serve every receiver: a frame never
/// changes after it was made, but for the compressed form that it gains, and may be read by all threads at once. Views
/// live as long as the frame.
class frame {
public:
    /// REQUIRES: `bytes` holds exactly one unmasked frame with FIN from `begin` to its end. Use make_frame() or
    /// frame_builder, which see to that.
    frame(std::string bytes, std::size_t begin, compression payload_is) noexcept;

    frame(frame const&) = delete;
    frame& operator=(frame const&) = delete;
    ~frame();

    /// Header and payload, as they are sent.
    [[nodiscard]] std::string_view wire() const noexcept { return std::string_view{bytes_}.substr(begin_); }
    [[nodiscard]] std::string_view payload() const noexcept;
    [[nodiscard]] websocket::opcode opcode() const noexcept;
    [[nodiscard]] compression payload_is() const noexcept { return payload_is_; }
    [[nodiscard]] bool is_deflated() const noexcept { return payload_is_ == compression::deflated; }

    /// What keep_deflated() was given for the window; nullptr when it was not called. Lives as long as the frame. Any
    /// thread.
    [[nodiscard]] frame_ptr const* find_deflated(std::uint8_t window_bits) const noexcept;
    /// Keeps the compressed form for all receivers with this window, or null when compressing is of no use. Of threads
    /// that call in the same moment each keeps its own. Any thread.
    frame_ptr const* keep_deflated(std::uint8_t window_bits, frame_ptr form) const;

private:
    struct deflated_form;

    std::string bytes_;
    std::uint8_t begin_; // head room of a frame_builder that the header did not need lies before it
    compression payload_is_;
    mutable std::atomic<deflated_form*> deflated_ = nullptr; // a list that only grows
};

/// Copies `payload` once. REQUIRES: at most 125 bytes when `op` is a control frame's.
[[nodiscard]] frame_ptr make_frame(opcode op, std::string_view payload, compression payload_is = compression::none);

/// Lets an encoder write a payload straight into its frame: the length is unknown until the end, so the builder leaves
/// room for the longest header in front and later writes the header right before the payload, which stays in place.
class frame_builder {
public:
    /// `expected_payload_bytes` sizes the buffer; the payload may become longer.
    explicit frame_builder(std::size_t expected_payload_bytes = 0);

    /// Append the payload to this string. What is in it already is head room and must stay.
    [[nodiscard]] std::string& out() noexcept { return bytes_; }

    [[nodiscard]] std::string_view payload() const noexcept;

    /// Uses the builder up. REQUIRES: at most 125 bytes of payload when `op` is a control frame's.
    [[nodiscard]] frame_ptr finish(opcode op, compression payload_is = compression::none) &&;

private:
    std::string bytes_;
};

} // namespace ringback::websocket
