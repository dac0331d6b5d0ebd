// The outbox of webhooks, as jobs of the store's thread.
#include "store/sql/cursor.hpp"
#include "store/sql/query_jobs.hpp"
#include "store/sql/sql_store.hpp"

#include <expected>
#include <future>
#include <utility>

namespace ringback::store {

void sql_store::first_webhooks(std::uint32_t limit,
                               ports::completion<ports::read_result<std::vector<ports::waiting_webhook>>> done) {
    using found = ports::read_result<std::vector<ports::waiting_webhook>>;
    thread_.submit(query_of([limit](tables& in) -> found { return in.webhooks.first(limit); }, std::move(done)));
}

void sql_store::settle_webhooks(std::vector<ports::webhook_settlement> what,
                                ports::completion<ports::read_result<bool>> done) {
    using found = ports::read_result<bool>;
    auto ask = [what = std::move(what)](tables& in) -> found {
        for (auto const& each : what)
            in.webhooks.settle(each);
        return true;
    };
    thread_.submit(query_of<bool, query_kind::change>(std::move(ask), std::move(done)));
}

void sql_store::list_dead_webhooks(ports::page_request page,
                                   ports::completion<ports::read_result<ports::page<ports::dead_webhook>>> done) {
    using found = ports::read_result<ports::page<ports::dead_webhook>>;
    auto ask = [page = std::move(page)](tables& in) -> found {
        auto from = page.cursor.empty() ? webhook_position{} : webhook_position_of(page.cursor);
        if (!from) return std::unexpected{ports::store_errc::bad_cursor};
        return page_of<ports::dead_webhook>(
            in.webhooks.dead(from->number, limit_of(page) + 1), limit_of(page),
            [](listed_webhook& w) -> ports::dead_webhook& { return w.letter; },
            [](listed_webhook const& w) { return cursor_of(webhook_position{w.number}); });
    };
    thread_.submit(list_of(std::move(ask), std::move(done)));
}

void sql_store::replay_webhook(std::string id, wall_time now, ports::completion<ports::read_result<bool>> done) {
    using found = ports::read_result<bool>;
    thread_.submit(query_of<bool, query_kind::change>(
        [id = std::move(id), now](tables& in) -> found { return in.webhooks.replay(id, now); }, std::move(done)));
}

void sql_store::count_webhooks(ports::completion<ports::read_result<ports::webhook_backlog>> done) {
    using found = ports::read_result<ports::webhook_backlog>;
    thread_.submit(query_of([](tables& in) -> found { return in.webhooks.count(); }, std::move(done)));
}

void sql_store::watch_webhooks(std::function<void()> on_written) {
    using found = ports::read_result<bool>;
    std::promise<void> watched;
    auto ask = [on_written = std::move(on_written)](tables& in) -> found {
        in.webhooks.watch(on_written);
        return true;
    };
    thread_.submit(query_of(std::move(ask), ports::completion<found>{[&watched](found) { watched.set_value(); }}));
    watched.get_future().wait();
}

} // namespace ringback::store
