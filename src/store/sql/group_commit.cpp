#include "store/sql/group_commit.hpp"

#include "base/log.hpp"
#include "store/sql/doubt.hpp"
#include "store/sql/error_text.hpp"
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

/// What run_within found does not hold.
void forget(job& j, write_outcome why) {
    if (auto* write = std::get_if<write_job>(&j))
        write->outcome = why;
    else
        std::get<query_job>(j)->forget();
}

} // namespace

group_commit::group_commit(database_source const& from, store_config const& config, clock_source const& clock,
                           std::function<void()> reconnected)
    : config_{config},
      clock_{clock},
      outbox_{config_.webhooks},
      connection_{std::make_unique<connection>(from.first(), outbox_)},
      kept_{config},
      reconnector_{from.again, config, outbox_, std::move(reconnected)} {
    if (link() != nullptr) watchdog_.emplace(config.answer_timeout);
}

void group_commit::run(std::vector<job> jobs) {
    if (!connection_) return refuse(std::move(jobs));
    if (std::ranges::none_of(jobs, needs_transaction)) return run_one_by_one(jobs, true);
    verdict const v = transact(jobs);
    if (v != verdict::committed && v != verdict::in_doubt && jobs.size() > 1)
        return run_one_by_one(jobs, v != verdict::not_begun && v != verdict::fenced);
    for (job& j : jobs)
        conclude(j, v);
}

void group_commit::run_one_by_one(std::vector<job>& jobs, bool can_write) {
    for (job& j : jobs) {
        verdict v = verdict::not_begun;
        if (!needs_transaction(j))
            read(j);
        else if (can_write)
            v = transact({&j, 1});
        if (needs_transaction(j)) can_write = v != verdict::not_begun && v != verdict::in_doubt && v != verdict::fenced;
        conclude(j, v);
    }
}

void group_commit::run_within(job& j) {
    auto* write = std::get_if<write_job>(&j);
    if (write == nullptr)
        std::get<query_job>(j)->run(connection_->in);
    else if (write->is_in_doubt)
        write->outcome = settle(write->what, connection_->in);
    else
        write->outcome = carry_out(write->what, connection_->in) ? write_outcome::ok : write_outcome::conflict;
}

void group_commit::read(job& j) {
    forget(j, write_outcome::unavailable);
    if (!connection_) return;
    try {
        figures_.begin_work();
        watch const limit{*this};
        run_within(j);
    } catch (std::exception const&) {
        note_failure();
        forget(j, write_outcome::unavailable);
    }
    figures_.end_work();
    give_up_lost_connection();
}

void group_commit::conclude(job& j, verdict v) {
    if (v != verdict::in_doubt) return answer(j);
    if (auto* write = std::get_if<write_job>(&j)) write->is_in_doubt = true;
    doubtful_.push_back(std::move(j));
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
        for (job& j : jobs) {
            watch const limit{*this};
            run_within(j);
        }
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
    if (is_fenced_) return verdict::fenced;
    if (!connection_) return verdict::not_begun;
    auto const began = figures::clock::now();
    figures_.begin_work();
    verdict const v = transact_on(*connection_, work);
    figures_.end_work();
    if (v == verdict::committed) figures_.committed(figures::clock::now() - began);
    give_up_lost_connection();
    return v;
}

group_commit::verdict group_commit::transact_on(connection& on, std::function<void()> const& work) {
    try {
        watch const limit{*this};
        on.transaction.begin();
    } catch (std::exception const&) {
        note_failure();
        return verdict::not_begun;
    }
    bool is_committing = false;
    try {
        if (!is_in(on)) return be_fenced(on);
        work();
        moment const now = clock_.now();
        bool const is_stamp_due = next_stamp_ && now.mono >= *next_stamp_;
        watch const limit{*this};
        if (is_stamp_due) {
            on.in.nodes.stamp(node_, now.wall);
            on.in.outages.forget_late(now.wall);
        }
        on.in.ledger.settle_with_house();
        pass_failpoints("before", is_stamp_due);
        is_committing = true;
        on.transaction.commit();
        pass_failpoints("after", is_stamp_due);
        if (is_stamp_due) next_stamp_ = now.mono + config_.liveness_interval;
        note_success();
        on.in.webhooks.committed();
        return verdict::committed;
    } catch (std::exception const&) {
        verdict const v = note_failure();
        if (on.is_lost) return is_committing ? verdict::in_doubt : verdict::not_begun;
        on.transaction.roll_back();
        on.in.webhooks.rolled_back();
        on.in.ledger.rolled_back();
        return v;
    }
}

bool group_commit::is_in(connection& on) {
    watch const limit{*this};
    return node_ == 0 || on.in.nodes.keep_in(node_);
}

group_commit::verdict group_commit::be_fenced(connection& on) {
    on.transaction.roll_back();
    is_fenced_ = true;
    figures_.set_fenced();
    spdlog::error("store: another node has taken over what node {} had: nothing is written any more", node_);
    if (auto const told = std::exchange(on_fenced_, {})) told();
    return verdict::fenced;
}

void group_commit::watch_fence(std::function<void()> on_fenced) {
    if (!is_fenced_)
        on_fenced_ = std::move(on_fenced);
    else if (on_fenced)
        on_fenced();
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
        closed != nullptr && outcome == write_outcome::unavailable && !is_fenced_) {
        if (closing == unwritten::keep && !kept_.is_full()) {
            kept_.keep(std::move(j), clock_.now().mono);
            return figures_.set_kept(kept_.size());
        }
        spdlog::error("store: the end of call {} is lost: it could not be written", closed->id.text());
    }
    // The party's last call may be over, with a closing that still waits here: this is no judgement of the new one.
    if (outcome == write_outcome::conflict && !kept_.empty() && std::holds_alternative<ports::call_opened>(write->what))
        outcome = write_outcome::unavailable;
    write->done(outcome);
}

void group_commit::retry_kept() {
    while ((connection_ || is_fenced_) && !kept_.empty()) {
        std::vector<job> jobs = kept_.take(config_.max_group);
        verdict v = transact(jobs);
        auto next = jobs.begin();
        // Who is answered finds nothing kept for him any more.
        auto const show = [&] { figures_.set_kept(kept_.size() + static_cast<std::size_t>(jobs.end() - next)); };
        if (v == verdict::committed || v == verdict::in_doubt || v == verdict::fenced) next = jobs.end();
        show();
        for (auto done = jobs.begin(); done != next; ++done)
            conclude(*done, v);
        // Alone up to the first that fails: it goes last, so that it does not stand in the way of the others for ever.
        while (v != verdict::not_begun && next != jobs.end()) {
            v = transact({&*next, 1});
            if (v == verdict::failed || v == verdict::not_begun) break;
            auto const done = next++;
            show();
            conclude(*done, v);
        }
        if (next == jobs.end()) continue;
        if (v == verdict::failed) std::rotate(next, next + 1, jobs.end());
        jobs.erase(jobs.begin(), next);
        return kept_.put_back(std::move(jobs), clock_.now().mono);
    }
}

void group_commit::finish() {
    if (auto made = reconnector_.take(); made && !connection_) resume(std::move(made));
    for (job& j : std::exchange(doubtful_, {})) {
        forget(j, write_outcome::unavailable);
        answer(j, unwritten::lose);
    }
    bool can_write = true;
    while (!kept_.empty())
        for (job& j : kept_.take(config_.max_group)) {
            if (can_write) can_write = transact({&j, 1}) != verdict::not_begun;
            answer(j, unwritten::lose);
        }
    if (next_stamp_) stamp();
}

void group_commit::resume(std::unique_ptr<connection> made) {
    connection_ = std::move(made);
    connection_->in.node = node_;
    note_success();
    if (!doubtful_.empty()) run(std::exchange(doubtful_, {}));
    retry_kept();
}

void group_commit::give_up_lost_connection() {
    if (!connection_ || !connection_->is_lost) return;
    connection_.reset();
    reconnector_.begin();
}

void group_commit::begin_liveness(integer node) {
    node_ = node;
    if (connection_) connection_->in.node = node;
    next_stamp_ = clock_.now().mono + config_.liveness_interval;
}

void group_commit::run_due() {
    if (!connection_)
        if (auto made = reconnector_.take()) resume(std::move(made));
    if (!connection_) return;
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
    if (!connection_) return idle;
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
        why = one_line(e.get_error_message());
        if (link() != nullptr && link()->is_lost(e)) {
            connection_->is_lost = true;
        } else if (connection_->database.dialect.is_refusal(e)) {
            refusal_ = std::move(why);
            return verdict::refused;
        }
    } catch (std::exception const& e) {
        why = e.what();
    }
    figures_.set_available(false);
    if (!std::exchange(is_failing_, true)) spdlog::error("store: not available: {}", why);
    return verdict::failed;
}

void group_commit::note_success() {
    figures_.set_available(true);
    if (std::exchange(is_failing_, false)) spdlog::info("store: available again");
}

} // namespace ringback::store
