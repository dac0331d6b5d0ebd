#pragma once

#include "base/log.hpp"

#include <spdlog/sinks/base_sink.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::test {

/// Hears what the process logs while it lives. Made and destroyed while nothing else runs.
class log_lines {
public:
    log_lines() { spdlog::default_logger()->sinks().push_back(ear_); }
    log_lines(log_lines const&) = delete;
    log_lines& operator=(log_lines const&) = delete;
    ~log_lines() { spdlog::default_logger()->sinks().pop_back(); }

    /// Whether `count` lines with `part` in them were logged, after waiting for them for a while.
    [[nodiscard]] bool has(std::string_view part, std::ptrdiff_t count = 1) {
        std::unique_lock lock{ear_->mutex};
        return ear_->heard.wait_for(lock, std::chrono::seconds{20}, [&] { return ear_->count(part) >= count; });
    }

    /// How many lines with `part` in them were logged by now.
    [[nodiscard]] std::ptrdiff_t count(std::string_view part) {
        std::lock_guard lock{ear_->mutex};
        return ear_->count(part);
    }

    /// What stands behind `part` in the last line that has it; empty: none has.
    [[nodiscard]] std::string last(std::string_view part) {
        std::lock_guard lock{ear_->mutex};
        for (auto const& line : std::views::reverse(ear_->lines))
            if (auto at = line.find(part); at != line.npos) return line.substr(at + part.size());
        return {};
    }

private:
    struct ear final : spdlog::sinks::base_sink<std::mutex> {
        void sink_it_(spdlog::details::log_msg const& msg) override {
            std::lock_guard lock{mutex};
            lines.emplace_back(msg.payload.data(), msg.payload.size());
            heard.notify_all();
        }
        void flush_() override {}
        [[nodiscard]] std::ptrdiff_t count(std::string_view part) const {
            return std::ranges::count_if(lines, [part](auto const& line) { return line.contains(part); });
        }

        std::mutex mutex;
        std::condition_variable heard;
        std::vector<std::string> lines; ///< guarded by mutex
    };

    std::shared_ptr<ear> ear_ = std::make_shared<ear>();
};

} // namespace ringback::test
