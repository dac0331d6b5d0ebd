// Serves Socket.IO with the installed library, talks to it over a socket, and compares the manual's defaults.
#include <boost/asio/ip/tcp.hpp>

#include <iostream>
#include <iterator>
#include <ringback/socketio.hpp>
#include <string>

unsigned wrong_defaults(); // manual.cpp

namespace {

using namespace ringback;

std::string request(std::uint16_t port, std::string const& line, std::string const& body = {}) {
    boost::asio::ip::tcp::iostream peer{"127.0.0.1", std::to_string(port)};
    peer << line << " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " << body.size() << "\r\n\r\n"
         << body << std::flush;
    std::string answer{std::istreambuf_iterator<char>{peer}, {}};
    return answer.substr(answer.find("\r\n\r\n") + 4);
}

std::string echo_over_polling(std::uint16_t port) {
    std::string const target = "/socket.io/?EIO=4&transport=polling";
    std::string opened = request(port, "GET " + target);
    std::string session = target + "&sid=" + opened.substr(opened.find("\"sid\":\"") + 7, 20);
    request(port, "POST " + session, "40");
    request(port, "GET " + session); // the answer to CONNECT
    request(port, "POST " + session, R"(42["echo","hello"])");
    return request(port, "GET " + session);
}

} // namespace

int main() {
    net::server server{{.listen = {{"127.0.0.1", 0}}}};
    net::socketio_server io{server};
    io.set_up([](socketio::hub& hub) {
        hub.of("/").on("echo", [](socketio::socket& s, socketio::event const& e) -> socketio::task {
            auto who = s.handle();
            std::string args{e.args};
            co_await who.wait(std::chrono::milliseconds{1});
            if (auto* still = who.get()) still->emit("echo", args);
        });
    });
    server.start();
    std::string got = echo_over_polling(server.bound()[0].port);
    server.stop();
    std::cout << "received " << got << '\n';
    return got == R"(42["echo","hello"])" && wrong_defaults() == 0 ? 0 : 1;
}
