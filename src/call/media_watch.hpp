#pragma once

#include "base/clock.hpp"
#include "call/call_event.hpp"
#include "call/call_types.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace ringback::call {

/// The `livekit.*` settings that one call needs. A duration of 0 switches its rule off, where that makes sense.
struct media_config {
    std::chrono::milliseconds join_timeout{0};    ///< for each party to reach the media, from the acceptance on
    std::chrono::milliseconds away_grace{30'000}; ///< for a party that left the media to come back
    std::chrono::milliseconds first_retry{1'000}; ///< when the media server could not be asked; each further doubles it
    std::chrono::milliseconds longest_retry{30'000};
};

/// What a media server's hints mean for one ACCEPTED call (contract section 3, LiveKit; races.md rows 15, 43 to 46 and
/// 49). A hint that somebody left only makes this ask who is there; the answer decides, because hints come late, twice,
/// in the wrong order, or of a connection that the party has replaced by another one. Nothing but an answer ends the
/// call: a media server that cannot be asked is asked again, however long that takes, and the call goes on.
///
/// One question at a time. Pure: no clock, no I/O; `now` never goes back.
class media_watch {
public:
    media_watch(media_config const& config, moment accepted) : config_{config} {
        if (config.join_timeout.count() != 0) join_due_ = accepted + config.join_timeout;
    }

    /// Why the call is over, and since when.
    struct verdict {
        end_reason reason = end_reason::room_finished;
        moment at;
    };

    void note(media_hint const& hint, moment now);

    /// When the next question is due; nullopt: none is, or one is under way.
    [[nodiscard]] std::optional<mono_time> next_question() const;
    /// It is asked now. Its number.
    [[nodiscard]] std::uint64_t ask(mono_time now);
    /// The answer. A party that `is_excused`, by side, is given another grace instead of being missed. An answer to
    /// another question than the last is ignored.
    [[nodiscard]] std::optional<verdict> take(media_roster const& answer, std::array<bool, 2> const& is_excused,
                                              moment now);
    /// The party is given another grace, if it is away.
    void excuse(side s, moment now);

    /// When the later of the parties reached the media, by the media server's clock; given once, when both are there.
    [[nodiscard]] std::optional<wall_time> take_beginning();

private:
    struct seat {
        std::optional<wall_time> joined_at{}; ///< set: the party has reached the media
        mono_time noted_at{};                 ///< when that was heard of last
        std::optional<moment> away_since{};
        mono_time overdue_at{};        ///< while away: an answer to a question after this ends the call
        std::string left_connection{}; ///< while away: the one that ended
    };
    using roster_seat = std::optional<media_roster::seat>;

    void leave(seat& s, moment since, mono_time overdue_at, std::string const& connection);
    void sit(seat& s, roster_seat const& found, moment now);
    [[nodiscard]] bool has_everybody_come() const noexcept;

    media_config config_;
    std::array<seat, 2> seats_;
    std::optional<moment> join_due_;    ///< while a party may still be missed there
    std::optional<moment> finished_at_; ///< the room is said to be over
    bool has_begun_ = false;
    // the questions
    std::uint64_t asked_ = 0; ///< number of the last one
    bool is_asking_ = false;
    std::optional<mono_time> asked_at_; ///< of the last one
    std::optional<mono_time> ask_at_;   ///< because of a hint or a failure
    mono_time retry_at_{};              ///< after failures: not before
    unsigned failures_ = 0;             ///< in a row
};

} // namespace ringback::call
