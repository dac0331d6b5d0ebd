#include "base/clock.hpp"
#include "socketio/msgpack_reader.hpp"

#include <cstdlib>
#include <string>

namespace ringback::socketio {

void append_json_date(std::string& out, std::int64_t milliseconds) {
    using namespace std::chrono;
    constexpr std::int64_t farthest = 8'640'000'000'000'000;
    if (milliseconds < -farthest || milliseconds > farthest) {
        out += "null";
        return;
    }
    // The calendar repeats after 400 years. Moved into 2000 to 2399, any year is one that std::chrono can hold.
    constexpr std::int64_t cycle = 146'097LL * 86'400'000;
    constexpr std::int64_t year_2000 = 946'684'800'000;
    std::int64_t since_2000 = milliseconds - year_2000;
    std::int64_t cycles = since_2000 / cycle - (since_2000 % cycle < 0 ? 1 : 0);
    auto text = iso8601(wall_time{std::chrono::milliseconds{milliseconds - cycles * cycle}});
    int year = std::stoi(text.substr(0, 4)) + static_cast<int>(cycles * 400);
    bool usual = year >= 0 && year <= 9999;
    auto digits = std::to_string(std::abs(year));
    out += '"';
    if (!usual) out += year < 0 ? '-' : '+';
    out.append((usual ? 4 : 6) - digits.size(), '0');
    out += digits;
    out.append(text, 4);
    out += '"';
}

} // namespace ringback::socketio
