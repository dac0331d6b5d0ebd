#include "base/clock.hpp"

#include <cstdio>

namespace ringback {

moment system_clock_source::now() const {
    using namespace std::chrono;
    return {steady_clock::now(), floor<milliseconds>(system_clock::now())};
}

clock_source const& machine_clock() noexcept {
    static system_clock_source const clock;
    return clock;
}

std::string iso8601(wall_time at) {
    using namespace std::chrono;
    auto day = floor<days>(at);
    year_month_day date{day};
    hh_mm_ss time{at - day};
    char text[32];
    int size = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                             static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                             static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                             static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
    return {text, static_cast<std::size_t>(size)};
}

} // namespace ringback
