#include "gateway/presence_announcer.hpp"

#include "base/log_line.hpp"
#include "gateway/payloads.hpp"
#include "gateway/presence_record.hpp"
#include "gateway/rooms.hpp"
#include "gateway/station.hpp"

#include <chrono>
#include <functional>

namespace ringback::gateway {
namespace {

/// Changes overtake each other by microseconds; after this long none can be under way.
constexpr std::chrono::minutes overtaking{1};

} // namespace

void presence_announcer::announce(station& here, ports::presence_changes const& changes, cause by) {
    for (ports::presence_change const& change : changes) {
        auto speaker =
            static_cast<std::uint32_t>(std::hash<account_id>{}(change.account) % here.shared().links->size());
        here.run_on(speaker, [change, by](station& there) {
            if (change.realm == call::realm::peer)
                there.peers_presence().hear(change, by);
            else
                there.presence().hear(change, by);
        });
    }
}

void presence_announcer::hear(ports::presence_change const& change, cause by) {
    forget_quiet();
    std::uint64_t& told = told_[change.account];
    if (told >= change.version) return;
    told = change.version;
    if (by == cause::this_node) record_presence(at_, change);
    if (change.now == call::presence::offline) quiet_.push_back({at_.now().mono, change.account, change.version});
    if (change.now != call::presence::online) return tell(change, nullptr);
    at_.shared().accounts.find(at_.shard(), change.account, [this, change](account_directory::found who) {
        if (auto last = told_.find(change.account); last == told_.end() || last->second != change.version) return;
        // Without its details an ONLINE is of no use to who does not list the telecaller yet, but true for the others.
        if (!who || !*who)
            log_line{"details-not-read"}.text("account", change.account.text()).write(spdlog::level::warn);
        tell(change, who ? who->get() : nullptr);
    });
}

void presence_announcer::tell(ports::presence_change const& change, call::account const* who) {
    auto const& id = change.account;
    at_.hub()
        .of("/user")
        .to(presence_room)
        .to(presence_room_of(id.text()))
        .local()
        .emit("telecaller:presence-changed", render_presence(id, change.now, who));
}

void presence_announcer::forget_quiet() {
    mono_time long_ago = at_.now().mono - overtaking;
    for (; !quiet_.empty() && quiet_.front().since <= long_ago; quiet_.pop_front()) {
        auto last = told_.find(quiet_.front().telecaller);
        if (last != told_.end() && last->second == quiet_.front().version) told_.erase(last);
    }
}

} // namespace ringback::gateway
