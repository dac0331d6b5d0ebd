#include "app/serve.hpp"

#include "app/cluster_node.hpp"
#include "app/configs.hpp"
#include "app/data_directory.hpp"
#include "app/demo_token.hpp"
#include "app/drain.hpp"
#include "app/health.hpp"
#include "app/store_opening.hpp"
#include "app/token_keys.hpp"
#include "app/web_page.hpp"
#include "auth/jwt_signer.hpp"
#include "auth/jwt_verifier.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "call/rate_limit.hpp"
#include "gateway/address_subject.hpp"
#include "gateway/gateway.hpp"
#include "gateway/metrics.hpp"
#include "gateway/net_links.hpp"
#include "gateway/rest.hpp"
#include "media/livekit/livekit_server.hpp"
#include "net/end_signals.hpp"
#include "net/server.hpp"
#include "net/socketio_server.hpp"
#include "registry/memory/memory_registry.hpp"
#include "webhooks/curl/deliverer.hpp"

#include <fmt/ranges.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <unistd.h>

namespace ringback::app {
namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 20ms;
constexpr auto leave_patience = 3s;
constexpr auto try_to_enter_every = 1s;

/// The flood gate below Socket.IO: handshakes of one address per sliding minute.
net::handshake_gate make_gate(std::uint32_t per_minute) {
    if (!per_minute) return {};
    struct counted {
        std::mutex mutex;
        call::rate_limiter limiter{100'000};
    };
    auto shared = std::make_shared<counted>();
    return [shared, per_minute](std::string_view address, mono_time now) {
        std::lock_guard lock{shared->mutex};
        return shared->limiter.take(gateway::address_subject(address), per_minute, now);
    };
}

std::unique_ptr<media::livekit_server> make_media(settings const& s, clock_source const& clock,
                                                  store::sql_store& store) {
    if (!s.livekit.configured()) return nullptr;
    auto media = media::livekit_server::create(livekit_config_of(s), clock, store, store);
    if (!media) throw std::runtime_error{"livekit: " + std::string{media::to_string(media.error())}};
    return *std::move(media);
}

void add_demo(net::http_routes& routes, settings const& s, clock_source const& clock) {
    auto signer = auth::jwt_signer::create(s.auth.secret, signing_algorithm(s.auth).value());
    if (!signer) throw std::runtime_error{"server.demo needs auth.secret"};
    add_demo_token(routes, *std::move(signer), s.auth.issuer, s.auth.audience, clock);
    if (auto folder = find_web_folder())
        add_web_page(routes, *folder, s.livekit.url);
    else
        spdlog::warn("the demo page is not built: no folder `web` beside the program");
}

std::string node_name(settings const& s) {
    if (!s.cluster.node_id.empty()) return s.cluster.node_id;
    char host[64] = "node";
    ::gethostname(host, sizeof host - 1);
    std::array<std::uint8_t, 4> random;
    fill_random(std::as_writable_bytes(std::span{random}));
    return fmt::format("{}-{:02x}", static_cast<char const*>(host), fmt::join(random, ""));
}

/// What a server left that was killed, or that stopped while people were talking.
void inherit(gateway::gateway& calls, store::sql_store& store, moment now) {
    auto const until = calls.inheritance_until(now.wall);
    auto left = store.take_over(now.wall, {.untold_until = until.untold, .sessions_until = until.sessions});
    if (!left.missed.empty() || !left.survivors.empty())
        spdlog::warn("of a server that is gone {} calls were RINGING and are MISSED, {} were ACCEPTED and may go on",
                     left.missed.size(), left.survivors.size());
    calls.inherit(std::move(left), now);
}

/// However a life ends, its shards end before what they work with.
struct stopped_at_the_end {
    net::server& server;
    ~stopped_at_the_end() { server.stop(); }
};

enum class ending : std::uint8_t {
    asked_for,
    lost ///< the other nodes have given this one up
};

/// The store, and as whom this process writes to it.
struct store_access {
    std::string node; ///< its name
    std::unique_ptr<store::sql_store> store;
    store::sql_store::membership mine; ///< of a cluster
};

store_access enter_store(settings const& s, clock_source const& clock) {
    store_access a{.node = node_name(s), .store = {}, .mine = {}};
    a.store = open_store(s, a.node, clock);
    if (!s.cluster.redis_url.empty()) a.mine = a.store->join(a.node, clock.now().wall);
    return a;
}

/// For a node that was given up, and may have been because it cannot reach the database either. nullopt: asked to end.
std::optional<store_access> enter_store_again(settings const& s, net::end_signals const& ends,
                                              clock_source const& clock) {
    spdlog::warn("cluster: joining again under another number");
    while (true) {
        try {
            return enter_store(s, clock);
        } catch (std::exception const& e) {
            spdlog::error("cluster: cannot join again yet: {}", e.what());
        }
        if (ends.wait_for(try_to_enter_every)) return std::nullopt;
    }
}

ending live(settings const& s, store_access as, net::end_signals const& ends, clock_source const& clock) {
    std::string const& node = as.node;
    auto const mine = as.mine;
    bool const is_cluster = !s.cluster.redis_url.empty();
    std::atomic<bool> ready{false};

    // Destroyed from the bottom up: who answers late comes before who is answered.
    net::server server{server_config_of(s), clock};
    net::socketio_server sockets{server, hub_config_of(s, mine.node), clock, adapter_of(s, server)};
    auto links = std::make_shared<gateway::net_links>(sockets);
    auto const store = std::move(as.store);
    std::optional<webhooks::deliverer> hooks;
    if (s.webhooks.configured()) hooks.emplace(deliverer_config_of(s), *store, *store, clock);
    registry::memory_registry alone;
    std::optional<cluster_node> cluster;
    if (is_cluster) cluster.emplace(s, cluster_node::identity{mine.node, node, mine.database}, server, *store, clock);
    auto media = make_media(s, clock, *store);
    auth::jwt_verifier verifier = make_verifier(s.auth, clock.now().wall);
    gateway::gateway calls{
        gateway_config_of(s),
        links,
        {.store = *store,
         .outbox = *store,
         .registries = cluster ? cluster->registries() : std::vector<ports::call_registry*>(server.size(), &alone),
         .media = media.get(),
         .verifier = verifier,
         .bus = cluster ? &cluster->bus() : nullptr,
         .nodes = cluster ? store.get() : nullptr,
         .node = node}};
    if (hooks) calls.show_webhooks([&hooks] { return hooks->figures(); });
    if (cluster)
        cluster->serve(calls);
    else
        inherit(calls, *store, clock.now());

    auto is_agreed = [&cluster] { return !cluster || cluster->is_agreed(); };
    server.set_handshake_gate(make_gate(s.limits.handshakes_per_minute));
    if (cluster)
        server.set_allow_request([is_agreed](net::http_request const&, net::admission_decision decision) {
            if (is_agreed()) decision.allow(); // else 503: clients come back, here or to another node
        });
    add_health(server.routes(), ready, *store, is_agreed);
    gateway::add_rest(server.routes(), calls);
    gateway::add_metrics(server.routes(), calls, s.server.metrics_token);
    if (s.server.demo) add_demo(server.routes(), s, clock);
    stopped_at_the_end const end{server};
    server.start();
    if (cluster) cluster->join();
    ready = true;
    for (auto const& at : server.bound())
        spdlog::info("listening on {}:{}", at.host.find(':') == std::string::npos ? at.host : "[" + at.host + "]",
                     at.port);

    std::optional<int> signal;
    while (!signal && !(cluster && cluster->is_lost())) {
        signal = cluster ? ends.wait_for(look_every) : ends.wait();
        if (cluster) cluster->look();
    }
    ready = false;
    if (signal) {
        spdlog::info("{} received, draining", *signal == SIGTERM ? "SIGTERM" : "SIGINT");
        drain(calls, server, ends, s.calls.drain_timeout);
        if (cluster && !cluster->leave(leave_patience))
            spdlog::warn("cluster: could not be told, the others wait for the lease");
    }
    return signal ? ending::asked_for : ending::lost;
}

} // namespace

int serve(settings const& s) {
    net::end_signals ends;
    std::signal(SIGXFSZ, SIG_IGN); // a file at its limit (ulimit -f) is a full disk to the store, not the end of calls
    data_directory_lock lock{s.data_directory};
    system_clock_source clock;
    for (std::optional as{enter_store(s, clock)}; as; as = enter_store_again(s, ends, clock))
        if (live(s, *std::move(as), ends, clock) == ending::asked_for) break;
    return 0;
}

} // namespace ringback::app
