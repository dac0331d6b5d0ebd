#pragma once

#include "ringback/socketio.hpp"

#include <atomic>
#include <string>
#include <string_view>

namespace ringback::chat {

/// One room in which everybody hears everybody. What clients send, and what they get back:
///
///     join(name) → {ok: true, members} or {ok: false, why}      say(text) → likewise       typing()
///
/// What members are sent of the others: said(name, text, at), joined(name, members), left(name, members), typing(id,
/// name) and quiet(id); and members(members) who come back recovered. `members` is a number, `at` an ISO 8601 time.
///
/// Outlives the server that it is set up on.
class chat_room {
public:
    /// For each shard's hub, before the server starts. Its handlers run on the threads of all of them.
    void set_up(socketio::hub& hub);

private:
    void enter(socketio::socket& s, std::string name);
    void leave(socketio::socket& s);
    void on_join(socketio::socket& s, socketio::event const& e);
    void on_say(socketio::socket& s, socketio::event const& e);

    std::atomic<unsigned> members_{0};
};

} // namespace ringback::chat
