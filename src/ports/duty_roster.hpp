#pragma once

#include "base/clock.hpp"
#include "ports/call_store.hpp"
#include "ports/completion.hpp"

#include <chrono>
#include <cstdint>

namespace ringback::ports {

/// What one node of a cluster does for all.
enum class duty : std::uint8_t {
    webhooks, ///< delivers the outbox
    rooms     ///< looks for rooms of the media server that came to life again
};

/// Agrees on who does what. Functions may be called from any thread and return at once; completions run on the store's
/// own thread, must be short and must not throw.
class duty_roster {
public:
    virtual ~duty_roster() = default;

    /// true: the duty is this node's for `lease` from `asked_at` on, to be asked for again before that. Asked every so
    /// often, it goes to another node as soon as its holder was declared lost or has given it back, and otherwise when
    /// the holder has not asked for `lease`: by the clock of who asks, so that the clocks of the nodes need not agree.
    /// A server without a cluster always gets it.
    virtual void claim_duty(duty what, mono_time asked_at, std::chrono::milliseconds lease,
                            completion<read_result<bool>> done) = 0;
    /// Nothing for who does not have it.
    virtual void give_back_duty(duty what) = 0;
};

} // namespace ringback::ports
