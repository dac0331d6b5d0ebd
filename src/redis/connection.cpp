#include "redis/connection.hpp"

#include "io/as_result.hpp"
#include "redis/tls.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>

#include <tuple>
#include <utility>

namespace ringback::redis {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kept_bytes = 1024 * 1024; ///< of a buffer, for the next turn

std::string text_of(error_code ec) {
    if (ec == asio::error::eof || ec == asio::ssl::error::stream_truncated) return "the server closed the connection";
    return ec.message();
}

} // namespace

connection::connection(asio::any_io_executor executor, endpoint server,
                       std::shared_ptr<std::atomic<std::uint64_t>> writes)
    : executor_{std::move(executor)},
      server_{std::move(server)},
      writes_{std::move(writes)},
      socket_{executor_},
      deadline_{executor_} {}

void connection::expires_at(mono_time deadline) {
    deadline_.expires_at(deadline);
    deadline_.async_wait([weak = weak_from_this()](error_code ec) {
        auto self = weak.lock();
        if (self && !ec) self->close("no answer in time");
    });
}

void connection::expires_never() { deadline_.cancel(); }

std::unexpected<connection::failure> connection::ended(std::string_view why) {
    close(why);
    return std::unexpected{to_string(server_) + ": " + why_};
}

asio::awaitable<std::expected<void, connection::failure>> connection::open(addresses of_server, config const& c) {
    auto self = shared_from_this();
    auto [refused, at] = co_await asio::async_connect(socket_, of_server, io::as_result);
    if (closed_ || refused) co_return ended(text_of(refused));
    error_code ec;
    socket_.set_option(tcp::no_delay{true}, ec);
    if (ec) co_return ended(text_of(ec));
    if (c.tls) co_return co_await secure(c);
    co_return std::expected<void, failure>{};
}

asio::awaitable<std::expected<void, connection::failure>> connection::secure(config const& c) {
    auto made = client_tls_context(c.files);
    if (!made) co_return ended("TLS: " + made.error());
    tls_context_ = *std::move(made);
    tls_.emplace(socket_, *tls_context_);
    if (!expect_server(*tls_, c.server_name.empty() ? server_.host : c.server_name))
        co_return ended("TLS: the server's name cannot be used");
    auto [ec] = co_await tls_->async_handshake(asio::ssl::stream_base::client, io::as_result);
    if (closed_ || ec) co_return ended("TLS: " + text_of(ec));
    co_return std::expected<void, failure>{};
}

void connection::say(std::string_view bytes) {
    gathered_ += bytes;
    if (flush_posted_ || writing_ || closed_) return;
    flush_posted_ = true;
    asio::post(executor_, [self = shared_from_this()] {
        self->flush_posted_ = false;
        self->flush();
    });
}

void connection::flush() {
    if (closed_ || gathered_.empty()) return;
    writing_ = true;
    leaving_.clear();
    leaving_.swap(gathered_);
    writes_->fetch_add(1, std::memory_order_relaxed);
    auto written = [self = shared_from_this()](error_code ec, std::size_t) { self->on_written(ec); };
    if (tls_)
        asio::async_write(*tls_, asio::buffer(leaving_), std::move(written));
    else
        asio::async_write(socket_, asio::buffer(leaving_), std::move(written));
}

void connection::on_written(error_code ec) {
    writing_ = false;
    if (leaving_.capacity() > kept_bytes) leaving_ = {}; // a burst is over
    if (ec) return close(text_of(ec));
    flush();
}

asio::awaitable<std::expected<void, connection::failure>> connection::read() {
    auto self = shared_from_this();
    if (closed_) co_return ended(why_);
    error_code ec;
    std::size_t size = 0;
    if (tls_)
        std::tie(ec, size) = co_await tls_->async_read_some(asio::buffer(received_), io::as_result);
    else
        std::tie(ec, size) = co_await socket_.async_read_some(asio::buffer(received_), io::as_result);
    if (closed_ || ec) co_return ended(text_of(ec));
    reader_.feed({received_.data(), size});
    co_return std::expected<void, failure>{};
}

std::expected<std::optional<value>, connection::failure> connection::next() {
    auto found = reader_.next();
    if (!found) return ended("not the protocol of Redis: " + found.error());
    return *std::move(found);
}

asio::awaitable<std::expected<value, connection::failure>> connection::answer() {
    for (;;) {
        auto found = next();
        if (!found) co_return std::unexpected{std::move(found).error()};
        if (*found) co_return **std::move(found);
        auto read_more = co_await read();
        if (!read_more) co_return std::unexpected{std::move(read_more).error()};
    }
}

void connection::close(std::string_view why) {
    if (closed_) return;
    closed_ = true;
    why_ = why;
    deadline_.cancel();
    error_code ignored;
    socket_.close(ignored);
}

} // namespace ringback::redis
