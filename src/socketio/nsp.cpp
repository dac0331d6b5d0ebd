#include "socketio/nsp.hpp"

#include "socketio/hub.hpp"

#include <utility>

namespace ringback::socketio {

nsp::nsp(hub& owner, std::string name) : hub_{owner}, name_{std::move(name)} {}

nsp& nsp::use(middleware check) {
    middlewares_.push_back(std::move(check));
    return *this;
}

nsp& nsp::may_recover(recovery_check check) {
    may_recover_ = std::move(check);
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
    listeners_.add(std::move(event), std::move(handler));
    return *this;
}

nsp& nsp::on_any(event_handler handler) {
    listeners_.add_for_any(std::move(handler));
    return *this;
}

nsp& nsp::on_unhandled(event_handler handler) {
    on_unhandled_ = std::move(handler);
    return *this;
}

nsp& nsp::on_server_side(std::string event, server_event_handler handler) {
    server_handlers_.insert_or_assign(std::move(event), std::move(handler));
    return *this;
}

void nsp::server_side_emit(std::string event, std::string args, server_answers_handler then) {
    hub_.others().server_side_emit(hub_, name_, std::move(event), std::move(args), std::move(then));
}

void nsp::when_joined(std::move_only_function<void()> then) { hub_.others().when_joined(hub_, std::move(then)); }

void nsp::inherit(nsp const& parent) {
    middlewares_ = parent.middlewares_;
    may_recover_ = parent.may_recover_;
    on_connection_ = parent.on_connection_;
    on_disconnect_ = parent.on_disconnect_;
    listeners_ = parent.listeners_;
    on_unhandled_ = parent.on_unhandled_;
    server_handlers_ = parent.server_handlers_;
    is_dynamic_ = true;
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
