#include "gateway/peer_presence.hpp"

#include "base/log_line.hpp"
#include "gateway/peer_payloads.hpp"
#include "gateway/presence_record.hpp"
#include "gateway/rooms.hpp"
#include "gateway/station.hpp"

#include <chrono>
#include <utility>

namespace ringback::gateway {
namespace {

/// Changes overtake each other by microseconds; after this long none can be under way.
constexpr std::chrono::minutes overtaking{1};

void log_unread(account_id const& who) {
    log_line{"contacts-not-read"}.text("account", who.text()).write(spdlog::level::warn);
}

} // namespace

void peer_presence::hear(ports::presence_change const& change, presence_announcer::cause by) {
    forget_quiet();
    heard& h = heard_[change.account];
    if (h.version >= change.version) return;
    h.version = change.version;
    if (by == presence_announcer::cause::this_node) record_presence(at_, change);
    bool is_here = change.now != call::presence::offline;
    if (!is_here) quiet_.push_back({at_.now().mono, change.account, change.version});
    if (std::exchange(h.is_here, is_here) == is_here) return; // between ONLINE and ON_CALL
    if (is_here) return tell_online(change);
    tell(change.account, "user:offline", render_user_offline(change.account, change.last_seen));
}

void peer_presence::tell_online(ports::presence_change const& change) {
    at_.shared().accounts.find(at_.shard(), change.account, [this, change](account_directory::found const& who) {
        // Gone meanwhile: that was told, or will be.
        if (auto at = heard_.find(change.account); at == heard_.end() || !at->second.is_here) return;
        if (!who || !*who) return log_unread(change.account);
        tell(change.account, "user:online", render_user_online(display_of(**who), change.now));
    });
}

void peer_presence::tell(account_id const& about, std::string_view event, std::string args) {
    services& shared = at_.shared();
    if (shared.config.peers.directory == peer_directory::contacts) {
        using read = ports::read_result<std::vector<call::display>>;
        auto then = [this, about, event, args = std::move(args)](read contacts) {
            if (!contacts) return log_unread(about);
            if (contacts->empty()) return;
            auto to = at_.hub().of("/").to(account_room(contacts->front().id)).local();
            for (call::display const& each : *contacts)
                to.to(account_room(each.id));
            to.emit(event, args);
        };
        return shared.store.contacts_of(about, at_.back_here<read>(std::move(then)));
    }
    using read = ports::read_result<std::vector<account_id>>;
    auto then = [this, about, event, args = std::move(args)](read blocked) {
        if (!blocked) return log_unread(about);
        auto to = at_.hub().of("/").to(peers_room).local();
        to.except(account_room(about));
        for (account_id const& each : *blocked)
            to.except(account_room(each));
        to.emit(event, args);
    };
    shared.store.blocked_with(about, at_.back_here<read>(std::move(then)));
}

void peer_presence::forget_quiet() {
    mono_time long_ago = at_.now().mono - overtaking;
    for (; !quiet_.empty() && quiet_.front().since <= long_ago; quiet_.pop_front()) {
        auto last = heard_.find(quiet_.front().account);
        if (last != heard_.end() && last->second.version == quiet_.front().version) heard_.erase(last);
    }
}

} // namespace ringback::gateway
