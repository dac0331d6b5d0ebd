#pragma once

#include "socketio/audience.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ringback::socketio {

class socket;

/// For maps that are searched by views of received bytes.
struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
};

class room_table;

/// The sockets of one shard that share a name in one namespace. Exists while it has members.
struct room {
    std::string const* name = nullptr;
    std::vector<socket*> members;
};

/// Where one socket stands in one room, so that leaving costs no search of the room.
struct membership {
    room* in;
    std::uint32_t at;
};

/// Which sockets of a shard are in which room of one namespace.
class room_table {
public:
    /// False when `s` was in it already.
    bool join(socket& s, std::string_view name);
    bool leave(socket& s, std::string_view name);
    void leave_all(socket& s);
    [[nodiscard]] room const* find(std::string_view name) const;
    template <class Visit>
    void visit(Visit&& each) const {
        for (auto const& [name, r] : rooms_)
            each(r);
    }
    [[nodiscard]] std::size_t size() const noexcept { return rooms_.size(); }

private:
    void remove(socket& s, std::size_t index);

    std::unordered_map<std::string, room, text_hash, std::equal_to<>> rooms_;
};

} // namespace ringback::socketio
