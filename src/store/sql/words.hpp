#pragma once

#include <soci/session.h>

#include <cstdint>
#include <string>
#include <string_view>

/// The words in which our databases differ. Every statement, of the schema and of the queries, is written once, in SQL
/// that all of them understand, with these in braces where they do not:
///
/// | in the text          | SQLite                         | PostgreSQL                                      |
/// | -------------------- | ------------------------------ | ----------------------------------------------- |
/// | `{integer}`          | `INTEGER`                      | `BIGINT`                                        |
/// | `{key_text}`         | `TEXT`                         | `TEXT COLLATE "C"`                              |
/// | `{number_key}`       | `INTEGER NOT NULL PRIMARY KEY` | `BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY` |
/// | `{strict}`           | `STRICT`                       |                                                 |
/// | `{strict_by_key}`    | `STRICT, WITHOUT ROWID`        |                                                 |
/// | `{for_update}`       |                                | `FOR UPDATE`                                    |
/// | `{for_share}`        |                                | `FOR SHARE`                                     |
/// | `{least}`            | `MIN`                          | `LEAST`                                         |
/// | `{greatest}`         | `MAX`                          | `GREATEST`                                      |
/// | `{sqlite}` in front  | the statement                  | no statement: it is left out                    |
/// | `{postgres}` in front | no statement: it is left out  | the statement                                   |
///
/// `{integer}`: 64 bits. `{key_text}`: a text that is compared and sorted by its bytes (ids; cursors stand on it).
/// `{number_key}`: the database numbers the rows in the order of insertion; never insert one yourself.
/// `{strict}`, `{strict_by_key}`: stand behind the columns of CREATE TABLE; the second for a table that is found by a
/// text. `{for_update}`: behind a SELECT within a transaction, when what was read is written back: nobody else writes
/// these rows meanwhile. `{for_share}`: the same, when it is only to stay as it is. `{least}`, `{greatest}`: of several
/// values, none of them NULL. `{sqlite}`, `{postgres}`: for triggers and the like, which have no common form.
///
/// What PostgreSQL wants of common SQL: a parameter's type must follow from its place (`x + :y = :z`, never `:z - :y`),
/// `EXISTS` is a truth and no number (`CASE WHEN … THEN 1 ELSE 0 END`), a subquery in FROM has a name, an INSERT that
/// may meet a row says `ON CONFLICT DO NOTHING` (an error would end the whole transaction), `:` and `?` stand for
/// nothing but parameters, and no text may hold a NUL.
namespace ringback::store {

enum class database : std::uint8_t { sqlite, postgres };

[[nodiscard]] database database_of(soci::session& sql);

/// The text as `which` wants it; empty for a statement of another database. Braces with other words stay.
[[nodiscard]] std::string spoken(std::string_view text, database which);

} // namespace ringback::store
