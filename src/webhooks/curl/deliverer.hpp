#pragma once

#include "base/clock.hpp"
#include "base/secret.hpp"
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
    /// How often the outbox is looked at without a reason, and counted: what another process replays comes by that.
    std::chrono::milliseconds look_interval{5000};
    std::chrono::milliseconds stop_grace{500}; ///< for what is under way at the end
};

/// Sends the events of an outbox to their receiver, on a thread of its own. Nothing waits for it: to the store it is
/// one reader and writer among others, with a few short jobs at a time.
class deliverer {
public:
    /// `outbox` and `clock` outlive it. Throws std::runtime_error when libcurl cannot be set up.
    deliverer(deliverer_config config, ports::webhook_outbox& outbox, clock_source const& clock);
    deliverer(deliverer const&) = delete;
    deliverer& operator=(deliverer const&) = delete;
    /// What is under way gets `stop_grace`; what has no answer by then is sent again after the next start.
    ~deliverer();

    /// From any thread.
    [[nodiscard]] ports::webhook_figures figures() const;

private:
    class mailbox;

    void loop();
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
    bool is_looking_ = false;
    bool is_settling_ = false;
    bool has_news_ = false; ///< while it was looking
    bool is_stopping_ = false;
    std::thread thread_;
};

} // namespace ringback::webhooks
