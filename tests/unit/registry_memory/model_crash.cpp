// The server is lost, and the next one takes over what the store has.
#include "model_world.hpp"

#include <algorithm>
#include <utility>

namespace ringback::model {

using call::side;
using namespace std::chrono_literals;

void world::crash() {
    for (std::size_t done = below(4); done > 0; --done)
        store_works();
    // All that was in memory is gone, and what the store had not got to.
    mail_.clear();
    store_queue_.clear();
    claimed_.clear();
    requests_.clear();
    lingers_.clear();
    calls_.clear();
    registry_ = std::make_unique<registry::memory_registry>();
    for (device& d : devices_) {
        d.is_connected = false;
        d.screen.reset();
    }
    for (person& p : people_) {
        p.shown = call::presence::offline;
        p.version = 0;
    }
    wall_time const last_alive = now_.wall - std::chrono::milliseconds{below(4'000)};
    now_ = now_ + std::chrono::milliseconds{below(10'000)};
    for (auto& [id, row] : store_) {
        if (row.status == call::call_status::ringing) row.status = call::call_status::missed;
        if (row.status != call::call_status::accepted) continue;
        if (!row.lost_at) row.lost_at = std::max(last_alive, row.accepted_at);
        take_over(id);
    }
}

void world::take_over(call_id id) {
    stored const& row = store_.at(id);
    account_id const& caller = people_[row.caller].id;
    account_id const& callee = people_[row.callee].id;
    ports::claim_request const left{
        .call = id, .home = {}, .caller = caller, .caller_realm = realm_, .callee = callee, .callee_realm = realm_};
    registry_->take_over(left, [&](ports::taken_over const& taken) { note(taken.changes); });
    call::call_survival survivor;
    survivor.facts.id = id;
    survivor.facts.caller = {{caller, {}, {}}, realm_};
    survivor.facts.callee = {{callee, {}, {}}, realm_};
    survivor.facts.created_at = row.created_at;
    survivor.accepted_at = row.accepted_at;
    survivor.lost_at = *row.lost_at;
    survivor.rates = rates_;
    if (is_prepaid_) survivor.prepaid_balance = people_[row.caller].coins;
    live_call& c = calls_.try_emplace(id, std::move(survivor), config_, now_).first->second;
    if (is_prepaid_) c.paid_from = people_[row.caller].coins;
    give(id, call::deadline_reached{});
}

} // namespace ringback::model
