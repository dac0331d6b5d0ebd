#include "gateway/telemetry.hpp"

#include "base/log_line.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <spdlog/spdlog.h>

#include <array>
#include <string_view>
#include <utility>

namespace ringback::gateway {
namespace {

using spdlog::level::level_enum;

/// Seconds: a local disk's commit takes about one millisecond, what people notice begins at some hundred.
prometheus::Histogram::BucketBoundaries const buckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                      0.05,   0.1,   0.25,   0.5,   1,    2.5};

auto& counters(prometheus::Registry& all, std::string const& name, std::string const& help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(all);
}
auto& histograms(prometheus::Registry& all, std::string const& name, std::string const& help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(all);
}

double seconds(milliseconds_taken t) { return t.count() / 1000; }

/// Whoever floods the server must not flood its log too.
level_enum level_of(answered_request const& r) {
    return is_about_calls(r.kind) && r.refusal != call::refusal_code::rate_limited ? spdlog::level::info
                                                                                   : spdlog::level::debug;
}

} // namespace

struct telemetry::figures {
    prometheus::Registry all;
    prometheus::Family<prometheus::Counter>& requests =
        counters(all, "ringback_requests_total", "Client events that were answered.");
    prometheus::Family<prometheus::Histogram>& request_time =
        histograms(all, "ringback_request_duration_seconds", "From a client event about a call to its answer.");
    prometheus::Family<prometheus::Histogram>& store_time = histograms(
        all, "ringback_store_wait_seconds", "From a step of a call to its commit, before which nobody is told.");
    prometheus::Family<prometheus::Counter>& calls =
        counters(all, "ringback_calls_ended_total", "Calls that are over.");
    prometheus::Counter& unknown =
        counters(all, "ringback_unknown_events_total", "Client events that nobody knows, and that were ignored.")
            .Add({});
    prometheus::Family<prometheus::Counter>& connections =
        counters(all, "ringback_connections_total", "Sockets that asked to join a namespace.");
    // What most requests and calls need, looked up once: asking a family for one builds it anew and throws it away.
    std::array<prometheus::Counter*, request_kinds> done{};
    std::array<prometheus::Histogram*, request_kinds> taken{}; ///< null: is about no call
    prometheus::Histogram& rings = step(call::call_status::ringing);
    prometheus::Histogram& accepts = step(call::call_status::accepted);

    figures() {
        for (std::size_t i = 0; i < request_kinds; ++i) {
            auto kind = static_cast<request_kind>(i);
            done[i] = &outcome(kind, "ok");
            if (is_about_calls(kind))
                taken[i] = &request_time.Add({{"event", std::string{rules_of(kind).event}}}, buckets);
        }
    }
    prometheus::Counter& outcome(request_kind kind, std::string_view what) {
        return requests.Add({{"event", std::string{rules_of(kind).event}}, {"outcome", std::string{what}}});
    }
    prometheus::Histogram& step(call::call_status s) {
        return store_time.Add({{"step", std::string{to_string(s)}}}, buckets);
    }
};

telemetry::telemetry(std::string node) : node_{std::move(node)}, figures_{std::make_unique<figures>()} {}
telemetry::~telemetry() = default;

void telemetry::answered(answered_request const& r) {
    std::string_view outcome = r.refusal ? to_string(*r.refusal) : "ok";
    auto kind = static_cast<std::size_t>(r.kind);
    (r.refusal ? figures_->outcome(r.kind, outcome) : *figures_->done[kind]).Increment();
    if (auto* taken = figures_->taken[kind]) taken->Observe(seconds(r.took));
    level_enum level = level_of(r);
    if (!spdlog::should_log(level)) return;
    log_line line{rules_of(r.kind).event};
    if (!r.call.is_null()) line.text("call", r.call.text());
    line.text("account", r.who.text());
    if (r.callee) line.text("callee", r.callee->text());
    if (r.bytes != 0) line.number("bytes", static_cast<std::int64_t>(r.bytes));
    line.text("outcome", outcome).text("node", node_).milliseconds("ms", r.took.count()).write(level);
}

void telemetry::recorded(call::call_facts const& f, call::call_status step, bool is_written, milliseconds_taken took) {
    (step == call::call_status::ringing ? figures_->rings : figures_->accepts).Observe(seconds(took));
    log_line{is_written ? to_string(step) : std::string{to_string(step)} + "-not-written"}
        .text("call", f.id.text())
        .text("caller", f.caller.who.id.text())
        .text("callee", f.callee.who.id.text())
        .text("type", to_string(f.type))
        .text("node", node_)
        .milliseconds("ms", took.count())
        .write(is_written ? spdlog::level::info : spdlog::level::warn);
}

void telemetry::resumed(call::call_facts const& f) {
    log_line{"RESUMED"}
        .text("call", f.id.text())
        .text("caller", f.caller.who.id.text())
        .text("callee", f.callee.who.id.text())
        .text("node", node_)
        .write(spdlog::level::info);
}

void telemetry::ended(call::call_facts const& f, call::closing const& c, milliseconds_taken late) {
    figures_->calls.Add({{"status", std::string{to_string(c.status)}}, {"reason", std::string{to_string(c.reason)}}})
        .Increment();
    log_line{to_string(c.status)}
        .text("call", f.id.text())
        .text("reason", to_string(c.reason))
        .text("caller", f.caller.who.id.text())
        .text("callee", f.callee.who.id.text())
        .number("seconds", c.figures.duration_s)
        .number("spent", c.figures.coins_spent)
        .number("earned", c.figures.coins_earned)
        .text("node", node_)
        .milliseconds("ms", late.count())
        .write(spdlog::level::info);
}

void telemetry::connected(std::optional<connect_refusal> refusal) {
    std::string_view outcome = refusal ? wire_of(*refusal).code : "ok";
    figures_->connections.Add({{"outcome", std::string{outcome}}}).Increment();
}

void telemetry::ignored() { figures_->unknown.Increment(); }

std::vector<prometheus::MetricFamily> telemetry::collect() const { return figures_->all.Collect(); }

} // namespace ringback::gateway
