// Serves what the public Engine.IO and Socket.IO protocol suites expect of the server under test: the reference
// configuration at the end of each protocol document.
//
//     conformance_server [--port N] [--engine] [--eio3] [--msgpack] [--deflate] [--tls CERTIFICATE KEY]
//                        [--client-suite] [--recovery] [--calm] [--shards N]
//
// With --engine a bare Engine.IO echo below /engine.io/, else Socket.IO below /socket.io/. With --eio3 it serves
// clients of Engine.IO v3 too, with --msgpack those of socket.io-msgpack-parser only; with --deflate it compresses
// WebSocket messages for clients that offer it. With --client-suite it is the server that the official clients' own
// tests want beside them. With --tls it speaks HTTPS and WSS. --recovery turns connection state recovery on, --calm
// pings that a crowd of clients can answer.
#include "base/clock.hpp"
#include "base/log.hpp"
#include "client_suite.hpp"
#include "engine_fixtures.hpp"
#include "net/server.hpp"
#include "net/socketio_server.hpp"
#include "socketio/task.hpp"

#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace ringback;
using namespace std::chrono_literals;

namespace {

void serve_events(socketio::hub& hub) {
    auto greet = [](socketio::socket& s) { s.emit("auth", s.auth()); };
    hub.of("/")
        .on_connection(greet)
        .on("message",
            [](socketio::socket& s, socketio::event const& e) { s.emit("message-back", e.args, e.attachments); })
        .on("message-with-ack",
            [](socketio::socket& s, socketio::event const& e) {
                if (e.ack_id) s.acknowledge(*e.ack_id, e.args, e.attachments);
            })
        .on("broadcast",
            [](socketio::socket& s, socketio::event const& e) { s.of().emit("broadcast", e.args, e.attachments); })
        .on("emit-with-ack", [](socketio::socket& s, socketio::event const& e) -> socketio::task {
            auto who = s.handle();
            auto answer = co_await who.ask("emit-with-ack", {e.args, e.attachments});
            if (auto* still = who.get(); still && answer)
                still->emit("emit-with-ack", answer->args, answer->attachments);
        });
    hub.of("/custom").on_connection(greet);
}

} // namespace

int main(int argc, char** argv) {
    start_logging("info", log_format::text);
    bool engine_only = false, client_suite = false;
    net::server_config config;
    socketio::hub_config sockets;
    config.listen = {{"127.0.0.1", 3000}};
    config.engine.ping_interval = 300ms;
    config.engine.ping_timeout = 200ms;
    config.engine.cors.origins = {"*"};
    sockets.connect_timeout = 1s;
    sockets.ack_timeout = 200ms;
    for (int i = 1; i < argc; ++i) {
        if (argv[i] == std::string_view{"--engine"}) engine_only = true;
        if (argv[i] == std::string_view{"--eio3"}) config.engine.allow_eio3 = true;
        if (argv[i] == std::string_view{"--msgpack"}) sockets.parser = socketio::parser::msgpack;
        if (argv[i] == std::string_view{"--recovery"}) sockets.recovery.window = 2min;
        if (argv[i] == std::string_view{"--calm"}) config.engine.ping_interval = 4s, config.engine.ping_timeout = 8s;
        if (argv[i] == std::string_view{"--shards"} && i + 1 < argc)
            config.shards = static_cast<std::uint32_t>(std::atoi(argv[++i]));
        if (argv[i] == std::string_view{"--deflate"}) config.engine.per_message_deflate.emplace();
        if (argv[i] == std::string_view{"--client-suite"}) client_suite = true;
        if (argv[i] == std::string_view{"--tls"} && i + 2 < argc) {
            config.tls = {argv[i + 1], argv[i + 2]};
            i += 2;
        }
        if (argv[i] == std::string_view{"--port"} && i + 1 < argc)
            config.listen[0].port = static_cast<std::uint16_t>(std::atoi(argv[++i]));
    }
    if (engine_only) config.engine.path = "/engine.io/";
    if (client_suite && engine_only)
        conformance::configure_engine_client_suite(config);
    else if (client_suite)
        conformance::configure_client_suite(config, sockets);

    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);

    system_clock_source clock;
    net::server server{config, clock};
    net::socketio_server io{server, sockets, clock};
    if (engine_only && client_suite) {
        conformance::serve_engine_client_suite(server);
    } else if (engine_only) {
        conformance::serve_engine_echo(server);
    } else if (client_suite) {
        conformance::delay_handshakes(server);
        io.set_up(conformance::serve_client_suite);
    } else {
        io.set_up(serve_events);
    }
    server.start();
    spdlog::info("listening on port {}", server.bound()[0].port);
    int signal;
    sigwait(&ends, &signal);
    server.stop();
}
