// The classic: a chat with its page, in one process.
//
//     chat_server FOLDER [--host ADDRESS] [--port N] [--shards N]
//
// FOLDER is this one, examples/chat, after `npm install` in it: there are the page and the official client.
#include "chat.hpp"

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <optional>
#include <string_view>

using namespace ringback;

namespace {

struct options {
    std::filesystem::path folder;
    net::endpoint at{"127.0.0.1", 3000};
    std::uint32_t shards = 1;
};

/// nullopt when it makes no sense.
std::optional<options> read_options(std::span<char*> words) {
    options o;
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string_view word = words[i];
        if (!word.starts_with("--")) {
            o.folder = word;
            continue;
        }
        if (++i == words.size()) return std::nullopt;
        if (word == "--host")
            o.at.host = words[i];
        else if (word == "--port")
            o.at.port = static_cast<std::uint16_t>(std::atoi(words[i]));
        else if (word == "--shards")
            o.shards = static_cast<std::uint32_t>(std::atoi(words[i]));
        else
            return std::nullopt;
    }
    if (o.folder.empty() || o.shards == 0) return std::nullopt;
    return o;
}

void serve(options const& o) {
    net::server server{{.listen = {o.at}, .shards = o.shards}};
    net::http_headers policy{{"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; "
                                                         "img-src 'self'; connect-src 'self'; base-uri 'none'"}};
    net::add_static_files(server.routes(), o.folder / "page", policy);
    net::add_static_file(server.routes(), "/socket.io-client.js",
                         o.folder / "node_modules/socket.io-client/dist/socket.io.esm.min.js");

    chat::chat_room room;
    net::socketio_server io{server, {.recovery = {.window = std::chrono::minutes{2}}}};
    io.set_up([&](socketio::hub& hub) { room.set_up(hub); });

    net::end_signals ends;
    server.start();
    spdlog::info("listening on port {}", server.bound()[0].port);
    (void)ends.wait();
    server.stop();
}

} // namespace

int main(int argc, char** argv) {
    start_logging("info", log_format::text);
    auto chosen = read_options({argv + 1, argv + argc});
    if (!chosen) {
        spdlog::error("usage: chat_server FOLDER [--host ADDRESS] [--port N] [--shards N]");
        return 2;
    }
    try {
        serve(*chosen);
    } catch (std::exception const& e) {
        spdlog::error("{}", e.what());
        return 1;
    }
}
