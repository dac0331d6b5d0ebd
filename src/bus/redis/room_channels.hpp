#pragma once

#include "socketio/rooms.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ringback::bus {

/// Backslashes before what Redis' patterns give a meaning.
[[nodiscard]] std::string escape_pattern(std::string_view text);

/// Which channels a process subscribes to, so that it hears the broadcasts of the classic adapter that its sockets are
/// to get, each once, and few others. Per namespace N these are `PREFIX#N#`, on which everybody is spoken to,
/// `PREFIX#N#R#` for each room R with members here, and a pattern for the ids of the sockets here, which begin alike. A
/// namespace with more rooms than `most_rooms` hears `PREFIX#N#*` instead, as Node.js always does, and stays with it.
///
/// Pure: it tells what to change, in order, and is told when the wide pattern is confirmed.
class room_channels {
public:
    enum class step : std::uint8_t { subscribe, unsubscribe, psubscribe, punsubscribe };
    struct change {
        step what;
        std::string name;

        friend bool operator==(change const&, change const&) = default;
    };
    using changes = std::vector<change>;

    /// `own_ids`: what the ids of this process' sockets begin with.
    room_channels(std::string prefix, std::string own_ids, std::size_t most_rooms);

    // Several shards may open the same; what they open they close. A namespace's rooms are closed before it is.
    [[nodiscard]] changes open_nsp(std::string_view nsp);
    [[nodiscard]] changes close_nsp(std::string_view nsp);
    [[nodiscard]] changes open_room(std::string_view nsp, std::string_view room);
    [[nodiscard]] changes close_room(std::string_view nsp, std::string_view room);
    /// A psubscribe is confirmed: from here on every message comes by the wide pattern.
    [[nodiscard]] changes confirmed(std::string_view pattern);

    /// Whether what came by this channel, or by this pattern, is the one copy that counts for the namespace.
    [[nodiscard]] bool hears(std::string_view nsp, std::string_view channel) const;
    [[nodiscard]] bool hears_by(std::string_view nsp, std::string_view pattern) const;

    [[nodiscard]] std::string channel_of(std::string_view nsp) const;
    [[nodiscard]] std::string channel_of(std::string_view nsp, std::string_view room) const;

private:
    enum class width : std::uint8_t { exact, widening, wide };
    struct space {
        std::size_t open = 0; ///< on how many shards
        std::unordered_map<std::string, std::size_t, socketio::text_hash, std::equal_to<>> rooms;
        width how = width::exact;
    };
    using table = std::unordered_map<std::string, space, socketio::text_hash, std::equal_to<>>;

    [[nodiscard]] std::string pattern_of(std::string_view nsp, std::string_view ids) const;
    [[nodiscard]] bool is_own_id(std::string_view room) const { return room.starts_with(own_ids_); }
    [[nodiscard]] bool is_needed(std::string_view channel) const;
    void leave(changes& to, std::string channel) const;

    std::string const prefix_;
    std::string const own_ids_;
    std::size_t const most_rooms_;
    table spaces_;
    std::size_t ambiguous_ = 0; ///< namespaces with a `#` in their names: channels of others may look like theirs
};

} // namespace ringback::bus
