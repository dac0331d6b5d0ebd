// GET /telecallers: the telecallers who may be called, with their presence of now.
#include "base/base64.hpp"
#include "gateway/payloads.hpp"
#include "gateway/rest_payloads.hpp"
#include "gateway/rest_routes.hpp"
#include "gateway/station.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

namespace ringback::gateway {
namespace {

/// How many pages of the store one answer may look at. A page that is short for it still has a cursor.
constexpr int max_rounds = 20;

using presences = std::unordered_map<account_id, call::presence>;

std::string item_of(rest_exchange const& x, call::account const& who, call::presence now) {
    std::string item;
    append_listed_telecaller(item, who, now, x.at.shared().config.tariff);
    return item;
}

// Everyone, or who is OFFLINE: a page of the store's list, and the presence of those in it. ---------------------------

struct stored_search {
    exchange_ptr x;
    std::string language;
    std::optional<call::presence> wanted;
    presences present;
    ports::page_request page;
    std::vector<std::string> items{};
    int rounds = 0;
};

void search_store(std::unique_ptr<stored_search> s);

void take_page(std::unique_ptr<stored_search> s, ports::read_result<ports::page<call::account>> found) {
    if (!found) return s->x->refuse(problem_of(found.error()));
    for (call::account const& who : found->items) {
        auto at = s->present.find(who.id);
        auto now = at == s->present.end() ? call::presence::offline : at->second;
        if (!s->wanted || now == *s->wanted) s->items.push_back(item_of(*s->x, who, now));
    }
    s->page.cursor = std::move(found->next_cursor);
    if (s->page.cursor.empty() || s->items.size() == s->page.limit || ++s->rounds == max_rounds)
        return s->x->answer(render_list(s->items, s->page.cursor));
    search_store(std::move(s));
}

/// Asks for no more than is missing, so that the store's cursor is where this page ends.
void search_store(std::unique_ptr<stored_search> s) {
    station& at = s->x->at;
    ports::page_request missing{s->page.limit - static_cast<std::uint32_t>(s->items.size()), s->page.cursor};
    std::string language = s->language;
    using read = ports::read_result<ports::page<call::account>>;
    at.shared().store.telecallers(
        std::move(language), std::move(missing),
        at.back_here<read>([s = std::move(s)](read found) mutable { take_page(std::move(s), std::move(found)); }));
}

// Who is ONLINE or ON_CALL: few of the store's list, so they are looked up one by one.

struct list_place {
    wall_time created_at = wall_time::max();
    std::string id;

    friend auto operator<=>(list_place const&, list_place const&) = default;
};

list_place place_of(call::account const& a) { return {a.created_at, a.id.text()}; }

std::string cursor_of(list_place const& p) {
    return base64url_encode("p" + std::to_string(p.created_at.time_since_epoch().count()) + "." + p.id);
}

std::optional<list_place> read_place(std::string_view cursor) {
    if (cursor.empty()) return list_place{};
    auto text = base64url_decode(cursor);
    if (!text || !text->starts_with('p')) return std::nullopt;
    std::int64_t ms = 0;
    auto [end, error] = std::from_chars(text->data() + 1, text->data() + text->size(), ms);
    if (error != std::errc{} || end == text->data() + text->size() || *end != '.') return std::nullopt;
    return list_place{wall_time{std::chrono::milliseconds{ms}},
                      text->substr(static_cast<std::size_t>(end + 1 - text->data()))};
}

struct present_search {
    exchange_ptr x;
    std::string language;
    call::presence wanted;
    std::uint32_t limit;
    list_place after;
    std::size_t missing = 0;
    std::vector<account_ptr> found{};

    void add(account_directory::found const& who) {
        bool is_listed = who && *who && (*who)->role == call::role::telecaller && is_available(**who) &&
                         (language.empty() || (*who)->language == language) && place_of(**who) < after;
        if (is_listed) found.push_back(*who);
        if (--missing == 0) finish();
    }
    void finish() {
        std::ranges::sort(found, [](auto const& a, auto const& b) { return place_of(*a) > place_of(*b); });
        std::string next;
        if (found.size() > limit) {
            found.resize(limit);
            next = cursor_of(place_of(*found.back()));
        }
        std::vector<std::string> items;
        items.reserve(found.size());
        for (account_ptr const& who : found)
            items.push_back(item_of(*x, *who, wanted));
        x->answer(render_list(items, next));
    }
};

void search_present(std::shared_ptr<present_search> const& s, std::vector<ports::present_account> const& present) {
    std::vector<account_id> who;
    for (ports::present_account const& p : present)
        if (p.presence == s->wanted) who.push_back(p.account);
    if (who.empty()) return s->finish();
    s->missing = who.size();
    station& at = s->x->at;
    for (account_id const& id : who)
        at.shared().accounts.find(at.shard(), id, [s](account_directory::found const& found) { s->add(found); });
}

std::optional<call::presence> parse_presence(std::string_view text) {
    for (auto p : {call::presence::offline, call::presence::online, call::presence::on_call})
        if (to_string(p) == text) return p;
    return std::nullopt;
}

} // namespace

void list_telecallers(exchange_ptr x) {
    auto page = page_of(x->query);
    if (!page) return x->refuse(page.error());
    auto const* language = x->query.find("language");
    auto const* text = x->query.find("presence");
    auto wanted = text ? parse_presence(*text) : std::nullopt;
    if (text && !wanted) return x->refuse(invalid_request("presence: allowed is ONLINE, ON_CALL or OFFLINE"));

    using listed = ports::agreed<std::vector<ports::present_account>>;
    ports::call_registry& registry = x->at.registry();
    std::string spoken = language ? *language : std::string{};
    if (wanted && *wanted != call::presence::offline) {
        auto after = read_place(page->cursor);
        if (!after) return x->refuse(problem_of(ports::store_errc::bad_cursor));
        auto s = std::make_shared<present_search>(std::move(x), std::move(spoken), *wanted, page->limit, *after);
        return registry.present_in(call::realm::telecaller, [s](listed const& present) {
            if (!present) return s->x->refuse(problem_of(present.error()));
            search_present(s, *present);
        });
    }
    auto s = std::make_unique<stored_search>(std::move(x), std::move(spoken), wanted, presences{}, *std::move(page));
    registry.present_in(call::realm::telecaller, [s = std::move(s)](listed const& present) mutable {
        if (!present) return s->x->refuse(problem_of(present.error()));
        for (ports::present_account const& p : *present)
            s->present.emplace(p.account, p.presence);
        search_store(std::move(s));
    });
}

} // namespace ringback::gateway
