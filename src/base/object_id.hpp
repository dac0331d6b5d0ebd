#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"

#include <atomic>

namespace ringback {

/// Makes call ids in the form of MongoDB's ObjectId, so that apps which keep their calls there need no second key.
/// Thread-safe. Unique within a process by the counter (16.7 million a second), between processes by 5 random bytes.
class object_id_generator {
public:
    object_id_generator();
    [[nodiscard]] call_id next(wall_time now) noexcept;

private:
    std::array<std::uint8_t, 5> process_{};
    std::atomic<std::uint32_t> counter_;
};

} // namespace ringback
