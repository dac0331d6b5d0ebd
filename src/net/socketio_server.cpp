#include "net/socketio_server.hpp"

#include "base/log.hpp"
#include "socketio/client.hpp"

namespace ringback::net {
namespace {

void log_task_error(std::exception_ptr const& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (std::exception const& e) {
        spdlog::error("coroutine handler: {}", e.what());
    } catch (...) {
        spdlog::error("coroutine handler: unknown exception");
    }
}

std::unique_ptr<socketio::adapter> join_shards(socketio::shard_adapter::poster post) {
    return std::make_unique<socketio::shard_adapter>(std::move(post));
}

} // namespace

socketio_server::socketio_server(server& below, socketio::hub_config config, clock_source const& clock,
                                 adapter_factory const& join)
    : server_{below},
      adapter_{
          (join ? join : join_shards)([&below](std::uint32_t at, task what) { below.at(at).post(std::move(what)); })} {
    if (!config.on_task_error) config.on_task_error = log_task_error;
    for (std::uint32_t i = 0; i < below.size(); ++i) {
        shard& on = below.at(i);
        hubs_.push_back(std::make_unique<socketio::hub>(i, config, *adapter_, on.timers(), clock));
        socketio::hub& hub = *hubs_.back();
        adapter_->add(hub);
        on.set_session_factory([&hub](engineio::connection& session) {
            return std::make_unique<socketio::client>(hub, session, hub.now().mono);
        });
        on.on_turn_end([&hub] { hub.collect(); });
    }
}

socketio_server::~socketio_server() { server_.stop(); }

} // namespace ringback::net
