#pragma once

#include "store/sql/dialect.hpp"
#include "store/sql/steps.hpp"
#include "store/sql/transactions.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

namespace ringback::store {

/// A database with every statement prepared. Used by one thread at a time.
struct connection {
    explicit connection(open_database opened)
        : database{std::move(opened)},
          in{*database.sql},
          transaction{*database.sql, database.dialect} {}
    /// Cut first: libpq would wait for a silent server while it says goodbye.
    ~connection() {
        if (is_lost && database.link) database.link->cut();
    }
    connection(connection const&) = delete; // the statements hold the addresses of members
    connection& operator=(connection const&) = delete;

    open_database database;
    tables in;
    transactions transaction;
    bool is_lost = false;
};

/// To a server, within about `limit`. Throws what `open` throws, and soci::soci_error.
[[nodiscard]] std::unique_ptr<connection> connect(std::function<open_database()> const& open,
                                                  std::chrono::milliseconds limit);

} // namespace ringback::store
