// A chat on any number of processes: start it several times, on several ports, with the same Redis.
//
//     cluster_chat --redis URL [--port N]
//
// A client says `join name`, then `say text`, which all others get as `said name text`. `who` is answered with the
// names of all, wherever they are. A process of Node.js with @socket.io/redis-adapter may be one of them.
#include "base/log.hpp"
#include "ringback/redis.hpp"
#include "ringback/socketio.hpp"

#include <cstdlib>
#include <string>
#include <string_view>

using namespace ringback;
namespace sio = ringback::socketio;

namespace {

std::string name_of(std::string_view data) {
    return sio::string_value(sio::find_member(data, "name").value_or("")).value_or("");
}

void join(sio::socket& s, sio::event const& e) {
    s.set_data(sio::object("name", sio::string_value(e.first_arg()).value_or("nobody")).text);
    s.join("chat");
    // Answered when the others, too, know that this process has somebody in the room.
    s.of().when_joined([who = s.handle(), id = e.ack_id] {
        if (auto* still = who.get()) still->acknowledge(id);
    });
}

void say(sio::socket& s, sio::event const& e) {
    s.to("chat").emit("said", sio::arguments(name_of(s.data()), sio::json_text{std::string{e.first_arg()}}));
}

void who(sio::socket& s, sio::event const& e) {
    s.of().in("chat").fetch_sockets([asker = s.handle(), id = e.ack_id](std::vector<sio::socket_description> found) {
        std::vector<std::string> names;
        for (auto const& one : found)
            names.push_back(name_of(one.data));
        if (auto* still = asker.get()) still->acknowledge(id, sio::arguments(names));
    });
}

void serve(std::string_view url, std::uint16_t port) {
    auto redis = redis::parse_url(url);
    if (!redis) throw std::invalid_argument{redis.error()};
    net::server server{{.listen = {{"127.0.0.1", port}}}};
    net::socketio_server io{server, {}, machine_clock(), [&](sio::shard_adapter::poster post) {
                                return bus::make_classic_adapter(std::move(post), server.at(0).loop().get_executor(),
                                                                 *redis);
                            }};
    io.set_up([](sio::hub& hub) { hub.of("/").on("join", join).on("say", say).on("who", who); });
    net::end_signals ends;
    server.start();
    spdlog::info("listening on port {}", server.bound()[0].port);
    (void)ends.wait();
    server.stop();
}

} // namespace

int main(int argc, char** argv) {
    start_logging("info", log_format::text);
    std::string_view url;
    std::uint16_t port = 3000;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (argv[i] == std::string_view{"--redis"}) url = argv[i + 1];
        if (argv[i] == std::string_view{"--port"}) port = static_cast<std::uint16_t>(std::atoi(argv[i + 1]));
    }
    try {
        serve(url, port);
    } catch (std::exception const& e) {
        spdlog::error("{}", e.what());
        return 1;
    }
}
