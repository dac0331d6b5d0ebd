// Serves what the public Engine.IO and Socket.IO protocol suites expect of the server under test: the reference
// configuration at the end of each protocol document.
//
//     conformance_server [--port N] [--engine] [--eio3] [--deflate]
//
// With --engine a bare Engine.IO echo below /engine.io/, else Socket.IO below /socket.io/. With --eio3 it serves
// clients of Engine.IO v3 too; with --deflate it compresses WebSocket messages for clients that offer it.
#include "base/clock.hpp"
#include "base/log.hpp"
#include "net/server.hpp"
#include "net/socketio_server.hpp"

#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace ringback;
using namespace std::chrono_literals;

namespace {

class echo final : public engineio::session_handler {
public:
    explicit echo(engineio::connection& session) : session_{session} {}
    void on_text(std::string_view message) override {
        session_.send(websocket::make_frame(websocket::opcode::text, "4" + std::string{message}));
    }
    void on_binary(std::string_view message) override {
        session_.send(websocket::make_frame(websocket::opcode::binary, message));
    }
    void on_closed(engineio::close_reason, moment) override {}
    [[nodiscard]] mono_time deadline() const override { return mono_time::max(); }
    void on_deadline(mono_time) override {}

private:
    engineio::connection& session_;
};

void serve_events(socketio::hub& hub) {
    auto greet = [](socketio::socket& s) { s.emit("auth", s.auth()); };
    hub.of("/")
        .on_connection(greet)
        .on("message",
            [](socketio::socket& s, socketio::event const& e) { s.emit("message-back", e.args, e.attachments); })
        .on("message-with-ack", [](socketio::socket& s, socketio::event const& e) {
            if (e.ack_id) s.acknowledge(*e.ack_id, e.args, e.attachments);
        });
    hub.of("/custom").on_connection(greet);
}

} // namespace

int main(int argc, char** argv) {
    start_logging("info", log_format::text);
    bool engine_only = false;
    net::server_config config;
    config.listen = {{"127.0.0.1", 3000}};
    for (int i = 1; i < argc; ++i) {
        if (argv[i] == std::string_view{"--engine"}) engine_only = true;
        if (argv[i] == std::string_view{"--eio3"}) config.engine.allow_eio3 = true;
        if (argv[i] == std::string_view{"--deflate"}) config.engine.per_message_deflate.emplace();
        if (argv[i] == std::string_view{"--port"} && i + 1 < argc)
            config.listen[0].port = static_cast<std::uint16_t>(std::atoi(argv[++i]));
    }
    config.engine.ping_interval = 300ms;
    config.engine.ping_timeout = 200ms;
    config.engine.cors.origins = {"*"};
    if (engine_only) config.engine.path = "/engine.io/";

    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);

    system_clock_source clock;
    net::server server{config, clock};
    socketio::hub_config sockets;
    sockets.connect_timeout = 1s;
    net::socketio_server io{server, sockets, clock};
    io.set_up(serve_events);
    for (std::uint32_t i = 0; i < server.size(); ++i) {
        if (engine_only)
            server.at(i).set_session_factory([](engineio::connection& c) { return std::make_unique<echo>(c); });
    }
    server.start();
    spdlog::info("listening on port {}", server.bound()[0].port);
    int signal;
    sigwait(&ends, &signal);
    server.stop();
}
