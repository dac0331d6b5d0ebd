#pragma once

#include <future>
#include <memory>
#include <utility>

namespace ringback::app {

/// The result of a store's operation, for commands that wait for it.
template <typename Result, typename Start>
[[nodiscard]] std::future<Result> begin(Start&& start) {
    auto promise = std::make_shared<std::promise<Result>>();
    start([promise](Result r) { promise->set_value(std::move(r)); });
    return promise->get_future();
}

} // namespace ringback::app
