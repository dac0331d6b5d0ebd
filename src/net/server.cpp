#include "net/server.hpp"

#include "base/log.hpp"
#include "net/engine.hpp"
#include "net/listener.hpp"

#include <boost/asio/post.hpp>

#include <stdexcept>
#include <system_error>

namespace ringback::net {
namespace {

bool is_missing_ipv6(std::system_error const& e, endpoint const& at) {
    return at.host.find(':') != std::string::npos &&
           (e.code() == std::errc::address_family_not_supported || e.code() == std::errc::address_not_available);
}

std::unique_ptr<tls_identity> open_identity(std::optional<tls_config> const& config, mono_time now) {
    if (!config) return nullptr;
    auto opened = tls_identity::open(*config, now);
    if (opened) return *std::move(opened);
    auto const& file = opened.error().of == tls_error::file::certificate ? config->certificate : config->key;
    throw std::runtime_error{"tls " + file.string() + ": " + opened.error().what};
}

} // namespace

server::server(server_config config, clock_source const& clock)
    : config_{std::move(config)},
      clock_{clock},
      tls_{open_identity(config_.tls, clock.now().mono)},
      handshakes_{config_.handshakes} {
    for (std::uint32_t i = 0; i < config_.shards; ++i)
        shards_.push_back(std::make_unique<shard>(*this, i, config_, routes_, clock_));
}

server::~server() { stop(); }

void server::bind(endpoint at) {
    listener::require_free(at);
    for (auto& s : shards_) {
        listeners_.push_back(std::make_unique<listener>(*s, at));
        at = listeners_.back()->bound(); // the other shards share the port that the kernel chose
    }
    bound_.push_back(at);
}

void server::start() {
    for (endpoint const& at : config_.listen) {
        try {
            bind(at);
        } catch (std::system_error const& e) {
            if (config_.listen.size() == 1 || !is_missing_ipv6(e, at)) throw;
            spdlog::warn("{}", e.what());
        }
    }
    for (auto& l : listeners_)
        l->start();
    for (auto& s : shards_)
        threads_.emplace_back([&s] { s->run(); });
}

std::unique_ptr<tls_session> server::new_tls_session() {
    if (!tls_) return nullptr;
    return std::make_unique<tls_session>(*tls_->current(clock_.now().mono));
}

server_statistics server::statistics() const noexcept {
    server_statistics sum;
    for (auto const& s : shards_) {
        shard_figures const& f = s->figures();
        sum.polling_sessions += f.polling_sessions.read();
        sum.websocket_sessions += f.websocket_sessions.read();
        sum.sessions_opened += f.sessions_opened.read();
        sum.upgrades += f.upgrades.read();
        sum.buffered_bytes += f.buffered_bytes.read();
        sum.slow_readers_closed += f.slow_readers_closed.read();
        sum.handshakes_forbidden += f.handshakes_forbidden.read();
    }
    sum.handshakes_in_flight = handshakes_.in_flight();
    sum.handshakes_refused_open = handshakes_.refused_open();
    sum.handshakes_refused_in_flight = handshakes_.refused_in_flight();
    sum.handshakes_refused_rate = handshakes_.refused_rate();
    return sum;
}

void server::retire(std::chrono::milliseconds over) {
    retiring_.store(shards_.size(), std::memory_order_release);
    for (auto& s : shards_)
        s->post([this, over, &on = *s] {
            for (auto& l : listeners_)
                if (&l->on() == &on) l->close();
            on.retire(over, [this] { retiring_.fetch_sub(1, std::memory_order_release); });
        });
}

void server::stop() {
    if (threads_.empty()) return;
    for (auto& s : shards_) {
        s->post([this, &on = *s] {
            for (auto& l : listeners_)
                if (&l->on() == &on) l->close();
            on.sessions().close_all();
            // What the ends of the sessions told others is still in mailboxes: one more round, then it is over.
            boost::asio::post(on.loop(), [&on] { on.loop().stop(); });
        });
    }
    threads_.clear(); // joins
    // A task that was left over may answer a request of another shard: all of them have to exist for that.
    for (auto& s : shards_)
        s->close_mailbox();
    listeners_.clear();
}

} // namespace ringback::net
