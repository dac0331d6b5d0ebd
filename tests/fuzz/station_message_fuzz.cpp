// The decoder of what the stations of a cluster say to each other, against any bytes: it never throws, and what it
// takes is a message whose every value is one of its type: encoded at the moment of its arrival it is a message again,
// and from then on always the same bytes.

#include "gateway/station_codec.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace ringback;
using namespace ringback::gateway;
using namespace std::chrono_literals;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

std::string encoded(station_message const& m, moment now) {
    std::string bytes;
    append_encoded(bytes, m, now);
    return bytes;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    moment const now{mono_time{900s}, wall_time{1'800'000'000s}};
    auto const m = decode_station_message({reinterpret_cast<char const*>(bytes), size}, now);
    if (!m) return 0;
    auto const once = encoded(*m, now);
    require(once.size() <= size);
    auto const again = decode_station_message(once, now);
    require(again && again->index() == m->index() && encoded(*again, now) == once);
    return 0;
}
