#pragma once

#include "base/clock.hpp"
#include "redis/client.hpp"
#include "registry/redis/agreement.hpp"
#include "registry/redis/membership.hpp"
#include "registry/redis/redis_registry.hpp"
#include "unit/redis/loop.hpp"
#include "unit/redis_server/redis_server.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ringback::registry::test {

using namespace std::chrono_literals;
using redis::test::loop;
using redis::test::redis_server;

/// A node of the cluster in this process: everything but its gateway. What it is told is written down.
class node {
public:
    node(loop& l, redis_server const& server, std::uint32_t number, std::chrono::milliseconds lease = 10s,
         std::chrono::milliseconds ring_timeout = 30s);
    node(node const&) = delete;
    node& operator=(node const&) = delete;

    /// Comes in and waits until the nodes agree.
    void join(std::string store_id = "store");
    [[nodiscard]] std::optional<membership::joined> try_join(std::string store_id);
    /// As kill -9: nothing of it runs any more.
    void die();

    static constexpr std::uint32_t shards = 2; ///< in the one loop of the test
    ports::call_registry& registry(std::uint32_t shard = 0) { return *registries_.at(shard); }
    membership& member() { return *member_; }
    std::uint32_t number() const { return number_; }

    // What it was told.
    struct told_change {
        ports::presence_change change;
        presence_origin origin;
    };
    std::vector<told_change> changes;
    std::vector<departure> departures;
    std::vector<call_id> stranded;
    std::vector<std::uint32_t> lost_nodes, gone_nodes;
    std::vector<std::pair<call_id, place>> overdue;
    bool is_up = false;
    int times_lost = 0;

    // What it answers.
    std::vector<std::uint32_t> known_to_the_store;
    bool may_register = true;
    int asked_whether_it_may = 0;

    /// "bob telecaller ONLINE here", in the order of their coming, without repetitions of one version.
    [[nodiscard]] std::vector<std::string> words() const;

    /// Runs one operation to its completion.
    template <typename Result, typename Operation>
    Result result_of(Operation operation) {
        auto result = std::make_shared<std::optional<Result>>();
        operation([result](Result r) { *result = std::move(r); });
        if (!loop_.until([&] { return result->has_value(); })) throw std::runtime_error{"no answer came"};
        return std::move(**result);
    }

    loop& loop_;
    std::uint32_t number_;
    std::chrono::milliseconds lease_;
    agreement shared;
    redis::config settings_;
    std::vector<std::unique_ptr<redis::client>> clients_; ///< one for each shard
    std::vector<std::unique_ptr<redis_registry>> registries_;
    std::unique_ptr<membership> member_;
};

} // namespace ringback::registry::test
