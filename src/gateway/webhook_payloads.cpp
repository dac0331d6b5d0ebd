#include "gateway/webhook_payloads.hpp"

#include "base/clock.hpp"
#include "gateway/json_object.hpp"
#include "gateway/payloads.hpp"
#include "gateway/rest_payloads.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

namespace ringback::gateway {
namespace {

constexpr std::size_t usual_size = 1024;

template <class Write>
std::string render_webhook(ports::webhook_head const& head, Write&& write_data) {
    return object_text(usual_size, [&](json_object& o) {
        o.text("id", head.id)
            .text("type", to_string(head.type))
            .text("createdAt", iso8601(head.at))
            .object("data", write_data);
    });
}

std::string_view namespace_of(call::realm realm) {
    switch (realm) {
    case call::realm::user: return "/user";
    case call::realm::telecaller: return "/telecaller";
    case call::realm::peer: return "/";
    }
    return "";
}

prometheus::ClientMetric of_value(double value, std::vector<prometheus::ClientMetric::Label> labels = {}) {
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = metric.counter.value = value;
    return metric;
}

} // namespace

std::string render_call_webhook(ports::webhook_head const& head, ports::stored_call const& call) {
    return render_webhook(head, [&](json_object& data) { data.raw("call", render_call(call, std::nullopt)); });
}

std::string render_presence_webhook(ports::webhook_head const& head, ports::webhook_presence const& shown) {
    return render_webhook(head, [&](json_object& data) {
        data.object("account",
                    [&](json_object& o) {
                        write_display(o, call::display_of(shown.who));
                        o.text("role", to_string(shown.who.role));
                    })
            .text("namespace", namespace_of(shown.realm))
            .text("presence", to_string(shown.now));
    });
}

std::string render_dead_webhook(ports::dead_webhook const& letter) {
    return object_text(usual_size, [&](json_object& o) {
        o.text("id", letter.id)
            .text("type", to_string(letter.type))
            .text("createdAt", iso8601(letter.created_at))
            .text("diedAt", iso8601(letter.died_at))
            .number("attempts", letter.attempts)
            .text("reason", letter.reason)
            .raw("event", letter.body);
    });
}

void append_webhook_metrics(std::vector<prometheus::MetricFamily>& to, ports::webhook_figures const& figures,
                            wall_time now) {
    using enum prometheus::MetricType;
    auto const& b = figures.backlog;
    std::chrono::duration<double> const age =
        b.oldest ? std::max(now - *b.oldest, wall_time::duration{}) : wall_time::duration{};
    auto of_result = [](std::uint64_t value, char const* result) {
        return of_value(static_cast<double>(value), {{"result", result}});
    };
    to.push_back({"ringback_webhooks_waiting",
                  "Events that wait for their delivery.",
                  Gauge,
                  {of_value(static_cast<double>(b.waiting))}});
    to.push_back(
        {"ringback_webhooks_dead", "Dead letters that are kept.", Gauge, {of_value(static_cast<double>(b.dead))}});
    to.push_back(
        {"ringback_webhooks_oldest_seconds", "Age of the oldest event that waits.", Gauge, {of_value(age.count())}});
    to.push_back({"ringback_webhooks_lost_total",
                  "Events that were not written because the outbox was full.",
                  Counter,
                  {of_value(static_cast<double>(b.lost))}});
    to.push_back({"ringback_webhook_attempts_total",
                  "Attempts to deliver an event, by result.",
                  Counter,
                  {of_result(figures.delivered, "delivered"), of_result(figures.postponed, "postponed"),
                   of_result(figures.given_up, "dead")}});
}

} // namespace ringback::gateway
