#pragma once

#include "socketio/audience.hpp"
#include "socketio/encoder.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ringback::socketio {

/// How one event is sent.
struct emit_flags {
    /// Dropped for every client that could not be written to at once: whose poll is not parked, or that has something
    /// queued. Never recovered.
    bool is_volatile = false;
    bool compress = true; ///< may be compressed where that was negotiated

    [[nodiscard]] websocket::compression compression() const noexcept {
        return compress ? websocket::compression::none : websocket::compression::unwanted;
    }
};

/// A place in a log that all nodes of a cluster share; greater is later. As text, `1700000000000-0`, it is the offset
/// that clients know.
struct cluster_offset {
    std::uint64_t time = 0;
    std::uint64_t serial = 0;

    /// The first of all: before any event.
    [[nodiscard]] bool is_null() const noexcept { return time == 0 && serial == 0; }
    friend auto operator<=>(cluster_offset const&, cluster_offset const&) = default;
};

/// An event to an audience of one namespace, with its encoded form. Immutable, so that all shards may share it; an
/// adapter that leaves the process sends the fields, not the encoded form.
struct broadcast {
    std::string nsp;
    audience to;
    std::string name;
    std::string args;                     ///< raw JSON, packet_content::args
    std::vector<std::string> attachments; ///< packet_content::attachments
    emit_flags flags;
    /// Its place among the broadcasts of the hub that sent it, from 1 on; 0 for what is sent to one socket of its own
    /// hub. With connection state recovery this tells what a socket that moved between hubs has got already.
    std::uint32_t origin = 0;
    std::uint64_t serial = 0;
    cluster_offset offset{};             ///< where the cluster's log has it; null: nowhere
    std::optional<std::uint64_t> ack_id; ///< set: every receiver is asked for an acknowledgement
    encoded_packet encoded;              ///< for clients of the current protocol and the hub's parser

    [[nodiscard]] packet_content content() const noexcept { return {args, attachments}; }
};

using broadcast_ptr = std::shared_ptr<broadcast const>;

/// What a broadcast with acknowledgement came to.
struct broadcast_answers {
    std::vector<owned_content> acks; ///< in the order of their arrival
    std::size_t asked = 0;           ///< clients that got the event

    /// False when a client ended or did not answer in time, or a node of the cluster did not report.
    bool complete = true;

    /// What others came to.
    void add(broadcast_answers part) {
        acks.insert(acks.end(), std::make_move_iterator(part.acks.begin()), std::make_move_iterator(part.acks.end()));
        asked += part.asked;
        complete = complete && part.complete;
    }
};

/// Sockets of an audience join or leave rooms, or are disconnected.
struct audience_change {
    enum class kind : std::uint8_t {
        join,
        leave,
        disconnect,      ///< from the namespace
        close_connection ///< from all namespaces, and the transport closed
    };
    std::string nsp;
    audience to;
    kind what = kind::join;
    std::vector<std::string> rooms; ///< of join and leave
};

/// What can be told of a socket that may live on another shard or node.
struct socket_description {
    std::string id;
    std::vector<std::string> rooms; ///< its id, which is its own room, first
    std::string data = "{}";        ///< raw JSON: socket::data()
    std::string address;            ///< handshake: as engineio::opening_request has it
    std::string query;
    std::string headers;
    std::int64_t issued_ms = 0; ///< wall clock of the handshake, since 1970
    bool secure = false;
};

} // namespace ringback::socketio
