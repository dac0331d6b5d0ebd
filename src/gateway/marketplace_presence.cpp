// presence:list, presence:subscribe, presence:unsubscribe.
#include "gateway/json_object.hpp"
#include "gateway/marketplace.hpp"
#include "gateway/payloads.hpp"
#include "gateway/rooms.hpp"
#include "gateway/station.hpp"

#include <memory>
#include <utility>

namespace ringback::gateway {
namespace {

constexpr std::string_view ok = R"({"ok":true})";

/// Collects the accounts of a list, some of which the store may have to be asked for, and answers with the last.
struct presence_collector {
    station& at;
    call::request_token token;
    std::string items;
    std::size_t missing;

    void add(call::presence now, account_directory::found const& who) {
        if (who && *who && is_available(**who)) {
            if (!items.empty()) items += ',';
            append_listed_telecaller(items, **who, now, at.shared().config.tariff);
        }
        if (--missing == 0) finish();
    }
    void finish() { at.desk().succeed(token, R"({"ok":true,"telecallers":[)" + items + "]}"); }
};

} // namespace

void marketplace::list_presence(socketio::socket& s, socketio::event const& e) {
    if (!e.ack_id) return; // the list is the acknowledgement
    call::request_token token = at_.desk().open(s, e.ack_id, request_kind::presence_list);
    using listed = ports::agreed<std::vector<ports::present_account>>;
    at_.registry().present_in(call::realm::telecaller, [this, token](listed const& found) {
        if (!found) return at_.desk().refuse(token, call::refusal_code::internal);
        auto const& present = *found;
        auto list = std::make_shared<presence_collector>(at_, token, std::string{}, present.size());
        if (present.empty()) return list->finish();
        list->items.reserve(present.size() * 256);
        for (ports::present_account const& p : present)
            at_.shared().accounts.find(at_.shard(), p.account,
                                       [list, now = p.presence](auto const& who) { list->add(now, who); });
    });
}

void marketplace::subscribe(socketio::socket& s, socketio::event const& e) {
    sender from = at_.requests().sender_of(s, e, request_kind::presence_subscribe);
    auto ids = read_telecaller_ids(e.first_arg());
    auto& watched = device_of(s).watched;
    std::size_t before = watched ? watched->size() : 0;
    if (before + ids.size() > at_.shared().config.watched_telecallers)
        return at_.requests().refuse(from, call::refusal_code::payload_too_large);
    if (!watched) {
        watched = std::make_unique<std::vector<std::string>>();
        s.leave(presence_room);
    }
    for (std::string& id : ids)
        if (s.join(presence_room_of(id))) watched->push_back(std::move(id));
    at_.desk().succeed(from.token, ok);
}

void marketplace::unsubscribe(socketio::socket& s, socketio::event const& e) {
    sender from = at_.requests().sender_of(s, e, request_kind::presence_unsubscribe);
    auto& watched = device_of(s).watched;
    auto ids = read_telecaller_ids(e.first_arg());
    if (watched && !ids.empty()) {
        for (std::string const& id : ids)
            if (s.leave(presence_room_of(id))) std::erase(*watched, id);
    } else if (watched) {
        for (std::string const& id : *watched)
            s.leave(presence_room_of(id));
        watched.reset();
        s.join(presence_room);
    }
    at_.desk().succeed(from.token, ok);
}

} // namespace ringback::gateway
