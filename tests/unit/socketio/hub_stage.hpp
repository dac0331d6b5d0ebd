#pragma once

#include "base/clock.hpp"
#include "base/timer_wheel.hpp"
#include "socketio/client.hpp"
#include "socketio/hub.hpp"
#include "socketio/shard_adapter.hpp"
#include "unit/socketio/recording_connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::socketio::testing {

class manual_clock final : public clock_source {
public:
    [[nodiscard]] moment now() const override { return at; }
    moment at{mono_time{std::chrono::hours{1}}, wall_time{std::chrono::hours{1}}};
};

/// A client as its connection sees it.
struct peer {
    peer(hub& io, mono_time now) : sio{io, session, now} {}

    void text(std::string_view packet) { sio.on_text(packet); }
    void lose(manual_clock const& clock, engineio::close_reason why = engineio::close_reason::transport_close) {
        sio.on_closed(why, clock.at);
    }
    /// What was sent to it since the last call.
    std::vector<std::string> take() { return session.take(); }

    ringback::testing::recording_connection session;
    client sio;
};

/// Hubs of some shards without threads: what one posts to another waits until run().
class hub_stage {
public:
    explicit hub_stage(std::uint32_t shards = 1, hub_config const& config = {}) : posted_(shards) {
        for (std::uint32_t i = 0; i < shards; ++i) {
            timers_.push_back(std::make_unique<timer_wheel>(clock.at.mono));
            hubs_.push_back(std::make_unique<hub>(i, config, adapter_, *timers_[i], clock));
            adapter_.add(*hubs_.back());
        }
    }

    [[nodiscard]] hub& at(std::uint32_t shard = 0) { return *hubs_[shard]; }
    [[nodiscard]] timer_wheel& timers(std::uint32_t shard = 0) { return *timers_[shard]; }
    /// On all shards alike.
    template <class SetUp>
    void set_up(SetUp&& each) {
        for (auto& h : hubs_)
            each(*h);
    }

    peer& arrive(std::uint32_t shard = 0) { return peers_.emplace_back(at(shard), clock.at.mono); }
    /// A client that has joined `nsp`; what it got for that is not in take() any more.
    peer& join(std::string_view nsp = "/", std::uint32_t shard = 0) {
        set_up([&](hub& h) { h.of(nsp); });
        peer& p = arrive(shard);
        p.text(nsp == "/" ? "0" : "0" + std::string{nsp} + ",");
        run();
        p.take();
        return p;
    }
    /// The socket that joined `nsp` of a shard as its `index`-th, while none has left.
    [[nodiscard]] socketio::socket& socket_at(std::size_t index, std::uint32_t shard = 0, std::string_view nsp = "/") {
        return *at(shard).of(nsp).sockets()[index];
    }

    /// Runs the oldest task in one shard's mailbox; false when there is none.
    bool run_one(std::uint32_t shard) {
        auto& waiting = posted_[shard];
        if (waiting.empty()) return false;
        auto next = std::move(waiting.front());
        waiting.pop_front();
        next();
        at(shard).collect();
        return true;
    }
    void run() {
        for (bool any = true; any;) {
            any = false;
            for (std::uint32_t i = 0; i < hubs_.size(); ++i)
                any = run_one(i) || any;
        }
        for (auto& h : hubs_)
            h->collect();
    }
    void pass(std::chrono::milliseconds time) {
        clock.at = clock.at + time;
        for (auto& t : timers_)
            t->advance(clock.at.mono);
        run();
    }

    manual_clock clock;

private:
    std::vector<std::unique_ptr<timer_wheel>> timers_;
    std::vector<std::deque<shard_adapter::work>> posted_; ///< by shard
    shard_adapter adapter_{
        [this](std::uint32_t to, shard_adapter::work what) { posted_[to].push_back(std::move(what)); }};
    std::vector<std::unique_ptr<hub>> hubs_;
    std::deque<peer> peers_;
};

} // namespace ringback::socketio::testing
