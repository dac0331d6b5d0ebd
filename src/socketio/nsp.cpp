#include "socketio/nsp.hpp"

#include "socketio/client.hpp"
#include "socketio/frames.hpp"
#include "socketio/hub.hpp"

#include <utility>

namespace ringback::socketio {

nsp::nsp(hub& owner, std::string name) : hub_{owner}, name_{std::move(name)} {}

nsp& nsp::use(middleware check) {
    middlewares_.push_back(std::move(check));
    return *this;
}

nsp& nsp::on_connection(socket_handler handler) {
    on_connection_ = std::move(handler);
    return *this;
}

nsp& nsp::on_disconnect(disconnect_handler handler) {
    on_disconnect_ = std::move(handler);
    return *this;
}

nsp& nsp::on(std::string event, event_handler handler) {
    handlers_.insert_or_assign(std::move(event), std::move(handler));
    return *this;
}

nsp& nsp::on_any(event_handler handler) {
    on_any_ = std::move(handler);
    return *this;
}

void nsp::broadcast(audience const& to, std::string_view event, std::string_view args) {
    hub_.others().broadcast(hub_.shard(), name_, to, event_frame(name_, event, args));
}

void nsp::deliver(audience const& to, websocket::frame_ptr const& message) {
    // Who is excluded is marked as served beforehand.
    std::uint64_t mark = ++hub_.broadcasts_;
    auto each = [&](std::string_view name, auto&& visit) {
        if (room const* r = rooms_.find(name))
            for (socket* s : r->members)
                visit(*s);
        else if (socket* one = hub_.find_by_id(name); one && &one->of() == this)
            visit(*one);
    };
    for (std::string const& name : to.except)
        each(name, [&](socket& s) { s.last_broadcast_ = mark; });
    auto serve = [&](socket& s) {
        if (std::exchange(s.last_broadcast_, mark) != mark) s.send(message);
    };
    if (to.rooms.empty())
        for (socket* s : sockets_)
            serve(*s);
    else
        for (std::string const& name : to.rooms)
            each(name, serve);
}

void nsp::add(socket& s) {
    s.at_in_nsp_ = static_cast<std::uint32_t>(sockets_.size());
    sockets_.push_back(&s);
}

void nsp::remove(socket& s) {
    socket* last = sockets_.back();
    sockets_[s.at_in_nsp_] = last;
    last->at_in_nsp_ = s.at_in_nsp_;
    sockets_.pop_back();
}

} // namespace ringback::socketio
