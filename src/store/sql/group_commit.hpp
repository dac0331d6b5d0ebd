#pragma once

#include "base/clock.hpp"
#include "store/sql/dialect.hpp"
#include "store/sql/job.hpp"
#include "store/sql/kept_closings.hpp"
#include "store/sql/steps.hpp"
#include "store/sql/store_config.hpp"
#include "store/sql/transactions.hpp"

#include <functional>
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
class group_commit {
public:
    group_commit(open_database database, store_config const& config, clock_source const& clock);

    /// Answers every job, in this order, but for closings that are kept.
    void run(std::vector<job> jobs);
    /// Answers them `unavailable`.
    void refuse(std::vector<job> jobs);

    /// From now on it is this process that the `liveness` row tells of.
    void begin_liveness();
    /// Does what is due without a job: the stamp, another try of what is kept.
    void run_due();
    /// How long run_due() can wait at most.
    [[nodiscard]] mono_time::duration idle_time() const;
    /// Tries what is kept a last time and answers it; logs what is lost. Stamps a last time.
    void finish();

private:
    enum class verdict {
        committed,
        refused,  ///< the database refused a row; rolled back
        failed,   ///< something else went wrong on the way; rolled back
        not_begun ///< no transaction can be had now, by nobody
    };
    enum class unwritten { keep, lose }; ///< what becomes of a closing that was not written

    verdict transact(std::span<job> jobs);
    verdict in_transaction(std::function<void()> const& work);
    void pass_failpoints(std::string_view when, bool is_stamping) const;
    void run_one_by_one(std::vector<job>& jobs, bool can_write);
    void retry_kept();
    void stamp();
    void answer(job& j, unwritten closing = unwritten::keep);
    /// Within a catch clause. Logs changes only: the first failure, and the first success after it.
    verdict note_failure();
    void note_success();

    store_config const config_;
    clock_source const& clock_;
    open_database database_;
    tables tables_;
    transactions transactions_;

    kept_closings kept_;
    std::optional<mono_time> next_stamp_; ///< nullopt: this process does not stamp
    std::span<job const> at_commit_;      ///< what the open transaction does
    bool is_failing_ = false;
    std::string refusal_; ///< what the database said when it last refused a row
};

} // namespace ringback::store
