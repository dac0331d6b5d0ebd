#include "node.hpp"

#include <algorithm>

namespace ringback::registry::test {

node::node(loop& l, redis_server const& server, std::uint32_t number, std::chrono::milliseconds lease,
           std::chrono::milliseconds ring_timeout)
    : loop_{l},
      number_{number},
      lease_{lease},
      shared{ring_timeout},
      settings_{server.settings()} {
    settings_.command_timeout = 700ms;
    for (std::uint32_t shard = 0; shard < shards; ++shard) {
        clients_.push_back(std::make_unique<redis::client>(l.context.get_executor(), settings_));
        registries_.push_back(std::make_unique<redis_registry>(l.context.get_executor(), shard, *clients_.back(),
                                                               shared, machine_clock()));
    }
    cluster_news news;
    news.on_state = [this](bool up) { is_up = up; };
    news.on_lost = [this] { ++times_lost; };
    news.on_node_lost = [this](std::uint32_t n) { lost_nodes.push_back(n); };
    news.on_node_gone = [this](std::uint32_t n) { gone_nodes.push_back(n); };
    news.on_overdue = [this](call_id id, place home) { overdue.emplace_back(id, home); };
    news.on_presence = [this](ports::presence_changes all, presence_origin origin) {
        for (auto& c : all)
            changes.push_back({std::move(c), origin});
    };
    news.on_departure = [this](departure gone) { departures.push_back(std::move(gone)); };
    news.on_stranded = [this](call_id id) { stranded.push_back(id); };
    news.may_register = [this](std::uint32_t, ports::completion<bool> done) {
        ++asked_whether_it_may;
        done(may_register);
    };
    news.known_nodes = [this](ports::completion<std::vector<std::uint32_t>> done) { done(known_to_the_store); };
    member_ = std::make_unique<membership>(l.context.get_executor(), *clients_[0], settings_, shared, machine_clock(),
                                           std::move(news));
}

std::optional<membership::joined> node::try_join(std::string store_id) {
    auto connected = [](auto const& c) { return c->is_up(); };
    if (!loop_.until([&] { return std::ranges::all_of(clients_, connected); })) return std::nullopt;
    std::optional<membership::joined> result;
    member_->join({number_, "node" + std::to_string(number_), std::move(store_id), lease_},
                  [&result](membership::joined j) { result = j; });
    if (!loop_.until([&] { return result.has_value(); })) return std::nullopt;
    return result;
}

void node::join(std::string store_id) {
    auto result = try_join(std::move(store_id));
    ASSERT_TRUE(result && *result) << "node " << number_ << " did not come in";
    ASSERT_TRUE(loop_.until([&] { return is_up; }));
}

void node::die() {
    member_.reset();
    registries_.clear();
    clients_.clear();
}

std::vector<std::string> node::words() const {
    std::vector<std::string> out;
    out.reserve(changes.size());
    for (auto const& [c, origin] : changes)
        out.push_back(c.account.text() + " " + std::string{to_string(c.realm)} + " " + std::string{to_string(c.now)} +
                      (origin == presence_origin::here ? " here" : ""));
    return out;
}

} // namespace ringback::registry::test
