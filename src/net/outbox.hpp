#pragma once

#include "websocket/shared_frame.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace ringback::net {

/// What one session has still to send, in order. Bounded by its owner (engine_config::max_outbox_*): a slow reader must
/// not cost the others memory.
class outbox {
public:
    void push(websocket::frame_ptr frame);

    [[nodiscard]] bool empty() const noexcept { return first_ == frames_.size(); }
    [[nodiscard]] std::size_t packets() const noexcept { return frames_.size() - first_; }
    /// Payload and header bytes that are still to be sent.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::span<websocket::frame_ptr const> frames() const noexcept {
        return std::span{frames_}.subspan(first_);
    }

    enum class write_result { done, blocked, failed };
    /// Writes as much as the socket takes, one writev for up to 256 frames. `failed`: errno says why.
    [[nodiscard]] write_result write_to(int fd);
    /// For who writes in another way: copies bytes from the front, as many as fit, and answers how many.
    [[nodiscard]] std::size_t copy_front(std::span<char> into) const noexcept;
    /// The first `written` bytes were written. REQUIRES: there are as many.
    void advance(std::size_t written);
    /// Removes the first `count` whole frames, which left by another way (a poll).
    void drop_front(std::size_t count);
    void clear() noexcept;

private:
    std::vector<websocket::frame_ptr> frames_;
    std::size_t first_ = 0;        ///< frames before it were sent
    std::size_t first_offset_ = 0; ///< bytes of the first one that were sent
    std::size_t bytes_ = 0;
};

} // namespace ringback::net
