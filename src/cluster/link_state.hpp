#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::cluster {

/// One side of the conversation of two places over a medium that may lose what it carries, in runs, and deliver it
/// twice, but does not reorder it (pub/sub). Messages are numbered from 1 on; each packet acknowledges all that has
/// come in without a gap, and what is not acknowledged is sent again. So as long as both live each message is handed
/// over once and in its order. Pure: packets out, packets in.
class link_state {
public:
    struct terms {
        std::chrono::milliseconds acknowledge_after{10}; ///< at the latest, when nothing goes the other way
        std::chrono::milliseconds repeat_after{1'000};   ///< what the other side did not acknowledge
        std::size_t max_unacknowledged = 65'536;         ///< messages; beyond it none is taken
        std::size_t max_unacknowledged_bytes = 32 * 1024 * 1024;
        std::size_t max_packet_bytes = 256 * 1024; ///< about; one message may be longer
    };

    explicit link_state(terms const& t) : terms_{t} {}

    /// Takes a message to be sent by the next packets. False: too many wait for the other side.
    [[nodiscard]] bool push(std::string message);

    /// What is to be sent now: new messages, a repetition that is due, an acknowledgement that is due. Empty: nothing.
    [[nodiscard]] std::vector<std::string> packets(mono_time now);
    /// Whether packets() would have new messages.
    [[nodiscard]] bool has_new() const noexcept { return sent_ < unacknowledged_.size(); }
    /// When packets() has something that no push() told of; nullopt: never.
    [[nodiscard]] std::optional<mono_time> next_due() const;
    /// What has come in is acknowledged by the next packets, whatever the time: this side is about to end.
    void acknowledge_now() {
        if (acknowledge_at_) acknowledge_at_ = mono_time::min();
    }
    /// What the other side has sent may not have been taken: the next packets ask it to repeat.
    void ask_again() noexcept { must_ask_ = true; }
    /// The medium was interrupted: everything that is not acknowledged is sent again by the next packets.
    void repeat_all();

    enum class outcome : std::uint8_t {
        ok,
        malformed ///< not a packet; nothing was changed
    };
    /// A packet of the other side. Appends the messages that are next to `handed_over`.
    outcome take(std::string_view packet, mono_time now, std::vector<std::string>& handed_over);

    /// Everything that the other side has not acknowledged; it may have come in there all the same.
    [[nodiscard]] std::vector<std::string> give_up();
    [[nodiscard]] std::size_t unacknowledged() const noexcept { return unacknowledged_.size(); }

private:
    [[nodiscard]] std::string begin_packet(std::uint64_t first);

    terms const terms_;
    std::deque<std::string> unacknowledged_; ///< the first has the number acknowledged_ + 1
    std::uint64_t acknowledged_ = 0;
    std::size_t bytes_ = 0; ///< in unacknowledged_
    std::size_t sent_ = 0;  ///< of unacknowledged_
    std::optional<mono_time> repeat_at_;
    std::uint64_t received_ = 0; ///< of the other side, without a gap
    std::optional<mono_time> acknowledge_at_;
    bool must_ask_ = false; ///< there is a gap: acknowledge at once, so that the other side repeats
};

} // namespace ringback::cluster
