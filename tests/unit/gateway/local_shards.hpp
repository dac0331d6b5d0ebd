#pragma once

#include "base/clock.hpp"
#include "base/timer_wheel.hpp"
#include "gateway/shard_links.hpp"
#include "socketio/shard_adapter.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace ringback::gateway::testing {

class manual_clock final : public clock_source {
public:
    [[nodiscard]] moment now() const override { return at; }
    moment at{mono_time{std::chrono::hours{1}}, wall_time{std::chrono::seconds{1'800'000'000}}};
};

/// Shards without threads: what is posted waits until run().
class local_shards final : public shard_links {
public:
    local_shards(std::uint32_t count, manual_clock& clock) : clock_{clock} {
        for (std::uint32_t i = 0; i < count; ++i) {
            timers_.push_back(std::make_unique<timer_wheel>(clock.at.mono));
            hubs_.push_back(std::make_unique<socketio::hub>(i, socketio::hub_config{}, adapter_, *timers_[i], clock));
            adapter_.add(*hubs_.back());
        }
    }

    [[nodiscard]] std::uint32_t size() const noexcept override { return static_cast<std::uint32_t>(hubs_.size()); }
    [[nodiscard]] socketio::hub& hub(std::uint32_t shard) noexcept override { return *hubs_[shard]; }
    void post(std::uint32_t, std::move_only_function<void()> what) override { posted_.push_back(std::move(what)); }

    /// Runs what is posted. False when there was nothing.
    bool run() {
        bool any = !posted_.empty();
        while (!posted_.empty()) {
            auto next = std::move(posted_.front());
            posted_.pop_front();
            next();
        }
        for (auto& h : hubs_)
            h->collect();
        return any;
    }
    void advance_timers() {
        for (auto& t : timers_)
            t->advance(clock_.at.mono);
    }
    [[nodiscard]] std::size_t armed_timers() const {
        std::size_t n = 0;
        for (auto const& t : timers_)
            n += t->armed();
        return n;
    }

private:
    manual_clock& clock_;
    socketio::shard_adapter adapter_{
        [this](std::uint32_t to, std::move_only_function<void()> what) { post(to, std::move(what)); }};
    std::vector<std::unique_ptr<timer_wheel>> timers_;
    std::vector<std::unique_ptr<socketio::hub>> hubs_;
    std::deque<std::move_only_function<void()>> posted_;
};

} // namespace ringback::gateway::testing
