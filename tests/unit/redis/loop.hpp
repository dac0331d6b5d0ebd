#pragma once

#include "redis/client.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <optional>

namespace ringback::redis::test {

/// The loop of a test.
class loop {
public:
    boost::asio::io_context context{1};

    /// Turns until `condition` holds; false: it did not in a long time.
    [[nodiscard]] bool until(std::function<bool()> const& condition) {
        for (auto const end = std::chrono::steady_clock::now() + std::chrono::seconds{20}; !condition();) {
            if (std::chrono::steady_clock::now() > end) return false;
            context.restart();
            context.run_one_for(std::chrono::milliseconds{50});
        }
        return true;
    }

    /// The reply to one command.
    [[nodiscard]] reply ask(client& c, std::string command) {
        std::optional<reply> got;
        c.send(std::move(command), [&](reply r) { got = std::move(r); });
        EXPECT_TRUE(until([&] { return got.has_value(); }));
        return got ? *std::move(got) : reply{std::unexpected{errc::lost}};
    }
};

} // namespace ringback::redis::test
