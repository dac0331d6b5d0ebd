#pragma once

#include "base/clock.hpp"
#include "engineio/connection.hpp"
#include "socketio/binary_assembler.hpp"
#include "socketio/disconnect_reason.hpp"
#include "socketio/encoder.hpp"
#include "socketio/packet.hpp"
#include "socketio/recovery.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::socketio {

class hub;
class nsp;
class socket;

/// The Socket.IO side of one Engine.IO session: takes its messages apart and holds its sockets, one per namespace that
/// it joined. The owner of the session calls in; nothing here ever destroys it.
class client final : public engineio::session_handler {
public:
    client(hub& owner, engineio::connection& below, mono_time now);
    client(client const&) = delete;
    client& operator=(client const&) = delete;
    ~client() override;

    void on_text(std::string_view packet) override;
    void on_binary(std::string_view attachment) override;
    void on_closed(engineio::close_reason why, moment lost_at) override;
    /// When a client that has joined no namespace is closed.
    [[nodiscard]] mono_time deadline() const override;
    void on_deadline(mono_time now) override;

    [[nodiscard]] engineio::connection& connection() const noexcept { return below_; }
    [[nodiscard]] hub& owner() const noexcept { return hub_; }

private:
    friend class admission;
    friend class hub;
    friend class socket;

    void dispatch(packet_view const& packet, std::span<std::string const> attachments);
    void on_packet(packet_view packet, std::span<std::string const> attachments);
    void on_connect(std::string_view nsp, std::string_view auth);
    void run_middleware(socket& s, std::size_t index);
    void admit(socket& s);
    void welcome(socket& s);
    void refuse(socket& s, std::string_view message, std::string_view data);
    void dismiss(socket& s);
    void dismiss_all();
    void end(socket& s, disconnect_reason why, moment lost_at);
    void leave(socket& s);
    [[nodiscard]] socket* in(nsp const* which) const noexcept;
    void send(encoded_packet const& packet);
    void reject_connection();
    /// Socket.IO 2.x, whose Engine.IO is v3: `/` is joined without asking, and some packets look different.
    [[nodiscard]] bool is_legacy() const;
    [[nodiscard]] encoder const& encoding() const;
    // client_recovery.cpp
    void read_claim(socket& s);
    void recover(socket& s);
    [[nodiscard]] static bool may_continue(socket& s, std::string_view data);
    [[nodiscard]] static lost_session settle(hub& at, std::string const& nsp, log_position began,
                                             recovered_session session);
    [[nodiscard]] static lost_session continued_from(std::string const& nsp, recovered_session& session);
    void resume(socket& s, lost_session session, std::vector<broadcast_ptr> const& missed);
    void open_session(socket& s);
    void close_session(socket& s, disconnect_reason why);

    // given
    hub& hub_;
    engineio::connection& below_;
    // owned
    std::vector<std::unique_ptr<socket>> sockets_;
    binary_assembler assembler_;
    // state
    std::vector<std::string> left_; ///< namespaces that we closed: what was on its way then is dropped, not punished
    mono_time connect_deadline_;
    bool joined_ = false;
    bool closed_ = false;
};

} // namespace ringback::socketio
