#include "app/webhooks_command.hpp"

#include "app/data_directory.hpp"
#include "app/store_call.hpp"
#include "app/store_opening.hpp"
#include "gateway/webhook_payloads.hpp"

#include <ostream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ringback::app {
namespace {

template <typename Result, typename Start>
Result ask(Start&& start) {
    auto found = begin<ports::read_result<Result>>(std::forward<Start>(start)).get();
    if (!found) throw std::runtime_error("the store does not answer");
    return *std::move(found);
}

template <typename Visit>
void each_letter(ports::webhook_outbox& outbox, Visit&& visit) {
    ports::page_request page{.limit = 100, .cursor = {}};
    do {
        auto found =
            ask<ports::page<ports::dead_webhook>>([&](auto done) { outbox.list_dead_webhooks(page, std::move(done)); });
        for (auto const& letter : found.items)
            visit(letter);
        page.cursor = std::move(found.next_cursor);
    } while (!page.cursor.empty());
}

} // namespace

void list_dead_webhooks(settings const& s, clock_source const& clock, std::ostream& out) {
    create_data_directory(s.data_directory);
    auto const store = open_store(s, "webhooks", clock);
    each_letter(*store, [&](auto const& letter) { out << gateway::render_dead_webhook(letter) << '\n'; });
}

std::size_t replay_webhooks(settings const& s, std::string const& id, clock_source const& clock) {
    create_data_directory(s.data_directory);
    auto const store = open_store(s, "webhooks", clock);
    std::vector<std::string> ids;
    if (id.empty())
        each_letter(*store, [&](auto const& letter) { ids.push_back(letter.id); });
    else
        ids.push_back(id);
    std::size_t replayed = 0;
    // The oldest first, so that they are due in their order.
    for (auto each = ids.rbegin(); each != ids.rend(); ++each)
        if (ask<bool>([&](auto done) { store->replay_webhook(*each, clock.now().wall, std::move(done)); })) ++replayed;
    return replayed;
}

} // namespace ringback::app
