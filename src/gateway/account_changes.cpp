#include "gateway/account_changes.hpp"

#include "gateway/station.hpp"

namespace ringback::gateway {
namespace {

void look_at_devices(station& here, account_ptr const& who) {
    for (std::uint32_t shard = 0; shard < here.shared().links->size(); ++shard)
        here.run_on(shard, [who](station& there) { there.entrance().look_at(who); });
}

} // namespace

void enforce(station& here, account_ptr const& who) {
    if (who->status == call::account_status::active) return look_at_devices(here, who);
    here.shared().registry.active_call_of(who->id, [&here, who](std::optional<ports::involvement> in) {
        if (!in) return look_at_devices(here, who);
        // From the home of the call, so that its end reaches each device before the device is closed: the call must
        // not end because its party is gone.
        here.run_on(in->home.shard, [who, call = in->call](station& home) {
            switchboard::submit(home, {home.shard()}, call,
                                call::terminate{.token = {}, .reason = call::end_reason::account_suspended});
            look_at_devices(home, who);
        });
    });
}

void tell_balance_changed(station& here, account_id const& who) {
    if (here.shared().config.billing == billing_mode::meter) return;
    here.shared().registry.active_call_of(who, [&here, who](std::optional<ports::involvement> in) {
        if (!in || in->side != call::side::caller) return;
        here.run_on(in->home.shard, [who, call = in->call](station& home) { home.calls().read_balance(call, who); });
    });
}

} // namespace ringback::gateway
