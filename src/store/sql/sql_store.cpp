#include "store/sql/sql_store.hpp"

#include "store/sql/cursor.hpp"
#include "store/sql/query_jobs.hpp"

#include <expected>
#include <memory>
#include <string_view>
#include <utility>

namespace ringback::store {

namespace {

ports::page<call::account> page_of_accounts(std::vector<call::account> rows, std::uint32_t limit) {
    return page_of<call::account>(
        std::move(rows), limit, [](call::account& a) -> call::account& { return a; },
        [](call::account const& a) { return cursor_of(account_position{a.created_at, a.id.text()}); });
}

} // namespace

sql_store::sql_store(database_source const& from, store_config const& config, clock_source const& clock)
    : node_{config.node},
      thread_{from, config, clock} {}

void sql_store::write(ports::call_write what, ports::completion<ports::write_outcome> done) {
    thread_.submit(write_job{std::move(what), std::move(done)});
}

void sql_store::find_account(account_id id, ports::completion<ports::read_result<std::optional<call::account>>> done) {
    using found = ports::read_result<std::optional<call::account>>;
    thread_.submit(
        query_of([id = std::move(id)](tables& in) -> found { return in.accounts.find(id); }, std::move(done)));
}

void sql_store::find_call(call_id id, ports::completion<ports::read_result<std::optional<ports::stored_call>>> done) {
    using found = ports::read_result<std::optional<ports::stored_call>>;
    thread_.submit(query_of([id](tables& in) -> found { return in.lists.find(id); }, std::move(done)));
}

void sql_store::add_coins(ports::coin_movement what,
                          ports::completion<ports::read_result<std::optional<ports::ledger_entry>>> done) {
    using found = std::optional<ports::ledger_entry>;
    thread_.submit(query_of<found, query_kind::change>(
        [what = std::move(what)](tables& in) -> ports::read_result<found> { return store::add_coins(what, in); },
        std::move(done), "coins"));
}

void sql_store::list_accounts(ports::page_request page,
                              ports::completion<ports::read_result<ports::page<call::account>>> done) {
    using found = ports::read_result<ports::page<call::account>>;
    auto ask = [page = std::move(page)](tables& in) -> found {
        auto from = page.cursor.empty() ? account_position{} : account_position_of(page.cursor);
        if (!from) return std::unexpected{ports::store_errc::bad_cursor};
        return page_of_accounts(in.accounts.all(*from, limit_of(page) + 1), limit_of(page));
    };
    thread_.submit(list_of(std::move(ask), std::move(done)));
}

void sql_store::telecallers(std::string language, ports::page_request page,
                            ports::completion<ports::read_result<ports::page<call::account>>> done) {
    using found = ports::read_result<ports::page<call::account>>;
    auto ask = [language = std::move(language), page = std::move(page)](tables& in) -> found {
        auto from = page.cursor.empty() ? account_position{} : account_position_of(page.cursor);
        if (!from) return std::unexpected{ports::store_errc::bad_cursor};
        return page_of_accounts(in.accounts.telecallers(language, *from, limit_of(page) + 1), limit_of(page));
    };
    thread_.submit(list_of(std::move(ask), std::move(done)));
}

void sql_store::calls_of(account_id id, ports::page_request page,
                         ports::completion<ports::read_result<ports::page<ports::stored_call>>> done) {
    list_calls({.account = std::move(id), .status = std::nullopt}, std::move(page), std::move(done));
}

void sql_store::list_calls(ports::call_filter filter, ports::page_request page,
                           ports::completion<ports::read_result<ports::page<ports::stored_call>>> done) {
    using found = ports::read_result<ports::page<ports::stored_call>>;
    auto ask = [filter = std::move(filter), page = std::move(page)](tables& in) -> found {
        auto from = page.cursor.empty() ? call_position{} : call_position_of(page.cursor);
        if (!from) return std::unexpected{ports::store_errc::bad_cursor};
        return page_of<ports::stored_call>(
            in.lists.matching(filter, *from, limit_of(page) + 1), limit_of(page),
            [](listed_call& c) -> ports::stored_call& { return c.call; },
            [](listed_call const& c) { return cursor_of(c.position); });
    };
    thread_.submit(list_of(std::move(ask), std::move(done)));
}

void sql_store::ledger_of(account_id id, ports::page_request page,
                          ports::completion<ports::read_result<ports::page<ports::ledger_entry>>> done) {
    using found = ports::read_result<ports::page<ports::ledger_entry>>;
    auto ask = [id = std::move(id), page = std::move(page)](tables& in) -> found {
        auto from = page.cursor.empty() ? entry_position{} : entry_position_of(page.cursor);
        if (!from) return std::unexpected{ports::store_errc::bad_cursor};
        return page_of<ports::ledger_entry>(
            in.ledger.of(id, from->entry, limit_of(page) + 1), limit_of(page),
            [](ports::ledger_entry& e) -> ports::ledger_entry& { return e; },
            [](ports::ledger_entry const& e) { return cursor_of(entry_position{e.id}); });
    };
    thread_.submit(list_of(std::move(ask), std::move(done)));
}

void sql_store::timeline(call_id id, ports::completion<ports::read_result<std::vector<ports::timeline_event>>> done) {
    using found = ports::read_result<std::vector<ports::timeline_event>>;
    thread_.submit(query_of([id](tables& in) -> found { return in.timeline.of(id); }, std::move(done)));
}

void sql_store::rooms_left(std::uint32_t limit, ports::completion<ports::read_result<std::vector<call_id>>> done) {
    using found = ports::read_result<std::vector<call_id>>;
    thread_.submit(
        query_of([limit](tables& in) -> found { return in.media.left_to(in.node, limit); }, std::move(done)));
}

void sql_store::acquaintance_of(account_id one, account_id other,
                                ports::completion<ports::read_result<ports::acquaintance>> done) {
    using found = ports::read_result<ports::acquaintance>;
    thread_.submit(query_of([one = std::move(one), other = std::move(other)](
                                tables& in) -> found { return in.relations.between(one, other); },
                            std::move(done)));
}

void sql_store::list_related(account_id id, ports::relation list, ports::page_request page,
                             ports::completion<ports::read_result<ports::page<ports::related>>> done) {
    using found = ports::read_result<ports::page<ports::related>>;
    auto ask = [id = std::move(id), list, page = std::move(page)](tables& in) -> found {
        auto from = page.cursor.empty() ? relation_position{} : relation_position_of(page.cursor);
        if (!from) return std::unexpected{ports::store_errc::bad_cursor};
        return page_of<ports::related>(
            in.relations.of(id, list, from->number, limit_of(page) + 1), limit_of(page),
            [](listed_relation& r) -> ports::related& { return r.item; },
            [](listed_relation const& r) { return cursor_of(relation_position{r.number}); });
    };
    thread_.submit(list_of(std::move(ask), std::move(done)));
}

void sql_store::contacts_of(account_id id, ports::completion<ports::read_result<std::vector<call::display>>> done) {
    using found = ports::read_result<std::vector<call::display>>;
    thread_.submit(
        query_of([id = std::move(id)](tables& in) -> found { return in.relations.contacts_of(id); }, std::move(done)));
}

void sql_store::count_active_calls(ports::completion<ports::read_result<std::size_t>> done) {
    using found = ports::read_result<std::size_t>;
    thread_.submit(query_of([](tables& in) -> found { return in.lists.count_active(); }, std::move(done)));
}

void sql_store::blocked_with(account_id id, ports::completion<ports::read_result<std::vector<account_id>>> done) {
    using found = ports::read_result<std::vector<account_id>>;
    thread_.submit(
        query_of([id = std::move(id)](tables& in) -> found { return in.relations.blocked_with(id); }, std::move(done)));
}

} // namespace ringback::store
