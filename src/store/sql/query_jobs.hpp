#pragma once

#include "ports/call_store.hpp"
#include "store/sql/job.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

/// How the functions of a store become jobs, and their rows pages.
namespace ringback::store {

template <typename Result, query_kind Kind = query_kind::read, typename Ask>
[[nodiscard]] job query_of(Ask ask, ports::completion<ports::read_result<Result>> done,
                           std::string_view name = "read") {
    return std::make_unique<typed_query<Result, Kind, Ask>>(name, std::move(ask), std::move(done));
}
template <typename Result, typename Ask>
[[nodiscard]] job list_of(Ask ask, ports::completion<ports::read_result<Result>> done) {
    return query_of<Result, query_kind::list>(std::move(ask), std::move(done));
}

[[nodiscard]] inline std::uint32_t limit_of(ports::page_request const& page) {
    return std::clamp<std::uint32_t>(page.limit, 1, 100);
}

/// One more than a page was asked for: whether there is one tells whether the list goes on.
template <typename Item, typename Row, typename Project, typename Cursor>
[[nodiscard]] ports::page<Item> page_of(std::vector<Row> rows, std::uint32_t limit, Project item_of, Cursor cursor) {
    ports::page<Item> p;
    if (rows.size() > limit) {
        rows.resize(limit);
        p.next_cursor = cursor(rows.back());
    }
    p.items.reserve(rows.size());
    for (Row& row : rows)
        p.items.push_back(std::move(item_of(row)));
    return p;
}

} // namespace ringback::store
