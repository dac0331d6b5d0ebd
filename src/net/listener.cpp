#include "net/listener.hpp"

#include "base/log.hpp"
#include "net/http_session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include <memory>
#include <netinet/tcp.h>

namespace ringback::net {
namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

tcp::endpoint address_of(endpoint const& at) {
    boost::system::error_code ec;
    auto address = asio::ip::make_address(at.host, ec);
    if (ec) throw std::system_error{ec, "'" + at.host + "' is not an IP address"};
    return {address, at.port};
}

enum class port_sharing { none, between_shards };

void listen(tcp::acceptor& acceptor, endpoint const& at, port_sharing sharing, int backlog) {
    tcp::endpoint where = address_of(at);
    try {
        acceptor.open(where.protocol());
        acceptor.set_option(asio::socket_base::reuse_address{true});
        using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
        acceptor.set_option(reuse_port{sharing == port_sharing::between_shards});
        if (where.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true));
        acceptor.bind(where);
        acceptor.listen(backlog);
    } catch (boost::system::system_error const& e) {
        throw std::system_error{e.code(), "cannot listen on " + at.host + ":" + std::to_string(at.port)};
    }
}

} // namespace

listener::listener(shard& on, endpoint const& at) : shard_{on}, acceptor_{on.loop()} {
    listen(acceptor_, at, port_sharing::between_shards, on.config().backlog);
    // Accepted connections inherit it.
    using user_timeout = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
    acceptor_.set_option(user_timeout{static_cast<int>(on.config().unacknowledged_timeout.count())});
}

void listener::require_free(endpoint const& at) {
    if (at.port == 0) return;
    asio::io_context loop;
    tcp::acceptor probe{loop};
    listen(probe, at, port_sharing::none, 1);
}

endpoint listener::bound() const {
    auto at = acceptor_.local_endpoint();
    return {at.address().to_string(), at.port()};
}

void listener::start() { accept(); }

void listener::close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
}

void listener::accept() {
    acceptor_.async_accept([this](boost::system::error_code ec, tcp::socket connection) {
        if (ec == asio::error::operation_aborted || !acceptor_.is_open()) return;
        if (ec) {
            // Out of descriptors or memory: without a pause the loop would spin on the same connection.
            spdlog::warn("accept failed: {}", ec.message());
            auto pause = std::make_shared<asio::steady_timer>(shard_.loop(), std::chrono::milliseconds{100});
            return pause->async_wait([this, pause](auto) {
                if (acceptor_.is_open()) accept();
            });
        }
        boost::system::error_code ignored;
        connection.set_option(tcp::no_delay{true}, ignored);
        asio::co_spawn(shard_.loop(), serve_http(shard_, std::move(connection)), [](std::exception_ptr failure) {
            if (!failure) return;
            try {
                std::rethrow_exception(failure);
            } catch (std::exception const& e) {
                spdlog::error("http connection: {}", e.what());
            }
        });
        accept();
    });
}

} // namespace ringback::net
