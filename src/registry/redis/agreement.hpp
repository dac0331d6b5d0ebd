#pragma once

#include "base/clock.hpp"
#include "call/rate_limit.hpp"
#include "registry/redis/bounds.hpp"
#include "registry/redis/cluster_news.hpp"
#include "registry/redis/held_here.hpp"
#include "registry/redis/operation.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ringback::registry {

/// What the shards of one node share: whether this node takes part now and under which number, what it holds, and what
/// waits to be told to its membership. One per node, outlives its registries and its membership. Thread-safe.
class agreement {
public:
    /// `ring_timeout`: how long a call may ring; a little later other nodes see to it.
    explicit agreement(std::chrono::milliseconds ring_timeout) : ring_timeout_{ring_timeout} {}

    /// Until then this node may decide: when it is over, another may have taken its calls over (the process was
    /// stopped, or cut off from Redis). Ahead of now while all is well.
    [[nodiscard]] mono_time valid_until() const noexcept {
        return mono_time{mono_time::duration{valid_until_.load(std::memory_order_relaxed)}};
    }
    [[nodiscard]] std::uint32_t number() const noexcept { return number_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t round_trips(operation o) const noexcept {
        return round_trips_[static_cast<std::size_t>(o)].load(std::memory_order_relaxed);
    }

    // For the registries ----------------------------------------------------------------------------------------------

    [[nodiscard]] std::chrono::milliseconds ring_timeout() const noexcept { return ring_timeout_; }
    /// A number that no earlier connection of this node has.
    [[nodiscard]] std::uint64_t next_session() noexcept { return ++sessions_; }

    /// The epoch in which an operation may be sent now; leave() has to follow its answer. nullopt: this node does not
    /// take part, or is just telling what it holds.
    [[nodiscard]] std::optional<std::string> enter(operation o);
    void leave();
    void count(operation o) noexcept;
    /// Redis answered that `epoch` is not its memory (any more).
    void epoch_is_gone(std::string const& epoch);
    /// Redis answered that this node was declared lost.
    void is_lost();
    /// Something that happened was given up: the membership has to tell everything that is held.
    void has_dropped();

    /// `use` runs under the lock: it calls nothing of here.
    template <typename Use>
    decltype(auto) held(Use use) {
        std::lock_guard lock{mutex_};
        return use(held_);
    }
    /// Changes that an answer named: they are this node's to announce, and when they are heard as published nothing
    /// more is done.
    void answered(ports::presence_changes const& changes);

    using news = std::variant<ports::presence_changes, departure>;
    /// For the membership's listener, as this node's.
    void tell(news what);

    /// `listen` is called from any thread when operations may be sent again. It outlives its forget.
    std::uint64_t on_agreed(std::function<void()> listen);
    void forget(std::uint64_t listener);

    /// Counts for this node alone, while the nodes cannot agree.
    [[nodiscard]] bool take_attempt_alone(std::string_view key, std::uint32_t limit, mono_time now);

    // For the membership ----------------------------------------------------------------------------------------------

    enum class phase : std::uint8_t {
        outside, ///< not joined, or Redis has another memory than the one that this node joined
        telling, ///< this node tells what it holds: nothing else is sent
        agreed,
        lost ///< for ever
    };
    [[nodiscard]] phase now_in() const;
    /// `wake` is called from any thread when there is something to do.
    void on_wake(std::function<void()> wake);
    void set_number(std::uint32_t number) noexcept { number_.store(number, std::memory_order_relaxed); }
    void set_valid_until(mono_time until) noexcept {
        valid_until_.store(until.time_since_epoch().count(), std::memory_order_relaxed);
    }
    /// From now on nothing is entered.
    void begin_telling();
    /// Whether all that was entered has left.
    [[nodiscard]] bool is_quiet() const;
    /// What is held has been told to the memory of this epoch.
    void agree(std::string epoch);
    [[nodiscard]] std::vector<news> take_news();
    [[nodiscard]] bool must_tell() const;
    /// Own changes as they were published. Those whose answer has not come are held back for a while: it may be on its
    /// way.
    void heard_own(ports::presence_changes const& changes, mono_time now);
    /// Own changes whose answer will not come any more.
    [[nodiscard]] ports::presence_changes unanswered(mono_time now);

private:
    void wake() const;

    std::chrono::milliseconds const ring_timeout_;
    std::atomic<mono_time::rep> valid_until_{0};
    std::atomic<std::uint32_t> number_{0};
    std::atomic<std::uint64_t> sessions_{0};
    std::array<std::atomic<std::uint64_t>, operation_count> round_trips_{};

    mutable std::mutex mutex_; ///< guards all below but the limiter; never held while anything is called
    phase phase_ = phase::outside;
    std::string epoch_;
    std::size_t entered_ = 0;
    bool has_dropped_ = false;
    held_here held_;
    std::set<std::uint64_t> answered_; ///< versions of own changes, not yet heard as published
    std::map<std::uint64_t, std::pair<ports::presence_change, mono_time>> heard_; ///< own, not yet answered
    std::vector<news> news_;
    std::function<void()> wake_;
    std::map<std::uint64_t, std::function<void()>> listeners_;
    std::uint64_t last_listener_ = 0;

    std::mutex limiter_mutex_; ///< guards limiter_; never taken together with mutex_
    call::rate_limiter limiter_{bounds::limited_subjects};
};

} // namespace ringback::registry
