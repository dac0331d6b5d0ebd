#pragma once

#include "base/clock.hpp"
#include "base/timer_wheel.hpp"
#include "socketio/adapter.hpp"
#include "socketio/nsp.hpp"
#include "socketio/packet.hpp"
#include "socketio/recovery.hpp"
#include "socketio/socket.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ringback::socketio {

/// What the packets of a server look like; all its clients have to use the same.
enum class parser {
    text,   ///< the default of all official clients
    msgpack ///< `socket.io-msgpack-parser`
};

struct hub_config {
    std::chrono::milliseconds connect_timeout{45'000}; ///< a connection that joined no namespace by then is closed
    std::chrono::milliseconds ack_timeout{30'000};     ///< of emit_with_ack without one of its own
    std::size_t max_namespaces_per_client = 16;        ///< one more CONNECT closes the connection
    std::size_t max_dynamic_namespaces = 10'000;       ///< per shard; one more is answered like an unknown one
    bool keep_empty_namespaces = false;                ///< dynamic ones that the last socket has left
    decode_limits limits{};
    socketio::parser parser = parser::text;
    recovery_config recovery{};
    /// The number of this process among several (base/ids.hpp, place): part of the names of its sockets.
    std::uint32_t node = 0;
    /// Gets what left a coroutine handler (task.hpp) before its client is closed.
    std::function<void(std::exception_ptr)> on_task_error{};
};

/// The Socket.IO server of one shard, `io` in Node.js: its namespaces and all its sockets. Before the server starts its
/// handlers are set by one thread; from then on everything here runs on the shard's thread.
class hub {
public:
    /// Acknowledgement ids from here on are those of broadcasts, which are the same on all shards.
    static constexpr std::uint64_t first_broadcast_ack_id = std::uint64_t{1} << 40;

    /// `shard` is part of the names that the sockets get; the references must outlive the hub.
    hub(std::uint32_t shard, hub_config const& config, adapter& others, timer_wheel& timers, clock_source const& clock);
    hub(hub const&) = delete;
    hub& operator=(hub const&) = delete;
    ~hub();

    /// The namespace `name` ("/", "/chat"; it begins with a slash), made when it is first asked for.
    nsp& of(std::string_view name);
    /// A parent for the namespaces that clients ask for, that nobody has made and whose name matches: each gets the
    /// parent's handlers as they are at that time, and goes when its last socket has left it. The first match counts.
    /// `auth` is the CONNECT payload, raw JSON.
    using name_matcher = std::function<bool(std::string_view name, std::string_view auth)>;
    nsp& of(name_matcher matches);
    [[nodiscard]] nsp* find_nsp(std::string_view name);

    /// The socket of that name; nullptr when it has ended or was never of this shard.
    [[nodiscard]] socket* find(socket_ref who) const noexcept;
    /// By the id that its hub gave it; a recovered socket's is found as a room.
    [[nodiscard]] socket* find_by_id(std::string_view id) const noexcept;
    [[nodiscard]] std::size_t socket_count() const noexcept { return live_; }

    // For the adapter, on this shard's thread.

    void deliver(broadcast_ptr const& what);
    /// The names of all rooms with members in a namespace, the ids of its sockets among them.
    [[nodiscard]] std::vector<std::string> list_rooms(std::string_view nsp);
    /// `each` is called once for every socket that gets the event, never from inside this; how many these are is the
    /// answer. Views are valid during the call.
    using ack_visitor = std::function<void(std::expected<packet_content, ack_error> const&)>;
    std::size_t deliver_with_ack(broadcast_ptr const& what, std::chrono::milliseconds timeout, ack_visitor each);
    void apply(audience_change const& what);
    [[nodiscard]] std::vector<socket_description> describe(std::string_view nsp, audience const& of);
    /// False when this shard has no handler for it.
    bool handle_server_side(std::string_view nsp, std::string_view event, std::string_view args,
                            nsp::server_reply reply);
    [[nodiscard]] std::optional<recovered_session> take_session(recovery_claim const& claim);
    /// Loses the socket of that session if it still lives here: its client is back before that was noticed.
    void lose(recovery_claim const& claim);
    /// The place in the cluster's log up to which events were delivered here; those behind it are to come.
    void begin_log(cluster_offset at) noexcept { reached_ = at; }
    [[nodiscard]] cluster_offset const& reached() const noexcept { return reached_; }

    /// Frees the sockets that ended. Handlers may end the very socket they run for, so nothing is freed before the
    /// shard says that no handler is running.
    void collect();

    [[nodiscard]] hub_config const& config() const noexcept { return config_; }
    [[nodiscard]] std::uint32_t shard() const noexcept { return shard_; }
    [[nodiscard]] place here() const noexcept { return {config_.node, shard_}; }
    [[nodiscard]] moment now() const { return clock_.now(); }
    [[nodiscard]] timer_wheel& timers() const noexcept { return timers_; }
    [[nodiscard]] adapter& others() const noexcept { return others_; }
    [[nodiscard]] room_watcher* watcher() const noexcept { return watcher_; }
    [[nodiscard]] encoder const& encoding() const noexcept { return encoder_; }
    [[nodiscard]] recovery_keeper& recovery() noexcept { return recovery_; }
    /// Of the next broadcast of this hub.
    [[nodiscard]] std::uint64_t next_serial() noexcept { return ++serial_; }
    /// Throws std::length_error when an event has more attachments than clients accept.
    void require_sendable(std::span<std::string const> attachments) const;

private:
    friend class admission;
    friend class client;
    friend class nsp;
    friend class socket;

    struct slot {
        socket* holds = nullptr;
        std::uint64_t generation = 0;
    };
    struct parent {
        name_matcher matches;
        std::unique_ptr<nsp> handlers;
    };

    /// Logs the event, unless it is volatile, and encodes it with its offset. REQUIRES: recovery is on.
    [[nodiscard]] encoded_packet encode_with_offset(broadcast_ptr what);
    [[nodiscard]] encoded_packet encode(broadcast const& what, std::string_view offset) const;
    [[nodiscard]] nsp* nsp_for_connect(std::string_view name, std::string_view auth);
    void enlist(socket& s);
    void retire(std::unique_ptr<socket> s);

    // given
    std::uint32_t const shard_;
    hub_config const config_;
    adapter& others_;
    room_watcher* const watcher_;
    timer_wheel& timers_;
    clock_source const& clock_;
    encoder const& encoder_;
    // owned
    recovery_keeper recovery_;
    std::unordered_map<std::string, std::unique_ptr<nsp>, text_hash, std::equal_to<>> nsps_;
    std::vector<parent> parents_;
    std::vector<std::unique_ptr<socket>> ended_;
    std::vector<std::unique_ptr<nsp>> left_nsps_; ///< empty dynamic ones, freed with the sockets
    // state
    std::vector<slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::unordered_map<std::string, socket_ref> live_pids_; ///< only with recovery
    std::uint64_t next_generation_ = 1;
    std::uint64_t serial_ = 0;
    cluster_offset reached_; ///< only where the adapter keeps the sessions
    std::uint64_t broadcasts_ = 0;
    std::size_t live_ = 0;
    std::size_t dynamic_ = 0;
};

} // namespace ringback::socketio
