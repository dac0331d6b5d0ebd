#pragma once

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "ports/duty_roster.hpp"
#include "ports/webhook_outbox.hpp"
#include "webhooks/curl/http_poster.hpp"
#include "webhooks/dispatcher.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace ringback::webhooks {

struct deliverer_config {
    post_terms post;
    delivery_terms delivery;
    std::vector<secret> secrets; ///< that sign; at least one
    /// How often the outbox is looked at without a reason: what another process wrote or replays comes by that.
    std::chrono::milliseconds look_interval{5000};
    std::chrono::milliseconds count_interval{5000}; ///< and how often it is counted
    /// A deliverer that was not heard of for so long is replaced by that of another node, after another quarter of it
    /// at the latest.
    std::chrono::milliseconds duty_lease{6000};
    std::chrono::milliseconds stop_grace{500}; ///< for what is under way at the end
};

/// Sends the events of an outbox to their receiver, on a thread of its own. Nothing waits for it: to the store it is
/// one reader and writer among others, with a few short jobs at a time. Of the nodes that share an outbox one does so
/// at a time; whose duty it is no longer breaks off what is under way, which the next one sends, with the same id.
class deliverer {
public:
    /// `outbox`, `duties` and `clock` outlive it; a node has joined the others before. Throws std::runtime_error when
    /// libcurl cannot be set up.
    deliverer(deliverer_config config, ports::webhook_outbox& outbox, ports::duty_roster& duties,
              clock_source const& clock);
    deliverer(deliverer const&) = delete;
    deliverer& operator=(deliverer const&) = delete;
    /// What is under way gets `stop_grace`; what has no answer by then is sent again after the next start.
    ~deliverer();

    /// From any thread.
    [[nodiscard]] ports::webhook_figures figures() const;

private:
    class mailbox;

    void loop();
    void keep_duty();
    void duty_answered(mono_time asked_at, ports::read_result<bool> is_ours);
    void look();
    void take(ports::read_result<std::vector<ports::waiting_webhook>> first);
    void settle();
    void settled(std::vector<ports::webhook_settlement> const& what, bool is_done);
    void count();
    void conclude(http_poster::posted const& p);
    /// A callable for the store's thread that takes its result to `then` on this thread, or nowhere after the end.
    template <class Result>
    [[nodiscard]] ports::completion<Result> back_here(std::function<void(Result)> then);
    [[nodiscard]] std::chrono::milliseconds idle_time() const;

    deliverer_config const config_;
    ports::webhook_outbox& outbox_;
    ports::duty_roster& duties_;
    clock_source const& clock_;
    std::shared_ptr<mailbox> mailbox_;

    mutable std::mutex mutex_;
    ports::webhook_figures figures_; ///< guarded by mutex_

    // owned by the thread
    http_poster poster_;
    dispatcher dispatcher_;
    std::vector<ports::webhook_settlement> unsettled_;
    mono_time settle_at_{}; ///< not before
    mono_time look_at_{};
    mono_time count_at_{};
    mono_time duty_at_{};    ///< when it is claimed (again)
    mono_time duty_until_{}; ///< it is ours
    bool has_duty_ = false;  ///< it was in the last round
    bool is_claiming_ = false;
    bool is_looking_ = false;
    bool is_settling_ = false;
    bool has_news_ = false; ///< while it was looking
    bool is_stopping_ = false;
    std::thread thread_;
};

} // namespace ringback::webhooks
