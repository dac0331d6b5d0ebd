#pragma once

#include <cstdint>

namespace ringback::call {

/// What a party says of its own microphone and camera; the server keeps it for whoever comes back.
struct media_state {
    bool muted = false;
    bool video_off = false;
    bool on_hold = false;

    friend bool operator==(media_state const&, media_state const&) = default;
};

/// The in-call controls of peers.
enum class media_control : std::uint8_t { mute, unmute, video_off, video_on, hold, resume };

/// Saying the same again changes nothing.
constexpr void apply(media_control c, media_state& to) noexcept {
    switch (c) {
    case media_control::mute: to.muted = true; break;
    case media_control::unmute: to.muted = false; break;
    case media_control::video_off: to.video_off = true; break;
    case media_control::video_on: to.video_off = false; break;
    case media_control::hold: to.on_hold = true; break;
    case media_control::resume: to.on_hold = false; break;
    }
}

} // namespace ringback::call
