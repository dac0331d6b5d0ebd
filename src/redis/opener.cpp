#include "redis/opener.hpp"

#include "redis/command.hpp"

#include <utility>

namespace ringback::redis {
namespace asio = boost::asio;

opener::opener(asio::any_io_executor executor, config c, std::shared_ptr<std::atomic<std::uint64_t>> writes)
    : executor_{std::move(executor)},
      config_{std::move(c)},
      writes_{std::move(writes)} {}

asio::awaitable<opener::opened> opener::open() {
    std::string failure = "no server is configured";
    for (std::size_t tried = 0; tried < config_.servers.size() && !cancelled_; ++tried) {
        auto const& address = config_.servers[(first_ + tried) % config_.servers.size()];
        auto server = std::expected<endpoint, std::string>{address};
        if (!config_.sentinel_master.empty()) server = co_await ask_sentinel(address);
        opened made = std::unexpected{std::string{}};
        if (server)
            made = co_await open_server(*server);
        else
            made = std::unexpected{std::move(server).error()};
        current_ = nullptr;
        if (made) {
            first_ = (first_ + tried) % config_.servers.size();
            co_return made;
        }
        failure = std::move(made).error();
    }
    co_return std::unexpected{std::move(failure)};
}

void opener::cancel() {
    cancelled_ = true;
    if (current_) current_->close("no longer wanted");
}

std::shared_ptr<connection> opener::fresh(endpoint server) {
    current_ = std::make_shared<connection>(executor_, std::move(server), writes_);
    current_->expires_at(std::chrono::steady_clock::now() + config_.connect_timeout);
    return current_;
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
    auto made = fresh(std::move(server));
    auto connected = co_await made->open(config_);
    if (!connected) co_return std::unexpected{std::move(connected).error()};
    made->say(greeting());
    value last;
    int const answers = 1 + (config_.password.empty() ? 0 : 1) + (config_.database > 0 ? 1 : 0);
    auto refused = [&](std::string const& why) {
        made->close(why);
        return std::unexpected{to_string(made->server()) + ": " + why};
    };
    for (int i = 0; i < answers; ++i) {
        auto answer = co_await made->answer();
        if (!answer) co_return std::unexpected{std::move(answer).error()};
        if (answer->is_error()) co_return refused(without_secret(answer->text()));
        last = *std::move(answer);
    }
    if (!config_.sentinel_master.empty() && (last.items().empty() || last.items()[0].text() != "master"))
        co_return refused("it is not the master");
    made->expires_never();
    co_return made;
}

asio::awaitable<std::expected<endpoint, std::string>> opener::ask_sentinel(endpoint sentinel) {
    auto made = fresh(std::move(sentinel));
    auto connected = co_await made->open(config_);
    if (!connected) co_return std::unexpected{std::move(connected).error()};
    auto const question = command("SENTINEL", "get-master-addr-by-name", config_.sentinel_master);
    made->say(question);
    auto answer = co_await made->answer();
    if (answer && answer->is_error("NOAUTH") && !config_.password.empty()) {
        // One that wants to know who asks gets what Redis gets.
        made->say(sign_in() + question);
        answer = co_await made->answer();
        if (answer && !answer->is_error()) answer = co_await made->answer();
    }
    if (!answer) co_return std::unexpected{std::move(answer).error()};
    made->close("answered");
    auto failed = [&](std::string const& why) {
        return std::unexpected{to_string(made->server()) + ": Sentinel: " + why};
    };
    if (answer->is_error()) co_return failed(without_secret(answer->text()));
    auto address = answer->items();
    auto port = address.size() == 2 ? address[1].integer() : std::nullopt;
    if (!port || *port < 1 || *port > 65'535) co_return failed("it knows no master " + config_.sentinel_master);
    co_return endpoint{std::string{address[0].text()}, static_cast<std::uint16_t>(*port)};
}

} // namespace ringback::redis
