// What the clients in this folder, and those of tests/e2e that are not the current official one, talk to.
//
//     interop_server [--port N] [--eio3] [--msgpack] [--recovery MS]
//
// It writes `listening on port N` to its standard output. With --eio3 it serves Socket.IO 2.x clients too, with
// --msgpack those of socket.io-msgpack-parser instead of the default ones, with --recovery a lost connection can be
// recovered for that long, and events are logged for twice as long. Two shards, so that what crosses threads in a real
// server does so here.
//
// The namespaces: `/` and `/quiet` are open, `/guarded` wants {"token":"open sesame"} as auth and refuses others with
// "not authorized" and {"code":401,"hint":"ask at the door"}. All but `/quiet` greet: `welcome` {"nsp","auth"}.
// Everywhere:
//
//     echo …             → `echoed` …, or the same as acknowledgement when one is asked for
//     weigh …            → acknowledged with the sizes of the attachments and the sum of all their bytes
//     types              → `types` with one argument of each JSON type
//     binary             → `binary` {"first":<1 2 3>,"list":[<>,{"deep":<0…255>}]}, "tail"
//     ask …              → `question` … with an acknowledgement wanted, then `answered` with what that was
//     join room          → acknowledged
//     say {event, args, room?, volatile?} → the event to the namespace or the room; then acknowledged
//     leave me           → the server ends the namespace: no client may come back by itself
//     cut me             → the server closes the transport: every client has to come back
#include "base/clock.hpp"
#include "base/json_text.hpp"
#include "base/log.hpp"
#include "net/server.hpp"
#include "net/socketio_server.hpp"
#include "socketio/json_value.hpp"
#include "socketio/json_view.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>
#include <string_view>

using namespace ringback;
using namespace std::chrono_literals;
using socketio::event;

namespace {

constexpr std::string_view one_of_each_type =
    R"(42,-7,0.5,"héllo, 你好, 🚀 \"quoted\"\n",true,false,null,[1,["two",null]],{"key":{"nested":[{}]},"":"no key"})";

void acknowledge(socketio::socket& s, event const& e, std::string_view args = {}) {
    if (e.ack_id) s.acknowledge(*e.ack_id, args);
}

void welcome(socketio::socket& s) {
    s.emit("welcome", fmt::format(R"({{"nsp":{},"auth":{}}})", json_string(s.of().name()), s.auth()));
}

void check_token(socketio::socket& s, socketio::admission decide) {
    auto token = socketio::find_member(s.auth(), "token");
    if (token && socketio::string_value(*token) == "open sesame") return decide.accept();
    decide.refuse("not authorized", R"({"code":401,"hint":"ask at the door"})");
}

void echo(socketio::socket& s, event const& e) {
    if (e.ack_id) return s.acknowledge(*e.ack_id, e.args, e.attachments);
    s.emit("echoed", e.args, e.attachments);
}

void weigh(socketio::socket& s, event const& e) {
    std::string sizes;
    std::uint64_t sum = 0;
    for (std::string const& bytes : e.attachments) {
        sizes += fmt::format("{}{}", sizes.empty() ? "" : ",", bytes.size());
        for (char byte : bytes)
            sum += static_cast<unsigned char>(byte);
    }
    acknowledge(s, e, fmt::format("[{}],{}", sizes, sum));
}

void send_binary(socketio::socket& s, event const&) {
    std::string every_byte(256, '\0');
    std::iota(every_byte.begin(), every_byte.end(), '\0');
    std::vector<std::string> attachments{{1, 2, 3}, {}, every_byte};
    s.emit("binary",
           R"({"first":{"_placeholder":true,"num":0},"list":[{"_placeholder":true,"num":1},)"
           R"({"deep":{"_placeholder":true,"num":2}}]},"tail")",
           attachments);
}

void ask(socketio::socket& s, event const& e) {
    auto tell = [who = s.handle()](auto answer) {
        socketio::socket* asked = who.get();
        if (!asked) return;
        if (answer) return asked->emit("answered", answer->args, answer->attachments);
        asked->emit("answered", "\"no answer\"");
    };
    s.emit_with_ack("question", e.args, std::move(tell), 0ms, e.attachments);
}

void say(socketio::socket& s, event const& e) {
    auto text_of = [&](std::string_view key) {
        return socketio::string_value(socketio::find_member(e.first_arg(), key).value_or("")).value_or("");
    };
    std::string_view args = socketio::find_member(e.first_arg(), "args").value_or("[]");
    std::string room = text_of("room");
    auto to = room.empty() ? s.of().all() : s.of().to(room);
    if (socketio::find_member(e.first_arg(), "volatile") == "true") to.as_volatile();
    to.emit(text_of("event"), args.substr(1, args.size() - 2));
    acknowledge(s, e);
}

void serve(socketio::nsp& where) {
    where.on("echo", echo).on("weigh", weigh).on("binary", send_binary).on("ask", ask).on("say", say);
    where.on("types", [](socketio::socket& s, event const&) { s.emit("types", one_of_each_type); });
    where.on("join", [](socketio::socket& s, event const& e) {
        s.join(socketio::string_value(e.first_arg()).value_or(""));
        acknowledge(s, e);
    });
    where.on("leave me", [](socketio::socket& s, event const&) { s.disconnect(); });
    where.on("cut me", [](socketio::socket& s, event const&) { s.drop(engineio::close_reason::forced_server_close); });
}

void set_up(socketio::hub& hub) {
    for (std::string_view name : {"/", "/guarded", "/quiet"})
        serve(hub.of(name));
    hub.of("/").on_connection(welcome);
    hub.of("/guarded").use(check_token).on_connection(welcome);
}

} // namespace

int main(int argc, char** argv) {
    start_logging("info", log_format::text);
    net::server_config config;
    socketio::hub_config sockets;
    config.listen = {{"127.0.0.1", 0}};
    config.shards = 2;
    // Several heartbeats pass during a test; a client that answers none is noticed within a few seconds.
    config.engine.ping_interval = 500ms;
    config.engine.ping_timeout = 5s;
    for (int i = 1; i < argc; ++i) {
        std::string_view option = argv[i];
        if (option == "--eio3") config.engine.allow_eio3 = true;
        if (option == "--msgpack") sockets.parser = socketio::parser::msgpack;
        if (option == "--recovery" && i + 1 < argc)
            sockets.recovery.window = sockets.recovery.unnoticed = std::chrono::milliseconds{std::atoi(argv[++i])};
        if (option == "--port" && i + 1 < argc)
            config.listen[0].port = static_cast<std::uint16_t>(std::atoi(argv[++i]));
    }

    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);

    system_clock_source clock;
    net::server server{config, clock};
    net::socketio_server io{server, sockets, clock};
    io.set_up(set_up);
    server.start();
    fmt::print("listening on port {}\n", server.bound()[0].port);
    std::fflush(stdout);
    int signal;
    sigwait(&ends, &signal);
    server.stop();
}
