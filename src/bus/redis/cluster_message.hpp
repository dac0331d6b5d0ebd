#pragma once

#include "socketio/broadcast.hpp"
#include "socketio/json_scan.hpp"
#include "socketio/packet_content.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What the nodes of a Socket.IO cluster say to each other, whichever adapter of Node.js they say it like. The codecs
/// (classic_codec.hpp, streams_codec.hpp) turn these into bytes and back; cluster_adapter acts on them.

namespace ringback::bus {

/// An event for the sockets of an audience.
struct event_message {
    socketio::audience to;
    std::string name;
    socketio::owned_content what;
    socketio::emit_flags flags;
    /// Each receiver is asked for an acknowledgement, for that long.
    std::optional<std::chrono::milliseconds> ack_timeout;
};

/// `what.nsp` is the request's.
struct change_message {
    socketio::audience_change what;
};

/// Which sockets there are.
struct fetch_message {
    socketio::audience of;
    bool ids_only = false;
};

/// Which rooms there are.
struct rooms_message {};

/// An event for the other nodes themselves.
struct server_message {
    std::string name;
    std::string args; ///< packet_content::args
};

/// Something that one node says to all others of a namespace.
struct cluster_request {
    std::string nsp;
    std::string uid; ///< the node that says it; empty or `emitter` when nobody waits there
    std::string id;  ///< what the answers have to name; empty: none is wanted
    std::variant<event_message, change_message, fetch_message, rooms_message, server_message> body;
    socketio::cluster_offset offset{}; ///< of an entry in a log that the nodes share
};

/// Something that one node answers to another.
struct cluster_answer {
    enum class kind : std::uint8_t {
        done,         ///< a change was made, and the socket that it was for is here
        socket_ids,   ///< `names`
        room_names,   ///< `names`
        sockets,      ///< `sockets`
        server_event, ///< `content`: one argument, or none
        client_count, ///< `clients`: how many will acknowledge here
        client_ack    ///< `content`: the first argument of one acknowledgement, or none
    };
    kind what = kind::done;
    std::string id{}; ///< of the request
    std::vector<std::string> names{};
    std::vector<socketio::socket_description> sockets{};
    socketio::owned_content content{};
    std::size_t clients = 0;
};

/// What a message may be at most; what is more is dropped as it comes.
struct message_limits {
    std::size_t max_bytes = 10'000'000;
    std::size_t max_depth = socketio::default_json_depth;
};

} // namespace ringback::bus
