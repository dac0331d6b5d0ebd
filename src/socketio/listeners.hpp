#pragma once

#include "socketio/event.hpp"
#include "socketio/rooms.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ringback::socketio {

class socket;

/// Runs for an event that a client sent, on the shard's thread. It may be a coroutine (task.hpp); one that suspends
/// takes what it needs by value before (socket::handle(), event::to_owned()). An exception that leaves a plain handler
/// closes the client it ran for.
using event_handler = std::function<void(socket&, event const&)>;

/// Whose handlers run for which events, in the order in which they were added. Handlers may change the table that they
/// are called from: what they change counts from the next event on.
class listener_table {
public:
    enum class life : std::uint8_t { until_removed, one_event };

    void add(std::string name, event_handler handler, life how_long = life::until_removed);
    void add_for_any(event_handler handler) { any_.push_back(share(std::move(handler))); }
    void remove(std::string_view name);
    void remove_for_any() { any_.clear(); }

    /// Runs those for any event, then those for this one. False when there was none for this one.
    bool call(socket& s, event const& e);

private:
    using shared_handler = std::shared_ptr<event_handler const>;
    struct listener {
        shared_handler run;
        life how_long;
    };
    static shared_handler share(event_handler h) { return std::make_shared<event_handler const>(std::move(h)); }

    std::unordered_map<std::string, std::vector<listener>, text_hash, std::equal_to<>> by_name_;
    std::vector<shared_handler> any_;
};

} // namespace ringback::socketio
