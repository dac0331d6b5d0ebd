#include "net/socketio_server.hpp"

#include "socketio/client.hpp"

namespace ringback::net {

socketio_server::socketio_server(server& below, socketio::hub_config const& config, clock_source const& clock)
    : server_{below} {
    for (std::uint32_t i = 0; i < below.size(); ++i) {
        shard& on = below.at(i);
        hubs_.push_back(std::make_unique<socketio::hub>(i, config, *this, on.timers(), clock));
        socketio::hub& hub = *hubs_.back();
        on.set_session_factory([&hub](engineio::connection& session) {
            return std::make_unique<socketio::client>(hub, session, hub.now().mono);
        });
        on.on_turn_end([&hub] { hub.collect(); });
    }
}

void socketio_server::broadcast(std::uint32_t from, std::string_view nsp, socketio::audience const& to,
                                websocket::frame_ptr message) {
    hubs_[from]->deliver(nsp, to, message);
    if (hubs_.size() == 1) return;
    auto shared = std::make_shared<std::pair<std::string, socketio::audience>>(nsp, to);
    for (std::uint32_t i = 0; i < hubs_.size(); ++i)
        if (i != from)
            server_.at(i).post(
                [hub = hubs_[i].get(), shared, message] { hub->deliver(shared->first, shared->second, message); });
}

} // namespace ringback::net
