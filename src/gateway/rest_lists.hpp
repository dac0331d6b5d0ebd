#pragma once

#include "gateway/rest_exchange.hpp"
#include "gateway/rest_payloads.hpp"
#include "gateway/station.hpp"

#include <string>
#include <utility>
#include <vector>

namespace ringback::gateway {

/// The completion of a store's list that answers the exchange with it; `render` makes JSON of an item.
template <class Item, class Render>
[[nodiscard]] auto list_answer(exchange_ptr x, Render render) {
    using read = ports::read_result<ports::page<Item>>;
    station& at = x->at;
    return at.back_here<read>([x = std::move(x), render = std::move(render)](read page) {
        if (!page) return x->refuse(problem_of(page.error()));
        std::vector<std::string> items;
        items.reserve(page->items.size());
        for (Item const& item : page->items)
            items.push_back(render(item));
        x->answer(render_list(items, page->next_cursor));
    });
}

} // namespace ringback::gateway
