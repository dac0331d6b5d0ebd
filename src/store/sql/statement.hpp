#pragma once

#include "store/sql/columns.hpp"
#include "store/sql/words.hpp"

#include <soci/into.h>
#include <soci/session.h>
#include <soci/statement.h>
#include <soci/use.h>

#include <exception>
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
/// neither move nor end before the statement. The text may hold the words of words.hpp.
template <typename... Parts>
[[nodiscard]] soci::statement prepared(soci::session& sql, std::string_view text, Parts const&... parts) {
    soci::statement made{sql};
    made.alloc();
    (parts(made), ...);
    made.prepare(spoken(text, database_of(sql)));
    made.define_and_bind();
    return made;
}

/// Runs a statement that is no query and says how many rows it changed. (SOCI's execute() without `true` is no way to
/// run even a statement without variables: for SQLite it steps over as many rows as are exchanged, and that is none.)
inline long long run(soci::statement& statement) {
    statement.execute(true);
    return statement.get_affected_rows();
}

/// Prepares a statement, runs it and, of a query, reads the first row. For what is not said often, and instead of
/// SOCI's `session << text`: its classes have no type information outside Debian's library, so that nothing that uses
/// them can be linked with UBSan.
template <typename... Parts>
void run_once(soci::session& sql, std::string_view text, Parts const&... parts) {
    soci::statement statement = prepared(sql, text, parts...);
    statement.execute(true);
}

/// Runs a query and calls `take` with each row in the bound variables. Always reads to the end, also when `take`
/// throws: a query that is left half read keeps the snapshot that it reads from, and a connection with an old snapshot
/// can begin no transaction that writes.
template <typename Take>
void for_each_row(soci::statement& query, Take&& take) {
    std::exception_ptr failure;
    for (bool found = query.execute(true); found; found = query.fetch()) {
        if (failure) continue;
        try {
            take();
        } catch (...) {
            failure = std::current_exception();
        }
    }
    if (failure) std::rethrow_exception(failure);
}

} // namespace ringback::store
