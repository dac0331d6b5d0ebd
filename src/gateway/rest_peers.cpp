// The routes of contacts, blocks and ICE servers.
#include "gateway/ice_servers.hpp"
#include "gateway/json_object.hpp"
#include "gateway/payloads.hpp"
#include "gateway/peer_payloads.hpp"
#include "gateway/rest_lists.hpp"
#include "gateway/rest_routes.hpp"
#include "gateway/station.hpp"

#include <memory>
#include <utility>

namespace ringback::gateway {
namespace {

using ports::relation;

std::string render_blocked(ports::related const& r) {
    return object_text(120, [&](json_object& o) { write_display(o, r.who); });
}

/// A page of contacts whose presences are being asked for.
struct contact_page {
    exchange_ptr x;
    ports::page<ports::related> page;
    std::vector<std::string> items{};
};

/// Presence is for contacts only: whom the other side has not put, or who is blocked, looks OFFLINE.
void show_contacts(std::unique_ptr<contact_page> p) {
    ports::call_registry& registry = p->x->at.registry();
    while (p->items.size() < p->page.items.size()) {
        ports::related const& next = p->page.items[p->items.size()];
        if (!next.between.are_contacts || next.between.is_blocked) {
            p->items.push_back(render_contact(next, call::presence::offline));
            continue;
        }
        return registry.presence_of(next.who.id, call::realm::peer,
                                    [p = std::move(p), &next](ports::agreed<call::presence> now) mutable {
                                        if (!now) return p->x->refuse(problem_of(now.error()));
                                        p->items.push_back(render_contact(next, *now));
                                        show_contacts(std::move(p));
                                    });
    }
    p->x->answer(render_list(p->items, p->page.next_cursor));
}

template <class Then>
void with_list(exchange_ptr x, relation which, Then then) {
    auto page = page_of(x->query);
    if (!page) return x->refuse(page.error());
    station& at = x->at;
    using read = ports::read_result<ports::page<ports::related>>;
    auto me = x->me->id;
    at.shared().store.list_related(me, which, *std::move(page),
                                   at.back_here<read>([x = std::move(x), then](read found) mutable {
                                       if (!found) return x->refuse(problem_of(found.error()));
                                       then(std::move(x), *std::move(found));
                                   }));
}

void write(exchange_ptr x, ports::call_write what) {
    station& at = x->at;
    at.shared().store.write(std::move(what),
                            at.back_here<ports::write_outcome>([x = std::move(x)](ports::write_outcome outcome) {
                                switch (outcome) {
                                case ports::write_outcome::ok: return x->answer("{}");
                                case ports::write_outcome::conflict: return x->refuse(no_such_account());
                                case ports::write_outcome::unavailable: break;
                                }
                                x->refuse(problem_of(ports::store_errc::unavailable));
                            }));
}

enum class word : std::uint8_t { holds, holds_no_longer };

void relate(exchange_ptr x, relation what, word said) {
    auto other = account_id::parse(x->ids.front());
    if (!other) return x->refuse(no_such_account());
    if (*other == x->me->id) return x->refuse(invalid_request("An account has no relation to itself."));
    ports::put_relation wanted{
        .from = x->me->id, .what = what, .to = *std::move(other), .holds = said == word::holds, .at = x->at.now().wall};
    write(std::move(x), std::move(wanted));
}

void pair(exchange_ptr x, word said) {
    auto one = account_id::parse(x->ids[0]), other = account_id::parse(x->ids[1]);
    if (!one || !other) return x->refuse(no_such_account());
    if (*one == *other) return x->refuse(invalid_request("An account has no relation to itself."));
    ports::put_pair wanted{*std::move(one), *std::move(other), said == word::holds, x->at.now().wall};
    write(std::move(x), std::move(wanted));
}

} // namespace

void list_contacts(exchange_ptr x) {
    with_list(std::move(x), relation::contact, [](exchange_ptr y, ports::page<ports::related> page) {
        show_contacts(std::make_unique<contact_page>(std::move(y), std::move(page)));
    });
}

void list_blocks(exchange_ptr x) {
    with_list(std::move(x), relation::block, [](exchange_ptr const& y, ports::page<ports::related> const& page) {
        std::vector<std::string> items;
        items.reserve(page.items.size());
        for (ports::related const& each : page.items)
            items.push_back(render_blocked(each));
        y->answer(render_list(items, page.next_cursor));
    });
}

void put_contact(exchange_ptr x) { relate(std::move(x), relation::contact, word::holds); }
void delete_contact(exchange_ptr x) { relate(std::move(x), relation::contact, word::holds_no_longer); }
void put_block(exchange_ptr x) { relate(std::move(x), relation::block, word::holds); }
void delete_block(exchange_ptr x) { relate(std::move(x), relation::block, word::holds_no_longer); }
void put_pair(exchange_ptr x) { pair(std::move(x), word::holds); }
void delete_pair(exchange_ptr x) { pair(std::move(x), word::holds_no_longer); }

void get_ice_servers(exchange_ptr x) {
    std::string servers = render_ice_servers(x->at.shared().config.ice, x->me->id, x->at.now().wall);
    x->answer(object_text(servers.size() + 20, [&](json_object& o) { o.raw("iceServers", servers); }));
}

} // namespace ringback::gateway
