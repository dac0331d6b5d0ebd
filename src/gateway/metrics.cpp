#include "gateway/metrics.hpp"

#include "gateway/rest_admission.hpp"
#include "gateway/station.hpp"
#include "gateway/webhook_payloads.hpp"
#include "net/shard.hpp"

#include <openssl/crypto.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringback::gateway {
namespace {

/// How much there is at the moment.
struct amounts {
    std::size_t sockets = 0, timers = 0, active_calls = 0, remembered_calls = 0, requests = 0;

    void add(amounts const& other) {
        sockets += other.sockets;
        timers += other.timers;
        active_calls += other.active_calls;
        remembered_calls += other.remembered_calls;
        requests += other.requests;
    }
};

amounts amounts_of(station& s) {
    return {.sockets = s.hub().socket_count(),
            .timers = s.hub().timers().armed(),
            .active_calls = s.calls().active(),
            .remembered_calls = s.calls().known() - s.calls().active(),
            .requests = s.desk().waiting()};
}

void gauge(std::vector<prometheus::MetricFamily>& to, char const* name, char const* help, std::size_t value) {
    prometheus::ClientMetric metric;
    metric.gauge.value = static_cast<double>(value);
    to.push_back({name, help, prometheus::MetricType::Gauge, {metric}});
}

void add_store(std::vector<prometheus::MetricFamily>& to, ports::store_state const& s) {
    gauge(to, "ringback_store_available", "1 while the database answers.", s.is_available ? 1 : 0);
    gauge(to, "ringback_store_queue", "Operations that wait for the database.", s.waiting);
    gauge(to, "ringback_store_kept", "Ends of calls that are told and not yet written.", s.kept);
    prometheus::ClientMetric metric;
    auto& commits = metric.histogram;
    for (std::size_t i = 0; i < s.commits.size(); ++i) {
        bool const is_last = i == ports::commit_time_bounds.size();
        commits.sample_count += s.commits[i];
        commits.bucket.push_back(
            {commits.sample_count, is_last ? std::numeric_limits<double>::infinity() : ports::commit_time_bounds[i]});
    }
    commits.sample_sum = s.commit_seconds;
    to.push_back({"ringback_store_commit_seconds",
                  "A transaction of the store, from its beginning to its commit.",
                  prometheus::MetricType::Histogram,
                  {metric}});
}

void counter(std::vector<prometheus::MetricFamily>& to, char const* name, char const* help, std::uint64_t value) {
    prometheus::ClientMetric metric;
    metric.counter.value = static_cast<double>(value);
    to.push_back({name, help, prometheus::MetricType::Counter, {metric}});
}

void add_cluster(std::vector<prometheus::MetricFamily>& to, ports::cluster_figures const& c) {
    gauge(to, "ringback_cluster_agreed", "1 while this node takes part in its cluster and Redis answers.", c.is_agreed);
    counter(to, "ringback_redis_commands_total", "Commands sent to Redis.", c.commands);
    counter(to, "ringback_redis_writes_total", "Writes that carried them.", c.writes);
    counter(to, "ringback_cluster_messages_sent_total", "Messages to other nodes.", c.messages_sent);
    counter(to, "ringback_cluster_messages_received_total", "Messages of other nodes.", c.messages_received);
    counter(to, "ringback_cluster_packets_total", "Publications that carried messages and acknowledgements.",
            c.packets);
    counter(to, "ringback_cluster_messages_dropped_total", "Messages for which there was no room.", c.messages_dropped);
    prometheus::MetricFamily operations{"ringback_registry_operations_total",
                                        "Scripts of the registry that Redis ran.",
                                        prometheus::MetricType::Counter,
                                        {}};
    for (auto const& [name, count] : c.operations) {
        prometheus::ClientMetric metric;
        metric.label = {{"operation", name}};
        metric.counter.value = static_cast<double>(count);
        operations.metric.push_back(std::move(metric));
    }
    to.push_back(std::move(operations));
}

std::string render(services& shared, amounts const& now, ports::agreed<ports::presence_counts> const& present,
                   wall_time at) {
    auto families = shared.seen.collect();
    gauge(families, "ringback_sockets", "Sockets in a namespace, or asking to join one.", now.sockets);
    gauge(families, "ringback_timers", "Armed timers: of connections, calls and tokens.", now.timers);
    gauge(families, "ringback_calls_active", "Calls that are RINGING or ACCEPTED.", now.active_calls);
    gauge(families, "ringback_calls_remembered", "Calls that are over and still answer requests.",
          now.remembered_calls);
    gauge(families, "ringback_requests_waiting", "Client events that wait for their answer.", now.requests);
    gauge(families, "ringback_accounts_cached", "Accounts in memory.", shared.accounts.size());
    if (present) { // of the whole cluster
        gauge(families, "ringback_users_online", "Accounts with a device on /user.", present->online_users);
        gauge(families, "ringback_telecallers_online", "Accounts with a device on /telecaller.",
              present->online_telecallers);
    }
    add_store(families, shared.store.state());
    if (shared.cluster_figures) add_cluster(families, shared.cluster_figures());
    if (shared.webhook_figures) append_webhook_metrics(families, shared.webhook_figures(), at);
    return prometheus::TextSerializer{}.Serialize(families);
}

/// Each shard counts what it has.
struct gathering {
    exchange_ptr x;
    std::size_t missing;
    amounts sum{};

    static void take(std::shared_ptr<gathering> const& all, amounts const& of_shard) {
        all->sum.add(of_shard);
        if (--all->missing != 0) return;
        services& shared = all->x->at.shared();
        all->x->at.registry().counts([all, &shared](ports::agreed<ports::presence_counts> const& present) {
            all->x->reply({.status = 200,
                           .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
                           .body = render(shared, all->sum, present, all->x->at.now().wall)});
        });
    }
};

void gather(exchange_ptr x) {
    station& at = x->at;
    std::size_t shards = at.shared().stations.size();
    auto all = std::make_shared<gathering>(std::move(x), shards);
    for (std::uint32_t shard = 0; shard < shards; ++shard)
        at.run_on(shard, [all, back = at.shard()](station& there) {
            there.run_on(back, [all, some = amounts_of(there)](station&) { gathering::take(all, some); });
        });
}

constexpr rest_route route{.method = "GET", .path = "/metrics", .who = rest_access::admin, .handle = gather};

bool is_bearer(std::string_view authorization, secret const& token) {
    constexpr std::string_view scheme = "Bearer ";
    if (token.empty() || authorization.size() != scheme.size() + token.size() || !authorization.starts_with(scheme))
        return false;
    return CRYPTO_memcmp(authorization.data() + scheme.size(), token.reveal().data(), token.size()) == 0;
}

} // namespace

void answer_metrics(station& at, net::http_request const& request, secret const& token, net::reply_handler reply) {
    auto x = std::make_unique<rest_exchange>(at, request, std::move(reply));
    is_bearer(request.header("authorization"), token) ? gather(std::move(x)) : admit(std::move(x), route);
}

void add_metrics(net::http_routes& routes, gateway& of, secret token) {
    routes.add(
        "GET", "/metrics",
        [&of, token = std::move(token)](net::shard& on, net::http_request const& request, net::reply_handler reply) {
            answer_metrics(of.at(on.index()), request, token, std::move(reply));
        });
}

} // namespace ringback::gateway
