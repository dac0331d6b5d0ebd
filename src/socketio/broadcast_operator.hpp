#pragma once

#include "socketio/adapter.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace ringback::socketio {

class nsp;

/// Collects whom an event goes to and how, then sends it: `nsp.to("room 1").except(id).as_volatile().emit("news")`.
/// `to` unites rooms and the ids of sockets; without one it is the whole namespace. Each socket gets an event once.
/// Lives within one statement, on the shard's thread.
class broadcast_operator {
public:
    explicit broadcast_operator(nsp& from) : nsp_{&from} {}

    broadcast_operator& to(std::string_view room);
    broadcast_operator& in(std::string_view room) { return to(room); }
    broadcast_operator& except(std::string_view room);
    broadcast_operator& as_volatile();
    /// Not to the other nodes of the cluster.
    broadcast_operator& local();
    broadcast_operator& compress(bool wanted);
    /// Of emit_with_ack; hub_config::ack_timeout otherwise.
    broadcast_operator& timeout(std::chrono::milliseconds after);

    /// `args`, `attachments`: packet_content. Throws std::length_error above decode_limits::max_attachments.
    void emit(std::string_view event, std::string_view args = {}, std::span<std::string const> attachments = {});
    /// `then` gets the answers when all are there, or at the timeout those that are.
    void emit_with_ack(std::string_view event, std::string_view args, broadcast_ack_handler then,
                       std::span<std::string const> attachments = {});

    void sockets_join(std::vector<std::string> rooms);
    void sockets_leave(std::vector<std::string> rooms);
    void disconnect_sockets(bool close_connection = false);
    void fetch_sockets(fetch_handler then);

private:
    [[nodiscard]] std::shared_ptr<broadcast> make(std::string_view event, std::string_view args,
                                                  std::span<std::string const> attachments);

    nsp* nsp_;
    audience to_;
    emit_flags flags_;
    reach how_far_ = reach::cluster;
    std::chrono::milliseconds timeout_{0};
};

} // namespace ringback::socketio
