#include "bus/redis/room_channels.hpp"

#include <algorithm>
#include <utility>

namespace ringback::bus {

std::string escape_pattern(std::string_view text) {
    std::string escaped;
    for (char c : text) {
        if (std::string_view{"*?[]\\^"}.contains(c)) escaped += '\\';
        escaped += c;
    }
    return escaped;
}

room_channels::room_channels(std::string prefix, std::string own_ids, std::size_t most_rooms)
    : prefix_{std::move(prefix)},
      own_ids_{std::move(own_ids)},
      most_rooms_{most_rooms} {}

std::string room_channels::channel_of(std::string_view nsp) const {
    std::string name = prefix_;
    return name.append("#").append(nsp).append("#");
}

std::string room_channels::channel_of(std::string_view nsp, std::string_view room) const {
    return channel_of(nsp).append(room).append("#");
}

/// Of all sockets and rooms without `ids`.
std::string room_channels::pattern_of(std::string_view nsp, std::string_view ids) const {
    return escape_pattern(channel_of(nsp)).append(escape_pattern(ids)).append("*");
}

room_channels::changes room_channels::open_nsp(std::string_view nsp) {
    auto [at, is_new] = spaces_.try_emplace(std::string{nsp});
    if (at->second.open++ > 0) return {};
    if (nsp.contains('#')) ++ambiguous_;
    return {{step::subscribe, channel_of(nsp)}, {step::psubscribe, pattern_of(nsp, own_ids_)}};
}

room_channels::changes room_channels::close_nsp(std::string_view nsp) {
    auto at = spaces_.find(nsp);
    if (at == spaces_.end() || --at->second.open > 0) return {};
    auto how = at->second.how;
    spaces_.erase(at);
    if (nsp.contains('#')) --ambiguous_;
    changes all;
    if (how != width::wide) {
        leave(all, channel_of(nsp));
        all.push_back({step::punsubscribe, pattern_of(nsp, own_ids_)});
    }
    if (how != width::exact) all.push_back({step::punsubscribe, pattern_of(nsp, {})});
    return all;
}

room_channels::changes room_channels::open_room(std::string_view nsp, std::string_view room) {
    auto at = spaces_.find(nsp);
    if (at == spaces_.end() || is_own_id(room)) return {};
    space& s = at->second;
    auto known = s.rooms.find(room);
    if (known != s.rooms.end()) {
        ++known->second;
        return {};
    }
    s.rooms.emplace(room, 1);
    if (s.how == width::wide) return {};
    // What comes until the pattern is confirmed is not to be missed either.
    changes all{{step::subscribe, channel_of(nsp, room)}};
    if (s.how == width::exact && s.rooms.size() > most_rooms_) {
        s.how = width::widening;
        all.push_back({step::psubscribe, pattern_of(nsp, {})});
    }
    return all;
}

room_channels::changes room_channels::close_room(std::string_view nsp, std::string_view room) {
    auto at = spaces_.find(nsp);
    if (at == spaces_.end() || is_own_id(room)) return {};
    space& s = at->second;
    auto known = s.rooms.find(room);
    if (known == s.rooms.end() || --known->second > 0) return {};
    s.rooms.erase(known);
    changes all;
    if (s.how != width::wide) leave(all, channel_of(nsp, room));
    return all;
}

room_channels::changes room_channels::confirmed(std::string_view pattern) {
    auto at = std::ranges::find_if(
        spaces_, [&](auto const& s) { return s.second.how == width::widening && pattern_of(s.first, {}) == pattern; });
    if (at == spaces_.end()) return {};
    auto& [nsp, s] = *at;
    s.how = width::wide;
    changes all;
    leave(all, channel_of(nsp));
    all.push_back({step::punsubscribe, pattern_of(nsp, own_ids_)});
    for (auto const& [room, shards] : s.rooms)
        leave(all, channel_of(nsp, room));
    return all;
}

/// Unsubscribes, unless another namespace has a channel of the same name.
void room_channels::leave(changes& to, std::string channel) const {
    if (ambiguous_ == 0 || !is_needed(channel)) to.push_back({step::unsubscribe, std::move(channel)});
}

bool room_channels::is_needed(std::string_view channel) const {
    return std::ranges::any_of(spaces_, [&](auto const& entry) {
        auto const& [nsp, s] = entry;
        std::string own = channel_of(nsp);
        if (s.how == width::wide || !channel.starts_with(own)) return false;
        auto rest = channel.substr(own.size());
        return rest.empty() || s.rooms.contains(rest.substr(0, rest.size() - 1));
    });
}

bool room_channels::hears(std::string_view nsp, std::string_view channel) const {
    auto at = spaces_.find(nsp);
    return at != spaces_.end() && at->second.how != width::wide && channel.starts_with(channel_of(nsp));
}

bool room_channels::hears_by(std::string_view nsp, std::string_view pattern) const {
    auto at = spaces_.find(nsp);
    if (at == spaces_.end()) return false;
    return pattern == pattern_of(nsp, at->second.how == width::wide ? std::string_view{} : own_ids_);
}

} // namespace ringback::bus
