#include "base/timer_wheel.hpp"

#include <algorithm>
#include <bit>

namespace ringback {

void timer_wheel::timer::cancel() noexcept {
    if (wheel_) wheel_->cancel(*this);
}

timer_wheel::timer_wheel(mono_time start) noexcept : start_{start} {}

timer_wheel::~timer_wheel() {
    for (level& l : levels_)
        for (timer* head : l.heads)
            while (head) {
                timer* next = head->next_;
                head->wheel_ = nullptr;
                head->previous_ = head->next_ = nullptr;
                head = next;
            }
}

std::uint64_t timer_wheel::tick_of(mono_time at) const noexcept {
    using namespace std::chrono;
    auto since = at - start_;
    return since.count() <= 0 ? 0 : static_cast<std::uint64_t>(ceil<milliseconds>(since).count());
}

unsigned timer_wheel::level_for(std::uint64_t distance) noexcept {
    unsigned bits = distance ? static_cast<unsigned>(std::bit_width(distance)) - 1 : 0;
    return std::min(bits / slot_bits, levels - 1);
}

void timer_wheel::arm(timer& t, mono_time deadline) {
    cancel(t);
    // The tick that is being worked off is not looked at again, so "now" means the next one.
    t.tick_ = std::max(tick_of(deadline), now_ + 1);
    t.wheel_ = this;
    ++armed_;
    link(t);
    if (on_armed_) on_armed_();
}

void timer_wheel::cancel(timer& t) noexcept {
    if (t.wheel_ != this) return;
    unlink(t);
    t.wheel_ = nullptr;
    --armed_;
}

// A timer sits on the level of the highest digit (base 64) in which its tick differs from now_, so that its slot there
// is reached exactly when the digits above agree.
void timer_wheel::link(timer& t) noexcept {
    unsigned at = level_for(t.tick_ ^ now_);
    unsigned slot = t.tick_ >> (slot_bits * at) & (slots - 1);
    level& l = levels_[at];
    t.previous_ = nullptr;
    t.next_ = l.heads[slot];
    if (t.next_) t.next_->previous_ = &t;
    l.heads[slot] = &t;
    l.occupied |= std::uint64_t{1} << slot;
}

void timer_wheel::unlink(timer& t) noexcept {
    if (t.next_) t.next_->previous_ = t.previous_;
    if (t.previous_) {
        t.previous_->next_ = t.next_;
    } else {
        // now_ may have moved since t was linked, but not into t's slot: the level is still the same.
        unsigned at = level_for(t.tick_ ^ now_);
        unsigned slot = t.tick_ >> (slot_bits * at) & (slots - 1);
        levels_[at].heads[slot] = t.next_;
        if (!t.next_) levels_[at].occupied &= ~(std::uint64_t{1} << slot);
    }
    t.previous_ = t.next_ = nullptr;
}

std::optional<mono_time> timer_wheel::next_wake() const noexcept {
    for (unsigned at = 0; at < levels; ++at) {
        unsigned shift = slot_bits * at;
        auto digit = static_cast<unsigned>(now_ >> shift & (slots - 1));
        std::uint64_t ahead = digit + 1 < slots ? levels_[at].occupied >> (digit + 1) << (digit + 1) : 0;
        if (!ahead) continue;
        std::uint64_t above = shift + slot_bits < 64 ? now_ >> (shift + slot_bits) << (shift + slot_bits) : 0;
        std::uint64_t tick = above | static_cast<std::uint64_t>(std::countr_zero(ahead)) << shift;
        return start_ + std::chrono::milliseconds{tick};
    }
    return std::nullopt;
}

void timer_wheel::advance(mono_time now) {
    using namespace std::chrono;
    auto since = floor<milliseconds>(now - start_).count();
    auto target = since <= 0 ? 0 : static_cast<std::uint64_t>(since);
    while (now_ < target) {
        auto wake = next_wake();
        std::uint64_t tick = wake ? static_cast<std::uint64_t>(floor<milliseconds>(*wake - start_).count()) : target;
        now_ = std::min(std::max(tick, now_ + 1), target);
        if (!wake || tick > target) return;
        // Timers whose coarse slot begins at this tick move down; those of this very tick arrive at level 0.
        for (unsigned at = levels - 1; at > 0; --at) {
            if (now_ & ((std::uint64_t{1} << (slot_bits * at)) - 1)) continue;
            unsigned slot = now_ >> (slot_bits * at) & (slots - 1);
            timer* head = levels_[at].heads[slot];
            levels_[at].heads[slot] = nullptr;
            levels_[at].occupied &= ~(std::uint64_t{1} << slot);
            while (head) {
                timer* next = head->next_;
                link(*head);
                head = next;
            }
        }
        unsigned slot = now_ & (slots - 1);
        while (timer* due = levels_[0].heads[slot]) {
            unlink(*due);
            due->wheel_ = nullptr;
            --armed_;
            due->on_expiry(now);
        }
    }
}

} // namespace ringback
