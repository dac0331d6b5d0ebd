#pragma once

#include "net/socket_channel.hpp"
#include "net/tls_session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace ringback::net {

/// The stream that Beast reads requests from and writes answers to: TCP, with TLS or without. Not Asio's ssl::stream:
/// that keeps what it has received to itself, and a WebSocket has to take its connection over with all of it.
class http_stream {
public:
    using executor_type = boost::beast::tcp_stream::executor_type;

    /// `tls` is null for a plain connection.
    http_stream(boost::asio::ip::tcp::socket socket, std::unique_ptr<tls_session> tls);

    [[nodiscard]] executor_type get_executor() noexcept { return stream_.get_executor(); }
    [[nodiscard]] boost::asio::ip::tcp::socket& socket() noexcept { return stream_.socket(); }
    [[nodiscard]] bool is_secure() const noexcept { return tls_ != nullptr; }
    void expires_after(std::chrono::seconds time) { stream_.expires_after(time); }
    void expires_never() { stream_.expires_never(); }
    void close() { stream_.close(); }

    /// Behind readability: whether the client has sent anything for HTTP, or has gone.
    enum class peer { silent, speaks, gone };
    [[nodiscard]] peer look();
    /// Tells the client that nothing follows.
    void finish() noexcept;
    /// Asio lets go of the connection, with all that TLS holds of it.
    [[nodiscard]] socket_channel release(boost::system::error_code& ec);

    template <class Buffers, class Token>
    auto async_read_some(Buffers const& into, Token&& token) {
        return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
            read_operation<Buffers>{*this, into}, token, stream_);
    }
    template <class Buffers, class Token>
    auto async_write_some(Buffers const& from, Token&& token) {
        return boost::asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
            write_operation<Buffers>{*this, from}, token, stream_);
    }

private:
    enum class step { begin, passed_on, received, sent, done };

    template <class Buffers>
    struct read_operation;
    template <class Buffers>
    struct write_operation;

    boost::beast::tcp_stream stream_;
    std::unique_ptr<tls_session> tls_;
    std::vector<char> received_; ///< TLS only
};

template <class Buffers>
struct http_stream::read_operation {
    http_stream& of;
    Buffers into;
    step at = step::begin;
    bool suspended = false; ///< the caller has been left: its handler may be called
    boost::system::error_code result{};
    std::size_t size = 0;

    template <class Self>
    void operator()(Self& self, boost::system::error_code ec = {}, std::size_t n = 0) {
        switch (at) {
        case step::begin: break;
        case step::passed_on: return self.complete(ec, n);
        case step::received:
            if (!ec) of.tls_->receive({of.received_.data(), n});
            result = ec;
            break;
        case step::sent:
            of.tls_->sent(n);
            result = ec;
            break;
        case step::done: return self.complete(result, size);
        }
        if (!of.tls_) return at = step::passed_on, of.stream_.async_read_some(into, std::move(self));
        go_on(self);
    }

    template <class Self>
    void go_on(Self& self) {
        boost::asio::mutable_buffer first = *boost::asio::buffer_sequence_begin(into);
        if (!result && size == 0) size = of.tls_->read({static_cast<char*>(first.data()), first.size()});
        // The handshake's answers and alerts; a read that has something for the caller leaves them for the next write.
        if (!result && size == 0 && !of.tls_->output().empty()) {
            auto out = of.tls_->output();
            at = step::sent, suspended = true;
            return boost::asio::async_write(of.stream_, boost::asio::buffer(out.data(), out.size()), std::move(self));
        }
        if (!result && of.tls_->where() == tls_session::state::ended) result = boost::asio::error::eof;
        if (!result && of.tls_->where() == tls_session::state::failed) result = boost::asio::error::connection_aborted;
        if (!result && size == 0 && first.size() > 0) {
            at = step::received, suspended = true;
            return of.stream_.async_read_some(boost::asio::buffer(of.received_), std::move(self));
        }
        if (suspended) return self.complete(result, size);
        at = step::done;
        boost::asio::post(of.get_executor(), std::move(self));
    }
};

template <class Buffers>
struct http_stream::write_operation {
    http_stream& of;
    Buffers from;
    step at = step::begin;
    std::size_t size = 0;

    template <class Self>
    void operator()(Self& self, boost::system::error_code ec = {}, std::size_t n = 0) {
        switch (at) {
        case step::passed_on: return self.complete(ec, n);
        case step::sent: of.tls_->sent(n); return self.complete(ec, ec ? 0 : size);
        case step::done: return self.complete(boost::asio::error::connection_aborted, 0);
        default: break;
        }
        if (!of.tls_) return at = step::passed_on, of.stream_.async_write_some(from, std::move(self));
        std::array<char, 16 * 1024> record;
        size = boost::asio::buffer_copy(boost::asio::buffer(record), from);
        if (!of.tls_->write({record.data(), size}))
            return at = step::done, boost::asio::post(of.get_executor(), std::move(self));
        auto out = of.tls_->output();
        at = step::sent;
        boost::asio::async_write(of.stream_, boost::asio::buffer(out.data(), out.size()), std::move(self));
    }
};

} // namespace ringback::net
