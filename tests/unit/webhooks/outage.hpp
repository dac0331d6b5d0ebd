#pragma once

#include "webhooks/dispatcher.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ringback::webhooks::test {

using namespace std::chrono_literals;

/// A dispatcher between an outbox in memory and a receiver that a test scripts, for hours that take milliseconds. Forty
/// calls with three events each come up during the first hour.
class outage {
public:
    static constexpr std::size_t calls = 40, steps = 3;

    struct attempt {
        std::chrono::milliseconds at; ///< since the start
        std::size_t number;           ///< of all attempts
        std::size_t call, step;
    };
    explicit outage(std::function<attempt_result(attempt const&)> receiver) : receiver_{std::move(receiver)} {}

    void receiver_keeps_what_it_does_not_answer() { keeps_unanswered_ = true; }
    void outbox_is_away(std::chrono::milliseconds from, std::chrono::milliseconds until) { away_ = {from, until}; }

    void play(std::chrono::milliseconds time) {
        for (now_ = 0ms; now_ <= time; now_ += tick) {
            write_new();
            answer();
            send();
            settle();
        }
    }

    void expect_all_arrived(std::size_t but_for_step = steps) const {
        for (std::size_t call = 0; call < calls; ++call) {
            std::vector<std::size_t> expected;
            for (std::size_t step = 0; step < steps; ++step)
                if (step != but_for_step) expected.push_back(step);
            auto found = arrived_.find(call);
            ASSERT_NE(found, arrived_.end()) << "call " << call;
            auto once = found->second; // repetitions stand beside each other, unless the order was broken
            once.erase(std::unique(once.begin(), once.end()), once.end());
            EXPECT_EQ(once, expected) << "call " << call;
        }
        EXPECT_TRUE(outbox_.empty());
        EXPECT_EQ(sent_after_success_, 0u);
    }
    [[nodiscard]] std::chrono::milliseconds last_delivery() const { return last_delivery_; }
    [[nodiscard]] std::size_t attempts_before(std::chrono::milliseconds when) const {
        return static_cast<std::size_t>(std::ranges::count_if(attempts_, [&](auto at) { return at < when; }));
    }
    [[nodiscard]] std::size_t repetitions() const {
        std::size_t all = 0;
        for (auto const& [call, seen] : arrived_)
            for (std::size_t i = 1; i < seen.size(); ++i)
                all += seen[i] == seen[i - 1];
        return all;
    }
    [[nodiscard]] std::size_t dead() const { return dead_; }

private:
    static constexpr std::chrono::milliseconds tick{500};
    static constexpr std::chrono::milliseconds answer_time{1000};

    using key = std::pair<std::size_t, std::size_t>; ///< call and step
    struct under_way {
        std::string id;
        key of;
        attempt_result how;
        std::chrono::milliseconds until;
    };

    static std::string id_of(key of) { return std::to_string(of.first) + "." + std::to_string(of.second); }
    [[nodiscard]] moment now() const { return moment{} + now_; }

    void write_new() {
        while (written_ < calls * steps && now_ >= 1h * written_ / (calls * steps)) {
            // The steps of a call come one after the other, those of different calls mixed.
            key const of{(written_ % 4) + 4 * (written_ / 12), written_ / 4 % steps};
            outbox_[of] = {
                .id = id_of(of), .type = {}, .body = "{}", .since = now().wall, .attempts = 0, .due = now().wall};
            ++written_;
        }
    }
    [[nodiscard]] std::vector<ports::waiting_webhook> first(std::uint32_t limit) const {
        std::vector<ports::waiting_webhook> heads;
        std::set<std::size_t> seen;
        for (auto const& [of, event] : outbox_)
            if (seen.insert(of.first).second) heads.push_back(event);
        std::ranges::stable_sort(heads, {}, &ports::waiting_webhook::due);
        if (heads.size() > limit) heads.resize(limit);
        return heads;
    }
    void send() {
        auto const wanted = dispatcher_.wanted(now().mono);
        if (wanted == 0) return;
        auto chosen = dispatcher_.choose(first(wanted), now());
        for (auto& s : chosen.bury)
            unsettled_.push_back(std::move(s));
        for (auto const& event : chosen.send) {
            auto const of = std::ranges::find(outbox_, event.id, [](auto const& e) { return e.second.id; })->first;
            if (succeeded_.contains(event.id)) ++sent_after_success_;
            attempts_.push_back(now_);
            auto how = receiver_({now_, attempts_.size(), of.first, of.second});
            if ((how && *how < 300) || (!how && keeps_unanswered_)) arrived_[of.first].push_back(of.second);
            under_way_.push_back({event.id, of, how, now_ + answer_time});
        }
    }
    void answer() {
        std::vector<under_way> still;
        for (auto& u : under_way_) {
            if (now_ < u.until) {
                still.push_back(std::move(u));
                continue;
            }
            if (u.how && *u.how < 300) {
                succeeded_.insert(u.id);
                last_delivery_ = now_;
            }
            unsettled_.push_back(dispatcher_.finished(u.id, u.how, now()));
        }
        under_way_ = std::move(still);
    }
    void settle() {
        if (now_ >= away_.first && now_ < away_.second) return;
        for (auto const& s : std::exchange(unsettled_, {})) {
            auto const id = std::visit([](auto const& each) { return each.id; }, s);
            auto const at = std::ranges::find(outbox_, id, [](auto const& e) { return e.second.id; });
            ASSERT_NE(at, outbox_.end());
            if (auto const* later = std::get_if<ports::webhook_postponed>(&s)) {
                at->second.due = later->due;
                ++at->second.attempts;
            } else {
                if (std::holds_alternative<ports::webhook_given_up>(s)) ++dead_;
                outbox_.erase(at);
            }
            dispatcher_.settled(id);
        }
    }

    std::function<attempt_result(attempt const&)> receiver_;
    bool keeps_unanswered_ = false;
    std::pair<std::chrono::milliseconds, std::chrono::milliseconds> away_{};
    dispatcher dispatcher_{{}, {}, 7};
    std::chrono::milliseconds now_{};
    std::size_t written_ = 0, dead_ = 0, sent_after_success_ = 0;
    std::map<key, ports::waiting_webhook> outbox_;
    std::vector<under_way> under_way_;
    std::vector<ports::webhook_settlement> unsettled_;
    std::map<std::size_t, std::vector<std::size_t>> arrived_; ///< by call: the steps, as they came
    std::set<std::string> succeeded_;
    std::vector<std::chrono::milliseconds> attempts_;
    std::chrono::milliseconds last_delivery_{};
};

} // namespace ringback::webhooks::test
