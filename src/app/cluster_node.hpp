#pragma once

#include "app/settings.hpp"
#include "base/clock.hpp"
#include "cluster/redis/node_bus.hpp"
#include "gateway/gateway.hpp"
#include "net/server.hpp"
#include "ports/cluster_figures.hpp"
#include "redis/client.hpp"
#include "registry/redis/agreement.hpp"
#include "registry/redis/membership.hpp"
#include "registry/redis/redis_registry.hpp"
#include "store/sql/sql_store.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ringback::app {

/// This process as one node of a cluster: its connections to Redis, its membership, and what it does when another node
/// is lost. Made before the shards run and destroyed after they have stopped, before the server and the store are.
class cluster_node {
public:
    struct identity {
        std::uint32_t number = 0; ///< given out by the store
        std::string name;
        std::string database;
    };
    cluster_node(settings const& s, identity who, net::server& server, store::sql_store& store,
                 clock_source const& clock);
    cluster_node(cluster_node const&) = delete;
    cluster_node& operator=(cluster_node const&) = delete;
    ~cluster_node();

    [[nodiscard]] std::vector<ports::call_registry*> registries() const;
    [[nodiscard]] ports::message_bus& bus() noexcept { return *bus_; }

    /// Before the shards run: who hears of the others.
    void serve(gateway::gateway& calls);
    /// The shards run: joins, and goes on trying while Redis is away.
    void join();
    /// From the main thread, every few dozen milliseconds: what needs a look now and then. Throws std::runtime_error
    /// when this node can never be one of the cluster.
    void look();
    /// The last word: calls are left to the other nodes, and nothing is decided here any more. False: Redis could not
    /// be told by then, and the lease has to run out.
    bool leave(std::chrono::milliseconds patience);

    // From any thread.

    /// Joined, and the nodes can agree.
    [[nodiscard]] bool is_agreed() const noexcept { return is_agreed_; }
    /// Declared lost: every transport has to be closed, and the process joins again under another number.
    [[nodiscard]] bool is_lost() const noexcept { return is_lost_; }
    [[nodiscard]] ports::cluster_figures figures() const;

private:
    [[nodiscard]] registry::cluster_news news();
    [[nodiscard]] bool is_in_doubt(mono_time now);
    void try_to_join();
    void ask_the_store();
    void end_doubt();
    void take_over(std::uint32_t lost);
    void drop(std::uint32_t lost);
    void end_overdue(call_id call, place home);
    void tell_end(call_id call);
    void on_first_shard(net::task what);
    /// For completions of the store, whose thread may outlive this: takes the result to `then` on the first shard, or
    /// nowhere when that has stopped.
    template <class Result, class Then>
    [[nodiscard]] auto back_here(Then then) {
        return [&server = server_, t = std::move(then)](Result r) mutable {
            server.at(0).post([t2 = std::move(t), r2 = std::move(r)]() mutable { t2(std::move(r2)); });
        };
    }
    /// Runs `what` on the first shard, after a while.
    void later(net::task what);

    // given
    identity const who_;
    std::chrono::milliseconds const lease_;
    net::server& server_;
    store::sql_store& store_;
    clock_source const& clock_;
    gateway::gateway* calls_ = nullptr;
    // owned
    std::vector<std::unique_ptr<redis::client>> clients_; ///< by shard
    registry::agreement agreement_;
    std::vector<std::unique_ptr<registry::redis_registry>> registries_; ///< by shard
    std::unique_ptr<registry::membership> membership_;
    std::unique_ptr<cluster::node_bus> bus_;
    std::map<call_id, mono_time> overdue_; ///< told to their homes; the first shard's
    // state
    std::atomic<bool> is_agreed_ = false, is_lost_ = false, has_left_ = false;
    std::atomic<mono_time> vouched_until_ = mono_time{}; ///< by the store: until then this node was not given up
    std::atomic<bool> was_in_doubt_ = false, is_asking_ = false, is_of_another_database_ = false;
    mono_time asked_at_{}; ///< the main thread's
};

} // namespace ringback::app
