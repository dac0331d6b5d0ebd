#pragma once

#include "engineio/request.hpp"
#include "engineio/sid.hpp"
#include "net/engine_session.hpp"
#include "net/handshake_limiter.hpp"
#include "net/http_message.hpp"
#include "net/mailbox.hpp"
#include "net/socket_channel.hpp"
#include "net/socket_poller.hpp"

#include <cstdint>
#include <expected>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace ringback::net {

class shard;
struct shard_figures;

/// What a request without sid brings along once it was let in.
struct admission {
    handshake_limiter::ticket ticket;
    http_headers headers; ///< for the answer to the handshake
};

/// A WebSocket opening handshake that HTTP has checked (RFC 6455 section 4.2.1) and whose connection it gave away.
struct websocket_request {
    socket_channel connection;
    std::string accept_key;   ///< the value of Sec-WebSocket-Accept
    std::string protocol;     ///< to be echoed in Sec-WebSocket-Protocol; empty: none
    std::string bytes_behind; ///< read together with the request
    engineio::request_query query;
    engineio::request_facts facts; ///< its origin points into `opening`
    engineio::opening_request opening;
    admission admitted;
};

/// The Engine.IO sessions of one shard. Requests for a session come here whatever shard their connection is on: the sid
/// names the owner, and who accepted the request posts it to the owner's mailbox. On the shard's thread only.
class engine {
public:
    explicit engine(shard& on);
    engine(engine const&) = delete;
    engine& operator=(engine const&) = delete;
    ~engine();

    /// A GET: a handshake or a poll. `poll_id` is chosen by the caller and names this request in poll_aborted().
    /// `admitted` belongs to a handshake.
    void get(http_request const& request, engineio::request_query const& query, std::uint64_t poll_id,
             reply_handler reply, admission admitted);
    /// The connection of a poll has ended before its answer.
    void poll_aborted(engineio::session_id const& sid, std::uint64_t poll_id);

    /// The head of a POST came: read its body, or answer with `refusal`. `reset` ends the connection that it is on; it
    /// is called when a second POST comes meanwhile.
    enum class post_start { read_body, refused };
    [[nodiscard]] post_start begin_post(engineio::request_facts const& facts, engineio::request_query const& query,
                                        task reset, http_reply& refusal);
    /// A part of the body came.
    void heard(engineio::session_id const& sid);
    void post(engineio::session_id const& sid, engineio::opening_request const& head, std::string_view body,
              engineio::payload_form form, reply_handler reply);
    /// The body did not come whole, or was too large.
    void post_failed(engineio::session_id const& sid, engineio::request_end how);

    /// Other methods: always an error.
    [[nodiscard]] http_reply refuse(engineio::request_facts const& facts, engineio::request_query const& query) const;

    void websocket(websocket_request request);

    [[nodiscard]] std::size_t session_count() const noexcept { return sessions_.size(); }
    /// Ends up to so many sessions; what waits for the next poll of one may still be fetched. False: all were asked.
    [[nodiscard]] bool retire_some(std::size_t most);
    /// Ends those that were asked and have not been polled since.
    void end_retired();
    /// Ends every session, without telling clients to stay away.
    void close_all();

    // For sessions.
    [[nodiscard]] shard& home() noexcept { return shard_; }
    [[nodiscard]] timer_wheel& wheel() noexcept;
    [[nodiscard]] shard_figures& figures() noexcept;
    void touch(engine_session& s);  ///< has something to flush, to say or to end with this turn
    void forget(engine_session& s); ///< its sid is void; it is destroyed when the turn ends
    void dispose(std::unique_ptr<websocket_transport> transport);
    void linger(std::unique_ptr<websocket_transport> transport);
    [[nodiscard]] std::unique_ptr<websocket_transport> adopt(socket_channel connection, websocket_transport::owner& who,
                                                             std::optional<websocket::deflate_terms> deflate);
    void end_turn();
    /// The head of the POST that this session's messages are being read from; nullptr when there is none.
    [[nodiscard]] engineio::opening_request const* carrier_for(engine_session const& s) const noexcept {
        return carried_ == &s ? carrier_ : nullptr;
    }

private:
    class lingering;
    class pausing;

    [[nodiscard]] engine_session* find(std::string_view sid) const;
    [[nodiscard]] std::expected<engineio::request_step, engineio::refusal>
    verify(engineio::request_facts const& facts, engineio::request_query const& query, engine_session* named) const;
    void open_websocket(websocket_request request, std::optional<websocket::deflate_terms> deflate);
    engine_session& open(engineio::opening_request opening, engineio::request_query const& query,
                         engineio::transport_kind on, handshake_limiter::ticket ticket);

    // given
    shard& shard_;
    // owned
    std::vector<char> read_buffer_;
    socket_poller poller_;
    std::optional<websocket::deflate_pool> deflate_;
    std::unordered_map<engineio::session_id, std::unique_ptr<engine_session>> sessions_;
    std::list<lingering> lingering_;
    std::list<pausing> pausing_;
    std::vector<std::unique_ptr<engine_session>> ended_sessions_;
    std::vector<std::unique_ptr<websocket_transport>> ended_transports_;
    // state
    std::vector<engine_session*> touched_;
    engine_session const* carried_ = nullptr;
    engineio::opening_request const* carrier_ = nullptr;
};

} // namespace ringback::net
