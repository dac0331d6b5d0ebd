#include "registry/redis/agreement.hpp"

namespace ringback::registry {

std::string_view to_string(operation o) noexcept {
    switch (o) {
    case operation::add_device: return "add_device";
    case operation::remove_device: return "remove_device";
    case operation::end_linger: return "end_linger";
    case operation::claim: return "claim";
    case operation::take_over: return "take_over";
    case operation::mark_accepted: return "mark_accepted";
    case operation::release: return "release";
    case operation::forget_call: return "forget_call";
    case operation::find_call: return "find_call";
    case operation::active_call_of: return "active_call_of";
    case operation::keep_final_event: return "keep_final_event";
    case operation::presence_of: return "presence_of";
    case operation::present_in: return "present_in";
    case operation::present_among: return "present_among";
    case operation::counts: return "counts";
    case operation::take_attempt: return "take_attempt";
    case operation::tick: return "tick";
    case operation::rebuild: break;
    }
    return "rebuild";
}

std::optional<std::string> agreement::enter(operation o) {
    std::lock_guard lock{mutex_};
    if (phase_ != phase::agreed) return std::nullopt;
    ++entered_;
    count(o);
    return epoch_;
}

void agreement::leave() {
    bool is_awaited = [&] {
        std::lock_guard lock{mutex_};
        return --entered_ == 0 && phase_ == phase::telling;
    }();
    if (is_awaited) wake();
}

void agreement::count(operation o) noexcept {
    round_trips_[static_cast<std::size_t>(o)].fetch_add(1, std::memory_order_relaxed);
}

void agreement::epoch_is_gone(std::string const& epoch) {
    {
        std::lock_guard lock{mutex_};
        if (phase_ != phase::agreed || epoch != epoch_) return;
        phase_ = phase::outside;
    }
    wake();
}

void agreement::is_lost() {
    {
        std::lock_guard lock{mutex_};
        phase_ = phase::lost;
    }
    wake();
}

void agreement::has_dropped() {
    std::lock_guard lock{mutex_};
    has_dropped_ = true;
}

void agreement::answered(ports::presence_changes const& changes) {
    if (changes.empty()) return;
    std::lock_guard lock{mutex_};
    held_.note(changes);
    for (ports::presence_change const& c : changes)
        if (heard_.erase(c.version) == 0) answered_.insert(c.version);
    // While nothing is heard they would gather.
    while (answered_.size() > bounds::changes_kept)
        answered_.erase(answered_.begin());
}

void agreement::tell(news what) {
    {
        std::lock_guard lock{mutex_};
        news_.push_back(std::move(what));
    }
    wake();
}

std::uint64_t agreement::on_agreed(std::function<void()> listen) {
    std::lock_guard lock{mutex_};
    listeners_.emplace(++last_listener_, std::move(listen));
    return last_listener_;
}

void agreement::forget(std::uint64_t listener) {
    std::lock_guard lock{mutex_};
    listeners_.erase(listener);
}

bool agreement::take_attempt_alone(std::string_view key, std::uint32_t limit, mono_time now) {
    std::lock_guard lock{limiter_mutex_};
    return limiter_.take(key, limit, now);
}

agreement::phase agreement::now_in() const {
    std::lock_guard lock{mutex_};
    return phase_;
}

void agreement::on_wake(std::function<void()> wake) {
    std::lock_guard lock{mutex_};
    wake_ = std::move(wake);
}

void agreement::begin_telling() {
    std::lock_guard lock{mutex_};
    if (phase_ != phase::lost) phase_ = phase::telling;
    // What is dropped from here on was not among what is told.
    has_dropped_ = false;
}

bool agreement::is_quiet() const {
    std::lock_guard lock{mutex_};
    return entered_ == 0;
}

void agreement::agree(std::string epoch) {
    std::vector<std::function<void()>> listeners;
    {
        std::lock_guard lock{mutex_};
        if (phase_ == phase::lost) return;
        phase_ = phase::agreed;
        epoch_ = std::move(epoch);
        for (auto const& [number, listen] : listeners_)
            listeners.push_back(listen);
    }
    for (auto const& listen : listeners)
        listen();
}

std::vector<agreement::news> agreement::take_news() {
    std::lock_guard lock{mutex_};
    return std::exchange(news_, {});
}

bool agreement::must_tell() const {
    std::lock_guard lock{mutex_};
    return has_dropped_ || phase_ == phase::outside;
}

void agreement::heard_own(ports::presence_changes const& changes, mono_time now) {
    std::lock_guard lock{mutex_};
    held_.note(changes);
    for (ports::presence_change const& c : changes)
        if (answered_.erase(c.version) == 0) heard_.emplace(c.version, std::pair{c, now});
}

ports::presence_changes agreement::unanswered(mono_time now) {
    std::lock_guard lock{mutex_};
    ports::presence_changes lost;
    for (auto each = heard_.begin(); each != heard_.end();) {
        auto const heard = each++;
        if (heard->second.second + bounds::answer_lost > now) continue;
        lost.push_back(heard->second.first);
        heard_.erase(heard);
    }
    return lost;
}

void agreement::wake() const {
    std::function<void()> wake;
    {
        std::lock_guard lock{mutex_};
        wake = wake_;
    }
    if (wake) wake();
}

} // namespace ringback::registry
