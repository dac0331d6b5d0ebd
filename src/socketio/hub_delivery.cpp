// What an adapter asks of a hub: events, changes and questions for the sockets of an audience on this shard.
#include "socketio/client.hpp"
#include "socketio/hub.hpp"

#include <utility>

namespace ringback::socketio {

/// Calls `each` once for every socket of the audience. It may end sockets and change rooms only where it says so.
template <class Visit>
void nsp::visit(audience const& of, Visit&& each) {
    // Who is excluded is marked as visited beforehand.
    std::uint64_t mark = ++hub_.broadcasts_;
    auto members = [&](std::string_view name, auto&& use) {
        if (room const* r = rooms_.find(name))
            for (socket* s : r->members)
                use(*s);
        else if (socket* one = hub_.find_by_id(name); one && &one->of() == this)
            use(*one);
    };
    for (std::string const& name : of.except)
        members(name, [&](socket& s) { s.last_broadcast_ = mark; });
    auto visit_once = [&](socket& s) {
        if (std::exchange(s.last_broadcast_, mark) != mark) each(s);
    };
    if (of.rooms.empty())
        for (socket* s : sockets_)
            visit_once(*s);
    else
        for (std::string const& name : of.rooms)
            members(name, visit_once);
}

encoded_packet hub::encode_with_offset(broadcast_ptr what) {
    broadcast const& b = *what;
    return encode(b, b.flags.is_volatile ? recovery_.current_offset() : recovery_.record(std::move(what), now().mono));
}

encoded_packet hub::encode(broadcast const& b, std::string_view offset) const {
    std::string args = b.args;
    if (!args.empty()) args += ',';
    args.append("\"").append(offset).append("\""); // base64url, a dot and digits
    return encoder_.event(b.nsp, b.name, {args, b.attachments}, std::nullopt, b.flags.compression());
}

void hub::deliver(broadcast_ptr const& what) {
    if (!what->offset.is_null()) reached_ = what->offset;
    nsp* in = find_nsp(what->nsp);
    if (!in) return;
    if (!recovery_.is_on() || others_.keeps_sessions())
        return in->visit(what->to, [&](socket& s) { s.deliver(*what, what->encoded); });
    recovery_.note_delivered(*what);
    encoded_packet encoded = encode_with_offset(what);
    in->visit(what->to, [&](socket& s) { s.deliver(*what, encoded); });
}

std::size_t hub::deliver_with_ack(broadcast_ptr const& what, std::chrono::milliseconds timeout, ack_visitor each) {
    nsp* in = find_nsp(what->nsp);
    if (!in) return 0;
    auto shared = std::make_shared<ack_visitor>(std::move(each));
    std::size_t asked = 0;
    in->visit(what->to, [&](socket& s) {
        if (!s.is_connected()) return;
        s.await_ack(*what->ack_id, [shared](auto const& answer) { (*shared)(answer); }, timeout);
        s.deliver(*what, what->encoded);
        ++asked;
    });
    return asked;
}

void hub::apply(audience_change const& what) {
    nsp* in = find_nsp(what.nsp);
    if (!in) return;
    std::vector<socket_ref> whom; // rooms and sockets change below
    in->visit(what.to, [&](socket& s) { whom.push_back(s.ref()); });
    for (socket_ref who : whom) {
        socket* s = find(who);
        if (!s) continue;
        switch (what.what) {
        case audience_change::kind::join:
            for (std::string const& room : what.rooms)
                s->join(room);
            break;
        case audience_change::kind::leave:
            for (std::string const& room : what.rooms)
                s->leave(room);
            break;
        case audience_change::kind::disconnect: s->disconnect(); break;
        case audience_change::kind::close_connection: s->disconnect(socket::scope::whole_connection); break;
        }
    }
}

std::vector<socket_description> hub::describe(std::string_view nsp_name, audience const& of) {
    std::vector<socket_description> found;
    if (nsp* in = find_nsp(nsp_name))
        in->visit(of, [&](socket& s) {
            if (s.is_connected()) found.push_back(s.describe());
        });
    return found;
}

std::vector<std::string> hub::list_rooms(std::string_view nsp_name) {
    std::vector<std::string> names;
    if (nsp* in = find_nsp(nsp_name)) {
        in->rooms().visit([&](room const& r) { names.push_back(*r.name); });
        for (socket* s : in->sockets())
            if (!in->rooms().find(s->id())) names.emplace_back(s->id());
    }
    return names;
}

bool hub::handle_server_side(std::string_view nsp_name, std::string_view event, std::string_view args,
                             nsp::server_reply reply) {
    nsp* in = find_nsp(nsp_name);
    if (!in) return false;
    auto handler = in->server_handlers_.find(event);
    if (handler == in->server_handlers_.end()) return false;
    handler->second(args, std::move(reply));
    return true;
}

void hub::lose(recovery_claim const& claim) {
    auto live = live_pids_.find(claim.pid);
    socket* s = live == live_pids_.end() ? nullptr : find(live->second);
    if (!s || s->of().name() != claim.nsp) return;
    client& from = s->client_;
    from.end(*s, {disconnect_reason::origin::transport, engineio::close_reason::transport_close}, now());
    from.connection().close(engineio::close_reason::transport_close);
}

std::optional<recovered_session> hub::take_session(recovery_claim const& claim) {
    lose(claim); // and recovered like any lost one
    return recovery_.take(claim, now().mono);
}

} // namespace ringback::socketio
