#include "base/object_id.hpp"

#include "base/random.hpp"

namespace ringback {

object_id_generator::object_id_generator() {
    fill_random(std::as_writable_bytes(std::span{process_}));
    std::uint32_t start;
    fill_random(std::as_writable_bytes(std::span{&start, 1}));
    counter_ = start;
}

call_id object_id_generator::next(wall_time now) noexcept {
    auto seconds = static_cast<std::uint32_t>(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
    std::uint32_t n = counter_.fetch_add(1, std::memory_order_relaxed);
    call_id::bytes b;
    for (std::size_t i = 0; i < 4; ++i)
        b[i] = static_cast<std::uint8_t>(seconds >> (24 - 8 * i));
    for (std::size_t i = 0; i < 5; ++i)
        b[4 + i] = process_[i];
    for (std::size_t i = 0; i < 3; ++i)
        b[9 + i] = static_cast<std::uint8_t>(n >> (16 - 8 * i));
    return call_id{b};
}

} // namespace ringback
