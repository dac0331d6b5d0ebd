#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace ringback::test {

/// What the stand-in does with one request.
struct scripted_reply {
    enum class manner {
        answer,
        silence,           ///< never an answer; the connection stays
        hang_up,           ///< the connection ends without one
        answer_and_hang_up ///< as a server that is tired of an idle connection: no `Connection: close` foretells it
    };

    unsigned status = 200;
    std::string body = "{}";
    manner how = manner::answer;
};

struct seen_request {
    int connection = 0; ///< 1, 2, … of those that carried a request which counts
    std::string method;
    std::string target;
    std::string host;
    std::string authorization;
    std::string content_type;
    std::string body;
};

/// Takes the place of LiveKit: an HTTP server on a port of 127.0.0.1 that answers as it is told and remembers what it
/// was asked. What a sweep asks of it, which comes when it will, is kept apart. Runs on a thread of its own; everything
/// here may be called from any.
class stand_in_server {
public:
    enum class listening { now, later };

    /// `later`: the port is taken, and connections to it are refused until listen(). With `tls` it serves HTTPS.
    explicit stand_in_server(listening when = listening::now, std::shared_ptr<boost::asio::ssl::context> tls = nullptr);
    stand_in_server(stand_in_server const&) = delete;
    stand_in_server& operator=(stand_in_server const&) = delete;
    ~stand_in_server();

    void listen();
    [[nodiscard]] std::string port() const { return std::to_string(port_); }

    /// One for each request; then all are answered with 200.
    void script(std::deque<scripted_reply> replies);
    /// Answers every list of rooms.
    void script_rooms(scripted_reply reply);

    /// Whether `count` requests came, after waiting for them for a while.
    [[nodiscard]] bool gets(std::size_t count);
    [[nodiscard]] std::vector<seen_request> requests();
    /// The lists of rooms that were asked for.
    [[nodiscard]] std::vector<seen_request> sweeps();
    /// The host names that TLS clients asked for.
    [[nodiscard]] std::vector<std::string> server_names();

private:
    using tcp_socket = boost::asio::ip::tcp::socket;

    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve_plain(std::shared_ptr<tcp_socket> socket);
    boost::asio::awaitable<void> serve_tls(std::shared_ptr<tcp_socket> socket);
    template <class Stream>
    boost::asio::awaitable<void> serve(Stream& stream);
    [[nodiscard]] scripted_reply take_request(seen_request request, int& connection);
    void on_loop(std::function<void()> what);

    std::shared_ptr<boost::asio::ssl::context> tls_;
    boost::asio::io_context loop_{1};
    boost::asio::ip::tcp::acceptor acceptor_{loop_};
    std::set<std::shared_ptr<tcp_socket>> connections_; ///< the loop's thread only
    std::uint16_t port_ = 0;

    std::mutex mutex_; ///< guards what follows
    std::condition_variable came_;
    std::deque<scripted_reply> script_;
    std::vector<seen_request> requests_, sweeps_;
    scripted_reply rooms_;
    int numbered_ = 0; ///< connections
    std::vector<std::string> server_names_;

    std::thread thread_;
};

} // namespace ringback::test
