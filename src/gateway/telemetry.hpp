#pragma once

#include "base/ids.hpp"
#include "call/call_record.hpp"
#include "call/refusal.hpp"
#include "gateway/error_to_wire.hpp"
#include "gateway/request_kind.hpp"

#include <prometheus/metric_family.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ringback::gateway {

using milliseconds_taken = std::chrono::duration<double, std::milli>;

/// A client's request and its answer.
struct answered_request {
    request_kind kind;
    account_id who;
    call_id call;                              ///< null: none that is known
    std::optional<account_id> callee;          ///< of an attempt to call
    std::optional<call::refusal_code> refusal; ///< nullopt: done
    std::size_t bytes = 0;                     ///< of what one peer sent to the other; 0: it was no such event
    milliseconds_taken took{};                 ///< from its arrival to its answer
};

/// What the operators of this process see of its events: a line in the log with ids, node and latency, and figures for
/// `/metrics`. Never a token or a payload. Every function may be called from any thread.
class telemetry {
public:
    /// `node` names this process in the lines.
    explicit telemetry(std::string node);
    telemetry(telemetry const&) = delete;
    telemetry& operator=(telemetry const&) = delete;
    ~telemetry();

    void answered(answered_request const& r);
    /// The store has answered, after `took`: the call rings or is accepted, or it has refused that.
    void recorded(call::call_facts const& f, call::call_status step, bool is_written, milliseconds_taken took);
    /// Both parties are back in a call whose server was lost.
    void resumed(call::call_facts const& f);
    /// `late`: since the moment at which the call ended.
    void ended(call::call_facts const& f, call::closing const& c, milliseconds_taken late);
    /// A socket asked to join a namespace; nullopt: it may.
    void connected(std::optional<connect_refusal> refusal);

    /// An event that nobody knows.
    void ignored();

    [[nodiscard]] std::vector<prometheus::MetricFamily> collect() const;

private:
    struct figures;

    std::string const node_;
    std::unique_ptr<figures> figures_;
};

} // namespace ringback::gateway
