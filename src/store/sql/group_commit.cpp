#include "store/sql/group_commit.hpp"

#include "base/log.hpp"
#include "store/sql/failpoint.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>
#include <variant>

namespace ringback::store {

using ports::write_outcome;

namespace {

bool needs_transaction(job const& j) {
    auto const* other = std::get_if<query_job>(&j);
    return other == nullptr || (*other)->needs_transaction();
}

void run_within(job& j, tables& in) {
    if (auto* write = std::get_if<write_job>(&j))
        write->outcome = carry_out(write->what, in) ? write_outcome::ok : write_outcome::conflict;
    else
        std::get<query_job>(j)->run(in);
}

/// What run_within found does not hold.
void forget(job& j, write_outcome why) {
    if (auto* write = std::get_if<write_job>(&j))
        write->outcome = why;
    else
        std::get<query_job>(j)->forget();
}

} // namespace

group_commit::group_commit(open_database database, store_config const& config, clock_source const& clock)
    : config_{config},
      clock_{clock},
      database_{std::move(database)},
      tables_{*database_.sql},
      transactions_{*database_.sql, database_.dialect},
      kept_{config} {}

void group_commit::run(std::vector<job> jobs) {
    if (std::ranges::none_of(jobs, needs_transaction)) return run_one_by_one(jobs, true);
    verdict const v = transact(jobs);
    if (v != verdict::committed && jobs.size() > 1) return run_one_by_one(jobs, v != verdict::not_begun);
    for (job& j : jobs)
        answer(j);
}

void group_commit::run_one_by_one(std::vector<job>& jobs, bool can_write) {
    for (job& j : jobs) {
        if (needs_transaction(j)) {
            if (can_write) can_write = transact({&j, 1}) != verdict::not_begun;
        } else {
            try {
                run_within(j, tables_);
            } catch (std::exception const&) {
                note_failure();
                forget(j, write_outcome::unavailable);
            }
        }
        answer(j);
    }
}

void group_commit::refuse(std::vector<job> jobs) {
    for (job& j : jobs) {
        forget(j, write_outcome::unavailable);
        answer(j);
    }
}

group_commit::verdict group_commit::transact(std::span<job> jobs) {
    at_commit_ = jobs;
    verdict const v = in_transaction([&] {
        for (job& j : jobs)
            run_within(j, tables_);
    });
    at_commit_ = {};
    if (v == verdict::committed) return v;
    bool const is_judged = v == verdict::refused && jobs.size() == 1;
    if (is_judged) spdlog::warn("store: the database refused a write: {}", refusal_);
    for (job& j : jobs)
        forget(j, is_judged ? write_outcome::conflict : write_outcome::unavailable);
    return v;
}

group_commit::verdict group_commit::in_transaction(std::function<void()> const& work) {
    try {
        transactions_.begin();
    } catch (std::exception const&) {
        note_failure();
        return verdict::not_begun;
    }
    try {
        work();
        moment const now = clock_.now();
        bool const is_stamp_due = next_stamp_ && now.mono >= *next_stamp_;
        if (is_stamp_due) tables_.liveness.stamp(now.wall);
        pass_failpoints("before", is_stamp_due);
        transactions_.commit();
        pass_failpoints("after", is_stamp_due);
        if (is_stamp_due) next_stamp_ = now.mono + config_.liveness_interval;
        note_success();
        return verdict::committed;
    } catch (std::exception const&) {
        verdict const v = note_failure();
        transactions_.roll_back();
        return v;
    }
}

void group_commit::pass_failpoints(std::string_view when, bool is_stamping) const {
    for (job const& j : at_commit_)
        failpoint(when, name_of(j));
    if (is_stamping) failpoint(when, "stamp");
}

void group_commit::answer(job& j, unwritten closing) {
    auto* write = std::get_if<write_job>(&j);
    if (write == nullptr) return std::get<query_job>(j)->answer();

    write_outcome outcome = write->outcome;
    if (auto const* closed = std::get_if<ports::call_closed>(&write->what);
        closed != nullptr && outcome == write_outcome::unavailable) {
        if (closing == unwritten::keep && !kept_.is_full()) return kept_.keep(std::move(j), clock_.now().mono);
        spdlog::error("store: the end of call {} is lost: it could not be written", closed->id.text());
    }
    // The party's last call may be over, with a closing that still waits here: this is no judgement of the new one.
    if (outcome == write_outcome::conflict && !kept_.empty() && std::holds_alternative<ports::call_opened>(write->what))
        outcome = write_outcome::unavailable;
    write->done(outcome);
}

void group_commit::retry_kept() {
    while (!kept_.empty()) {
        std::vector<job> jobs = kept_.take(config_.max_group);
        verdict v = transact(jobs);
        auto next = jobs.begin();
        if (v == verdict::committed) next = jobs.end();
        for (auto done = jobs.begin(); done != next; ++done)
            answer(*done);
        // Alone up to the first that fails: it goes last, so that it does not stand in the way of the others for ever.
        while (v != verdict::not_begun && next != jobs.end()) {
            v = transact({&*next, 1});
            if (v == verdict::failed || v == verdict::not_begun) break;
            answer(*next++);
        }
        if (next == jobs.end()) continue;
        if (v == verdict::failed) std::rotate(next, next + 1, jobs.end());
        jobs.erase(jobs.begin(), next);
        return kept_.put_back(std::move(jobs), clock_.now().mono);
    }
}

void group_commit::finish() {
    bool can_write = true;
    while (!kept_.empty())
        for (job& j : kept_.take(config_.max_group)) {
            if (can_write) can_write = transact({&j, 1}) != verdict::not_begun;
            answer(j, unwritten::lose);
        }
    if (next_stamp_) stamp();
}

void group_commit::begin_liveness() { next_stamp_ = clock_.now().mono + config_.liveness_interval; }

void group_commit::run_due() {
    mono_time const now = clock_.now().mono;
    if (!kept_.empty() && now >= kept_.due()) retry_kept();
    if (next_stamp_ && now >= *next_stamp_) stamp();
}

void group_commit::stamp() {
    next_stamp_ = clock_.now().mono;
    if (in_transaction([] {}) != verdict::committed) next_stamp_ = *next_stamp_ + config_.retry_longest;
}

mono_time::duration group_commit::idle_time() const {
    mono_time const now = clock_.now().mono;
    mono_time::duration idle = std::chrono::hours{1};
    if (next_stamp_) idle = std::min(idle, *next_stamp_ - now);
    if (!kept_.empty()) idle = std::min(idle, kept_.due() - now);
    return idle;
}

group_commit::verdict group_commit::note_failure() {
    std::string why;
    try {
        throw;
    } catch (soci::soci_error const& e) {
        // Not what(): there SOCI goes on with the values of the row, which are no business of a log.
        why = e.get_error_message();
        if (database_.dialect.is_refusal(e)) {
            refusal_ = std::move(why);
            return verdict::refused;
        }
    } catch (std::exception const& e) {
        why = e.what();
    }
    if (!std::exchange(is_failing_, true)) spdlog::error("store: not available: {}", why);
    return verdict::failed;
}

void group_commit::note_success() {
    if (std::exchange(is_failing_, false)) spdlog::info("store: available again");
}

} // namespace ringback::store
