// The conversation of two places. The input says what happens: who says something, which packets are lost, come twice
// or are cut off by the medium, and how time passes; in the end the medium keeps nothing back. Promises: everything is
// handed over once and in its order. Then bytes from anyone are shown to one of them: it may not understand, or be
// deceived about what was said, but never does worse.

#include "cluster/link_state.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace ringback;
using namespace ringback::cluster;
using namespace std::chrono_literals;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

/// Small, so that the bounds are met.
link_state::terms const terms{.max_unacknowledged = 20, .max_unacknowledged_bytes = 400, .max_packet_bytes = 60};

struct side {
    link_state link{terms};
    std::deque<std::string> underway; ///< packets that it has sent, oldest first
    std::deque<std::string> said;     ///< messages that the other side has yet to get
    std::vector<std::string> got;
};

class conversation {
public:
    void say(side& by, std::size_t length) {
        std::string message = std::to_string(++number_);
        message.resize(message.size() + length, '.');
        if (by.link.push(message)) by.said.push_back(std::move(message));
    }
    void send(side& by) {
        for (std::string& packet : by.link.packets(now_))
            by.underway.push_back(std::move(packet));
        require(!by.link.has_new());
    }
    void deliver(side& from, side& to, bool is_twice) {
        if (from.underway.empty()) return;
        std::string const packet = std::move(from.underway.front());
        from.underway.pop_front();
        for (int i = 0; i < (is_twice ? 2 : 1); ++i)
            require(to.link.take(packet, now_, to.got) == link_state::outcome::ok);
        for (std::string const& each : std::exchange(to.got, {})) {
            require(!from.said.empty() && from.said.front() == each);
            from.said.pop_front();
        }
    }
    void wait(std::chrono::milliseconds time) { now_ += time; }
    [[nodiscard]] mono_time now() const { return now_; }

    side ann, bob;

private:
    mono_time now_{1000s};
    int number_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    conversation c;
    std::size_t at = 0;
    for (; at < size && bytes[at] != 0xff; ++at) {
        bool const is_ann = bytes[at] & 1;
        side &one = is_ann ? c.ann : c.bob, &other = is_ann ? c.bob : c.ann;
        std::size_t const how_much = bytes[at] >> 4;
        switch (bytes[at] >> 1 & 7) {
        case 0: c.say(one, how_much * 3); break;
        case 1: c.send(one); break;
        case 2: c.deliver(one, other, false); break;
        case 3: c.deliver(one, other, true); break;
        case 4:
            if (!one.underway.empty()) one.underway.pop_front(); // lost
            break;
        case 5: c.wait(how_much * 100ms); break;
        case 6: one.link.repeat_all(); break;
        default: one.link.acknowledge_now();
        }
    }
    // Rounds enough for a repetition, what it tells, and the acknowledgement of that.
    for (int round = 0; round < 4; ++round) {
        c.wait(2s);
        for (auto [from, to] : {std::pair{&c.ann, &c.bob}, std::pair{&c.bob, &c.ann}}) {
            c.send(*from);
            while (!from->underway.empty())
                c.deliver(*from, *to, false);
        }
    }
    require(c.ann.said.empty() && c.bob.said.empty());
    require(c.ann.link.unacknowledged() == 0 && c.bob.link.unacknowledged() == 0);

    if (at == size) return 0;
    for (int i = 0; i < 5; ++i)
        c.say(c.ann, 3);
    (void)c.ann.link.packets(c.now());
    std::string_view const packet{reinterpret_cast<char const*>(bytes) + at + 1, size - at - 1};
    if (c.ann.link.take(packet, c.now(), c.ann.got) == link_state::outcome::malformed)
        require(c.ann.got.empty() && c.ann.link.unacknowledged() == 5);
    c.wait(2s);
    require(c.ann.link.unacknowledged() <= 5);
    (void)c.ann.link.packets(c.now());
    require(c.ann.link.give_up().size() <= 5);
    return 0;
}
