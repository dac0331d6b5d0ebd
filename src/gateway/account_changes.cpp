#include "gateway/account_changes.hpp"

#include "gateway/station.hpp"

namespace ringback::gateway {
namespace {

void look_at_devices(station& here, account_ptr const& who) {
    for (std::uint32_t shard = 0; shard < here.shared().links->size(); ++shard)
        here.run_on(shard, [who](station& there) { there.entrance().look_at(who); });
}

void tell_everywhere(station& here, account_ptr const& who) {
    look_at_devices(here, who);
    here.send_to_other_nodes(changed_account{who->id});
}

} // namespace

void enforce(station& here, account_ptr const& who) {
    if (who->status == call::account_status::active) return tell_everywhere(here, who);
    here.registry().active_call_of(who->id, [&here, who](ports::agreed<std::optional<ports::involvement>> found) {
        if (!found || !*found) return tell_everywhere(here, who);
        // From the home of the call, so that its end reaches each device before the device is closed: the call must
        // not end because its party is gone.
        here.send((*found)->home, suspended_party{(*found)->call, who->id});
    });
}

void tell_of_change(station& here, account_id const& who) {
    here.shared().accounts.read(here.shard(), who, [&here](account_directory::found const& now) {
        if (now && *now) tell_everywhere(here, *now);
    });
}

void notice_change(station& here, changed_account const& news) {
    here.shared().accounts.read_again(here.shard(), news.who, [&here](account_directory::found const& who) {
        if (who && *who) look_at_devices(here, *who);
    });
}

void tell_balance_changed(station& here, account_id const& who) {
    if (here.shared().config.billing == billing_mode::meter) return;
    here.registry().active_call_of(who, [&here, who](ports::agreed<std::optional<ports::involvement>> found) {
        if (!found || !*found || (*found)->side != call::side::caller) return;
        here.send((*found)->home, moved_coins{(*found)->call, who});
    });
}

} // namespace ringback::gateway
