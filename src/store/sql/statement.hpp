#pragma once

#include "store/sql/columns.hpp"

#include <soci/into.h>
#include <soci/session.h>
#include <soci/statement.h>
#include <soci/use.h>

#include <string>
#include <string_view>

/// Statements are prepared once and bound, once, to variables that live as long as they do: an execution then costs no
/// parsing, no allocation and no look-up of names.
namespace ringback::store {

/// Where a column of the result goes. SOCI's own into() and use() hold references to their arguments, so they are made
/// and used up in one expression here.
template <typename Value>
[[nodiscard]] auto out(Value& column) {
    return [&column](soci::statement& s) { s.exchange(soci::into(column)); };
}
template <typename Value>
[[nodiscard]] auto out(nullable<Value>& column) {
    return [&column](soci::statement& s) { s.exchange(soci::into(column.value, column.state)); };
}
/// What stands for `:name`.
template <typename Value>
[[nodiscard]] auto in(Value const& column, char const* name) {
    return [&column, name](soci::statement& s) { s.exchange(soci::use(column, name)); };
}
template <typename Value>
[[nodiscard]] auto in(nullable<Value>& column, char const* name) {
    return [&column, name](soci::statement& s) { s.exchange(soci::use(column.value, column.state, name)); };
}

/// `parts` are what in() and out() return, or functions that apply several of them to the statement. The variables must
/// neither move nor end before the statement.
template <typename... Parts>
[[nodiscard]] soci::statement prepared(soci::session& sql, std::string_view text, Parts const&... parts) {
    soci::statement made{sql};
    made.alloc();
    (parts(made), ...);
    made.prepare(std::string{text});
    made.define_and_bind();
    return made;
}

/// Runs a statement that is no query and says how many rows it changed. (SOCI's execute() without `true` is no way to
/// run even a statement without variables: for SQLite it steps over as many rows as are exchanged, and that is none.)
inline long long run(soci::statement& statement) {
    statement.execute(true);
    return statement.get_affected_rows();
}

/// Runs a query and calls `take` with each row in the bound variables. Always reads to the end: a query that is left
/// half read holds its snapshot, and a write-ahead log cannot be reused.
template <typename Take>
void for_each_row(soci::statement& query, Take&& take) {
    for (bool found = query.execute(true); found; found = query.fetch())
        take();
}

} // namespace ringback::store
