#include "call/call_machine.hpp"

#include <chrono>
#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

namespace ringback::call {

namespace {

// The part of an event that names its sender; null for events that are no client's.
client_request const* request_in(call_event const& event) {
    return std::visit(
        [](auto const& e) -> client_request const* {
            if constexpr (std::derived_from<std::decay_t<decltype(e)>, client_request>) return &e;
            return nullptr;
        },
        event);
}

} // namespace

call_machine::call_machine(call_setup setup, call_config const& config, moment now)
    : config_{config},
      facts_{.id = setup.id,
             .type = setup.type,
             .caller = std::move(setup.caller),
             .callee = std::move(setup.callee),
             .created_at = now.wall,
             .expires_at = now.wall + config.ring_timeout},
      rates_{setup.rates},
      created_{now},
      prepaid_balance_{setup.prepaid_balance},
      opening_token_{setup.token},
      now_{now},
      ringing_devices_{std::move(setup.callee_devices)} {
    leg_of(side::caller).device = setup.caller_device;
}

effects call_machine::open() {
    waiting_ =
        awaited{.what = awaited::step::opening, .since = now_.mono, .at = now_, .token = opening_token_, .device = {}};
    out_.push_back(record{++questions_, opening{facts_}, side::caller, leg_of(side::caller).device});
    return std::exchange(out_, {});
}

effects call_machine::apply(call_event event, moment now) {
    now_ = now;
    settle(now);
    if (must_wait(event))
        park(std::move(event));
    else
        dispatch(event, now);
    settle(now);
    // Last, so that a request which meets a late timer is answered before nobody can answer any more.
    if (auto next = next_due(); next && next->at <= now.mono) act_on(*next);
    return std::exchange(out_, {});
}

// The store's answer is what everybody waits for. A stranger need not wait to hear that there is nothing to find.
bool call_machine::must_wait(call_event const& event) const {
    if (!waiting_ || std::holds_alternative<recorded>(event) || std::holds_alternative<balance_changed>(event) ||
        std::holds_alternative<deadline_reached>(event))
        return false;
    client_request const* request = request_in(event);
    return request == nullptr || side_of(request->account).has_value();
}

void call_machine::park(call_event event) {
    if (client_request const* request = request_in(event)) {
        std::size_t& parked = leg_of(*side_of(request->account)).parked;
        // One party's flood must neither cost memory nor keep the other party's events out.
        if (parked >= config_.max_parked) return refuse(request->token, refusal_code::rate_limited);
        ++parked;
    }
    parked_.push_back({std::move(event), now_});
}

void call_machine::replay() {
    while (!waiting_ && !parked_.empty()) {
        settle(parked_.front().at);
        if (waiting_) return; // the coins were used up before it happened
        parked_event next = std::move(parked_.front());
        parked_.pop_front();
        if (client_request const* request = request_in(next.event)) --leg_of(*side_of(request->account)).parked;
        dispatch(next.event, next.at);
    }
}

void call_machine::settle(moment until) {
    for (auto next = next_due(); next && next->at <= until.mono && next->action != due::what::forget; next = next_due())
        act_on(*next);
}

std::optional<call_machine::due> call_machine::next_due() const {
    if (forgotten_) return std::nullopt;
    if (waiting_) return due{waiting_->since + config_.record_patience, due::what::store_overdue};
    if (is_over()) return due{forget_at_, due::what::forget};
    // What the time of the outage has used up is found out when the call goes on.
    if (outage_) return due{outage_->grace_end, due::what::not_resumed};

    std::optional<due> first;
    auto consider = [&first](mono_time at, due::what action) {
        if (!first || at < first->at) first = due{at, action};
    };
    auto consider_loss = [&](leg const& l, due::what action) {
        if (l.lost_at && l.grace_end != mono_time::max()) consider(l.grace_end, action);
    };
    consider_loss(leg_of(side::caller), due::what::caller_lost);
    consider_loss(leg_of(side::callee), due::what::callee_lost);
    if (status_ == call_status::ringing) {
        consider(created_.mono + config_.ring_timeout, due::what::ring_timeout);
        return first;
    }
    if (config_.max_duration.count() != 0) consider(accepted_->mono + config_.max_duration, due::what::max_duration);
    if (auto paid = paid_until()) consider(*paid, due::what::coins_exhausted);
    if (auto question = media_ ? media_->next_question() : std::nullopt) consider(*question, due::what::media_question);
    return first;
}

std::optional<mono_time> call_machine::paid_until() const {
    auto paid = prepaid_balance_ && accepted_ ? paid_time(*prepaid_balance_, rates_.user) : std::nullopt;
    return paid ? std::optional{accepted_->mono + *paid} : std::nullopt;
}

void call_machine::act_on(due const& d) {
    switch (d.action) {
    case due::what::store_overdue: {
        awaited given_up = *waiting_;
        waiting_.reset();
        switch (given_up.what) {
        case awaited::step::answering: answering_failed(given_up); break;
        case awaited::step::balance: end_used_up(); break;
        case awaited::step::opening:
            may_be_stored_ = true; // the store may still get to it
            opening_failed();
            break;
        }
        return replay();
    }
    case due::what::ring_timeout:
        return finish({call_status::missed, end_reason::timeout, created_ + config_.ring_timeout});
    case due::what::caller_lost: return give_up(side::caller, *leg_of(side::caller).lost_at);
    case due::what::callee_lost: return give_up(side::callee, *leg_of(side::callee).lost_at);
    case due::what::max_duration:
        return finish({call_status::completed, end_reason::max_duration, *accepted_ + config_.max_duration});
    case due::what::coins_exhausted: return ask_balance();
    case due::what::media_question: return out_.push_back(ask_media{media_->ask(now_.mono)});
    case due::what::not_resumed: return finish({call_status::completed, end_reason::server_lost, outage_->since});
    case due::what::forget:
        forgotten_ = true;
        out_.push_back(forget{});
        return;
    }
}

std::optional<mono_time> call_machine::next_deadline() const {
    auto next = next_due();
    return next ? std::optional{next->at} : std::nullopt;
}

std::optional<wall_time> call_machine::accepted_at() const noexcept {
    return accepted_ ? std::optional{accepted_->wall} : std::nullopt;
}

std::optional<wall_time> call_machine::ended_at() const noexcept {
    return ended_ ? std::optional{ended_->wall} : std::nullopt;
}

device_ref call_machine::answering_device() const noexcept {
    return waiting_ && waiting_->what == awaited::step::answering ? waiting_->device : device_ref{};
}

std::optional<side> call_machine::side_of(account_id const& account) const noexcept {
    if (account == facts_.caller.who.id) return side::caller;
    if (account == facts_.callee.who.id) return side::callee;
    return std::nullopt;
}

} // namespace ringback::call
