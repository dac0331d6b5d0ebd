#include "redis/opener.hpp"

#include "redis/command.hpp"
#include "redis/sentinel.hpp"

#include <system_error>
#include <utility>

namespace ringback::redis {
namespace asio = boost::asio;

opener::opener(asio::any_io_executor executor, config c, server_role to,
               std::shared_ptr<std::atomic<std::uint64_t>> writes)
    : executor_{std::move(executor)},
      config_{std::move(c)},
      role_{to},
      writes_{std::move(writes)} {}

asio::awaitable<opener::opened> opener::open() {
    for (;;) {
        auto made = co_await open_any();
        auto master = std::exchange(expected_, std::nullopt);
        if (!made || !master || (*made)->server() == *master) co_return made;
        (*made)->close("Sentinel has named another one meanwhile");
        expected_ = std::move(master);
    }
}

asio::awaitable<opener::opened> opener::open_any() {
    if (auto master = std::exchange(expected_, std::nullopt)) {
        auto made = co_await open_server(*std::move(master));
        current_ = nullptr;
        if (made) co_return made;
    }
    std::string failure = "no server is configured";
    for (std::size_t tried = 0; tried < config_.servers.size() && !cancelled_; ++tried) {
        auto const at = (first_ + tried) % config_.servers.size();
        auto made = co_await open_by(config_.servers[at]);
        current_ = nullptr;
        if (made) {
            first_ = at;
            co_return made;
        }
        failure = std::move(made).error();
    }
    co_return std::unexpected{std::move(failure)};
}

asio::awaitable<opener::opened> opener::open_by(endpoint address) {
    if (role_ == server_role::sentinel) co_return co_await open_sentinel(std::move(address));
    if (config_.sentinel_master.empty()) co_return co_await open_server(std::move(address));
    auto master = co_await ask_sentinel(std::move(address));
    if (!master) co_return std::unexpected{std::move(master).error()};
    co_return co_await open_server(*std::move(master));
}

void opener::cancel() {
    cancelled_ = true;
    for (auto& [name, lookup] : lookups_)
        lookup->cancel();
    if (current_) current_->close("no longer wanted");
}

asio::awaitable<opener::opened> opener::connect(endpoint server) {
    auto const deadline = std::chrono::steady_clock::now() + config_.connect_timeout;
    auto& lookup = lookups_[to_string(server)];
    if (!lookup) lookup = std::make_unique<io::host_lookup>(executor_, server.host, std::to_string(server.port));
    auto made = std::make_shared<connection>(executor_, std::move(server), writes_);
    io::host_lookup::result addresses;
    try {
        addresses = co_await lookup->resolve(deadline);
    } catch (std::system_error const& no_thread) {
        co_return made->ended(no_thread.what());
    }
    if (!addresses) co_return made->ended(addresses.error().message());
    made->expires_at(deadline);
    current_ = made;
    auto connected = co_await made->open(*addresses, config_);
    if (!connected) co_return std::unexpected{std::move(connected).error()};
    co_return made;
}

std::string opener::sign_in() const {
    // Servers before version 6, and those with `requirepass` alone, know no users.
    return config_.user.empty() ? command("AUTH", config_.password.reveal())
                                : command("AUTH", config_.user, config_.password.reveal());
}

std::string opener::without_secret(std::string_view text) const {
    std::string out{text};
    auto const& secret = config_.password.reveal();
    for (std::size_t at = 0; !secret.empty() && (at = out.find(secret, at)) != out.npos; at += 3)
        out.replace(at, secret.size(), "***");
    return out;
}

/// What a server has to answer well before it is taken, all in one write.
std::string opener::greeting() const {
    std::string all;
    if (!config_.password.empty()) all += sign_in();
    if (config_.database > 0) all += command("SELECT", config_.database);
    // A former master that has not heard of its successor yet would take writes that nobody keeps.
    all += config_.sentinel_master.empty() ? command("PING") : command("ROLE");
    return all;
}

asio::awaitable<opener::opened> opener::open_server(endpoint server) {
    auto connected = co_await connect(std::move(server));
    if (!connected) co_return connected;
    auto made = *std::move(connected);
    made->say(greeting());
    value last;
    int const answers = 1 + (config_.password.empty() ? 0 : 1) + (config_.database > 0 ? 1 : 0);
    for (int i = 0; i < answers; ++i) {
        auto answer = co_await made->answer();
        if (!answer) co_return std::unexpected{std::move(answer).error()};
        if (answer->is_error()) co_return made->ended(without_secret(answer->text()));
        last = *std::move(answer);
    }
    if (!config_.sentinel_master.empty() && (last.items().empty() || last.items()[0].text() != "master"))
        co_return made->ended("it is not the master");
    made->expires_never();
    co_return made;
}

asio::awaitable<opener::opened> opener::open_sentinel(endpoint sentinel) {
    auto connected = co_await connect(std::move(sentinel));
    if (!connected) co_return connected;
    auto made = *std::move(connected);
    made->say(command("PING"));
    auto answer = co_await made->answer();
    if (answer && answer->is_error("NOAUTH") && !config_.password.empty()) {
        // One that wants to know who asks gets what Redis gets.
        made->say(sign_in());
        answer = co_await made->answer();
    }
    if (!answer) co_return std::unexpected{std::move(answer).error()};
    if (answer->is_error()) co_return made->ended("Sentinel: " + without_secret(answer->text()));
    made->expires_never();
    co_return made;
}

asio::awaitable<std::expected<endpoint, std::string>> opener::ask_sentinel(endpoint sentinel) {
    auto connected = co_await open_sentinel(std::move(sentinel));
    if (!connected) co_return std::unexpected{std::move(connected).error()};
    auto made = *std::move(connected);
    made->expires_at(std::chrono::steady_clock::now() + config_.connect_timeout);
    made->say(question_for_master(config_.sentinel_master));
    auto answer = co_await made->answer();
    if (!answer) co_return std::unexpected{std::move(answer).error()};
    if (answer->is_error()) co_return made->ended("Sentinel: " + without_secret(answer->text()));
    auto master = master_in(*answer);
    if (!master) co_return made->ended("Sentinel: it knows no master " + config_.sentinel_master);
    made->close("it has answered");
    co_return *std::move(master);
}

} // namespace ringback::redis
