#include "stand_in_server.hpp"

#include "io/as_result.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <chrono>
#include <future>
#include <utility>

namespace ringback::test {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using io::as_result;

stand_in_server::stand_in_server(listening when, std::shared_ptr<asio::ssl::context> tls) : tls_{std::move(tls)} {
    tcp::endpoint here{asio::ip::address_v4::loopback(), 0};
    acceptor_.open(here.protocol());
    acceptor_.bind(here);
    port_ = acceptor_.local_endpoint().port();
    thread_ = std::thread{[this] {
        auto work = asio::make_work_guard(loop_);
        loop_.run();
    }};
    if (when == listening::now) listen();
}

stand_in_server::~stand_in_server() {
    on_loop([this] {
        acceptor_.close();
        for (auto const& each : connections_)
            each->close();
    });
    // Once more around, for what the closed sockets' coroutines have left to do.
    on_loop([this] { loop_.stop(); });
    thread_.join();
}

void stand_in_server::on_loop(std::function<void()> what) {
    std::promise<void> done;
    asio::post(loop_, [&] {
        what();
        done.set_value();
    });
    done.get_future().wait();
}

void stand_in_server::listen() {
    on_loop([this] {
        acceptor_.listen();
        asio::co_spawn(loop_, accept(), asio::detached);
    });
}

void stand_in_server::script(std::deque<scripted_reply> replies) {
    std::lock_guard lock{mutex_};
    script_ = std::move(replies);
}

void stand_in_server::script_rooms(scripted_reply reply) {
    std::lock_guard lock{mutex_};
    rooms_ = std::move(reply);
}

bool stand_in_server::gets(std::size_t count) {
    std::unique_lock lock{mutex_};
    return came_.wait_for(lock, std::chrono::seconds{20}, [&] { return requests_.size() >= count; });
}

std::vector<seen_request> stand_in_server::requests() {
    std::lock_guard lock{mutex_};
    return requests_;
}

std::vector<seen_request> stand_in_server::sweeps() {
    std::lock_guard lock{mutex_};
    return sweeps_;
}

std::vector<std::string> stand_in_server::server_names() {
    std::lock_guard lock{mutex_};
    return server_names_;
}

scripted_reply stand_in_server::take_request(seen_request request, int& connection) {
    std::lock_guard lock{mutex_};
    if (request.target.ends_with("/ListRooms")) {
        sweeps_.push_back(std::move(request));
        return rooms_;
    }
    if (connection == 0) connection = ++numbered_;
    request.connection = connection;
    requests_.push_back(std::move(request));
    came_.notify_all();
    if (script_.empty()) return {};
    auto reply = std::move(script_.front());
    script_.pop_front();
    return reply;
}

asio::awaitable<void> stand_in_server::accept() {
    for (;;) {
        auto [ec, accepted] = co_await acceptor_.async_accept(as_result);
        if (ec) co_return;
        auto socket = std::make_shared<tcp_socket>(std::move(accepted));
        connections_.insert(socket);
        if (tls_)
            asio::co_spawn(loop_, serve_tls(socket), asio::detached);
        else
            asio::co_spawn(loop_, serve_plain(socket), asio::detached);
    }
}

asio::awaitable<void> stand_in_server::serve_plain(std::shared_ptr<tcp_socket> socket) {
    co_await serve(*socket);
    connections_.erase(socket);
}

asio::awaitable<void> stand_in_server::serve_tls(std::shared_ptr<tcp_socket> socket) {
    asio::ssl::stream<tcp_socket&> stream{*socket, *tls_};
    auto [ec] = co_await stream.async_handshake(asio::ssl::stream_base::server, as_result);
    if (!ec) {
        if (auto const* name = SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name)) {
            std::lock_guard lock{mutex_};
            server_names_.emplace_back(name);
        }
        co_await serve(stream);
    }
    connections_.erase(socket);
}

template <class Stream>
asio::awaitable<void> stand_in_server::serve(Stream& stream) {
    boost::beast::flat_buffer buffer;
    int number = 0; // none yet
    for (;;) {
        http::request<http::string_body> request;
        auto [ec, n] = co_await http::async_read(stream, buffer, request, as_result);
        if (ec) co_return;
        auto field = [&](http::field name) { return std::string{request[name]}; };
        seen_request seen{0,
                          std::string{request.method_string()},
                          std::string{request.target()},
                          field(http::field::host),
                          field(http::field::authorization),
                          field(http::field::content_type),
                          request.body()};
        auto reply = take_request(std::move(seen), number);
        if (reply.how == scripted_reply::manner::hang_up) co_return;
        if (reply.how == scripted_reply::manner::silence) continue; // the next read ends when the client hangs up
        http::response<http::string_body> response{static_cast<http::status>(reply.status), 11};
        response.set(http::field::content_type, "application/json");
        response.body() = reply.body;
        response.prepare_payload();
        auto [write_failure, written] = co_await http::async_write(stream, response, as_result);
        if (write_failure || reply.how == scripted_reply::manner::answer_and_hang_up) co_return;
    }
}

} // namespace ringback::test
