// The reader of Redis' replies against bytes from anyone: it never throws, what it reads does not depend on how the
// stream was cut into reads, and once it has failed it has failed for ever. The first byte says how long the cuts are.
// What is read is then shown to the readers of what our scripts write.

#include "redis/reply_reader.hpp"
#include "registry/redis/presence_feed.hpp"
#include "registry/redis/script_text.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

using namespace ringback;
using namespace std::chrono_literals;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

struct heard {
    std::vector<redis::value> replies;
    bool has_failed = false;
    friend bool operator==(heard const&, heard const&) = default;
};

heard read(std::string_view stream, std::size_t piece) {
    redis::reply_reader reader{10'000};
    heard all;
    while (!stream.empty()) {
        auto const size = std::min(piece, stream.size());
        reader.feed(stream.substr(0, size));
        stream.remove_prefix(size);
        for (;;) {
            auto next = reader.next();
            require(!next || !all.has_failed);
            if (!next) all.has_failed = true;
            if (!next || !*next) break;
            all.replies.push_back(**std::move(next));
        }
    }
    return all;
}

void show(redis::value const& v) {
    moment const now{mono_time{900s}, wall_time{1'800'000'000s}};
    auto const text = v.text();
    if (auto device = registry::read_device(text)) require(registry::read_device(registry::text_of(*device)) == device);
    (void)registry::read_involvement(text);
    (void)registry::read_change(text);
    (void)registry::read_kept(text, {}, now);
    (void)registry::read_overdue(text);
    (void)registry::read_node(v);
    (void)registry::read_devices(v);
    (void)registry::read_changes(v);
    if (auto gone = registry::read_departure(v, now)) (void)(now.mono - (now.wall - gone->lost_at));
    (void)registry::presence_feed{}.caught_up({text});
    for (auto const& each : v.items())
        show(each);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    if (size == 0) return 0;
    std::string_view const stream{reinterpret_cast<char const*>(bytes) + 1, size - 1};
    auto const whole = read(stream, stream.size());
    auto const cut = read(stream, std::size_t{1} + bytes[0] % 16);
    require(cut == whole);
    for (auto const& each : whole.replies)
        show(each);
    return 0;
}
