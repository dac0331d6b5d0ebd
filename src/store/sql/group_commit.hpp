#pragma once

#include "base/clock.hpp"
#include "store/sql/connection.hpp"
#include "store/sql/dialect.hpp"
#include "store/sql/figures.hpp"
#include "store/sql/job.hpp"
#include "store/sql/kept_closings.hpp"
#include "store/sql/reconnector.hpp"
#include "store/sql/store_config.hpp"
#include "store/sql/watchdog.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::store {

/// Runs jobs against a database and answers them. Used by one thread.
///
/// Jobs that come together share a transaction. When it fails it is rolled back and each job gets one of its own, so
/// that only the one at fault fails. A closing that cannot be written is kept and tried again.
///
/// Without a connection all others are answered `unavailable` at once. Writes whose commit a lost connection did not
/// answer are in doubt: they wait for the next one, which tells (doubt.hpp), before anything else is asked of it.
///
/// A node of a cluster that another one has taken over writes nothing any more; reads go on.
class group_commit {
public:
    /// Throws what `from.first` throws. `reconnected` is called from another thread: run_due() has something to do.
    group_commit(database_source const& from, store_config const& config, clock_source const& clock,
                 std::function<void()> reconnected);

    /// Answers every job, in this order, but for closings that are kept.
    void run(std::vector<job> jobs);
    /// Answers them `unavailable`.
    void refuse(std::vector<job> jobs);

    /// From now on it is this process that the row of this node tells of. It works in its name, 0: that of a server
    /// without a cluster, and writes only as long as nobody has declared it lost.
    void begin_liveness(integer node);
    /// Called once, when that has happened; at once if it has. An empty one: nobody is told.
    void watch_fence(std::function<void()> on_fenced);
    /// Does what is due without a job: the stamp, another try of what is kept.
    void run_due();
    /// How long run_due() can wait at most.
    [[nodiscard]] mono_time::duration idle_time() const;
    [[nodiscard]] bool is_connected() const noexcept { return connection_ != nullptr; }
    /// Tries what is kept a last time and answers it and what is in doubt; logs what is lost. Stamps a last time.
    void finish();

    /// From any thread. All but `waiting`.
    [[nodiscard]] ports::store_state state() const { return figures_.state(); }

private:
    enum class verdict {
        committed,
        refused,   ///< the database refused a row; rolled back
        failed,    ///< something else went wrong on the way; rolled back
        not_begun, ///< no transaction can be had now, by nobody; nothing was changed
        fenced,    ///< this node was declared lost; rolled back, and nothing is ever written again
        in_doubt   ///< the connection was lost while it was committed
    };
    /// While it lives the server has answer_timeout to answer.
    struct watch {
        explicit watch(group_commit& of) {
            if (of.watchdog_) running.emplace(*of.watchdog_, *of.link());
        }
        std::optional<watchdog::watch> running;
    };
    enum class unwritten { keep, lose }; ///< what becomes of a closing that was not written

    verdict transact(std::span<job> jobs);
    verdict in_transaction(std::function<void()> const& work);
    void pass_failpoints(std::string_view when, bool is_stamping) const;
    verdict transact_on(connection& on, std::function<void()> const& work);
    void run_one_by_one(std::vector<job>& jobs, bool can_write);
    void run_within(job& j);
    void read(job& j);
    void retry_kept();
    void stamp();
    void answer(job& j, unwritten closing = unwritten::keep);
    /// Answers the job, or keeps it in doubt.
    void conclude(job& j, verdict v);
    /// Within a catch clause. Logs changes only: the first failure, and the first success after it.
    verdict note_failure();
    void note_success();
    /// Locks the row of this node, so that a take-over waits for the transaction. false: it came first.
    [[nodiscard]] bool is_in(connection& on);
    verdict be_fenced(connection& on);
    void give_up_lost_connection();
    void resume(std::unique_ptr<connection> made);

    [[nodiscard]] server_link* link() const { return connection_->database.link.get(); }

    store_config const config_;
    clock_source const& clock_;
    figures figures_;
    std::optional<watchdog> watchdog_; ///< none for a file
    outbox_memory outbox_;
    std::unique_ptr<connection> connection_; ///< null: lost

    kept_closings kept_;
    std::vector<job> doubtful_; ///< in the order of submission; empty while there is a connection
    integer node_ = 0;          ///< 0: no cluster
    bool is_fenced_ = false;
    std::function<void()> on_fenced_;     ///< empty: nobody is told, or was told
    std::optional<mono_time> next_stamp_; ///< nullopt: this process does not stamp
    std::span<job const> at_commit_;      ///< what the open transaction does
    bool is_failing_ = false;
    std::string refusal_;     ///< what the database said when it last refused a row
    reconnector reconnector_; ///< last: its thread calls out
};

} // namespace ringback::store
