#include "gateway/peer_list.hpp"

#include "gateway/json_object.hpp"
#include "gateway/peer_payloads.hpp"
#include "gateway/station.hpp"

#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace ringback::gateway {
namespace {

using listed = ports::agreed<std::vector<ports::present_account>>;

void append_peer(std::string& list, call::display const& who, call::presence now) {
    if (list.size() > 1) list += ',';
    append_object(list, [&](json_object& o) { write_peer_presence(o, who, now); });
}

/// Everyone who is there and has no block with the account. Accounts that the store has to be asked for cost another
/// pass, because the presences are older then than what they came with.
struct everyone : std::enable_shared_from_this<everyone> {
    everyone(station& a, account_id const& self, peer_list_handler t) : at{a}, then{std::move(t)} {
        passed_over.insert(self);
    }

    station& at;
    peer_list_handler then;
    std::unordered_set<account_id> passed_over;
    std::unordered_map<account_id, account_ptr> known;
    std::size_t missing = 0;
    bool is_asking = false;

    void pass() {
        at.registry().present_in(call::realm::peer, [self = shared_from_this()](listed const& present) {
            present ? self->collect(*present) : self->then(std::nullopt);
        });
    }
    void collect(std::vector<ports::present_account> const& present) {
        missing = present.size();
        is_asking = true;
        for (ports::present_account const& p : present)
            find(p.account);
        is_asking = false;
        if (missing == 0) finish(present);
    }
    void find(account_id const& id) {
        if (passed_over.contains(id) || known.contains(id)) return void(--missing);
        at.shared().accounts.find(at.shard(), id, [self = shared_from_this(), id](account_directory::found const& who) {
            if (who && *who)
                self->known.emplace(id, *who);
            else
                self->passed_over.insert(id);
            if (--self->missing == 0 && !self->is_asking) self->pass();
        });
    }
    void finish(std::vector<ports::present_account> const& present) {
        std::string list = "[";
        for (ports::present_account const& p : present)
            if (auto who = known.find(p.account); who != known.end())
                append_peer(list, display_of(*at.shared().accounts.latest(who->second)), p.presence);
        then(list += ']');
    }
};

void list_contacts(station& at, std::vector<call::display> const& contacts, peer_list_handler then) {
    std::unordered_map<account_id, call::display> shown;
    std::vector<account_id> ids;
    for (call::display const& each : contacts) {
        shown.emplace(each.id, each);
        ids.push_back(each.id);
    }
    at.registry().present_among(std::move(ids), call::realm::peer,
                                [shown = std::move(shown), then = std::move(then)](listed const& present) mutable {
                                    if (!present) return then(std::nullopt);
                                    std::string list = "[";
                                    for (ports::present_account const& p : *present)
                                        append_peer(list, shown.at(p.account), p.presence);
                                    then(list += ']');
                                });
}

} // namespace

void list_peers(station& at, account_id const& who, peer_list_handler then) {
    ports::call_store& store = at.shared().store;
    if (at.shared().config.peers.directory == peer_directory::contacts) {
        using read = ports::read_result<std::vector<call::display>>;
        return store.contacts_of(who, at.back_here<read>([&at, then = std::move(then)](read contacts) mutable {
            if (!contacts) return then(std::nullopt);
            list_contacts(at, *contacts, std::move(then));
        }));
    }
    using read = ports::read_result<std::vector<account_id>>;
    store.blocked_with(who, at.back_here<read>([&at, who, then = std::move(then)](read blocked) mutable {
        if (!blocked) return then(std::nullopt);
        auto search = std::make_shared<everyone>(at, who, std::move(then));
        search->passed_over.insert(blocked->begin(), blocked->end());
        search->pass();
    }));
}

} // namespace ringback::gateway
