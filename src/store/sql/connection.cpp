#include "store/sql/connection.hpp"

#include "store/sql/watchdog.hpp"

namespace ringback::store {

std::unique_ptr<connection> connect(std::function<open_database()> const& open, std::chrono::milliseconds limit) {
    open_database database = open();
    auto const link = database.link; // outlives the connection, should that fail
    watchdog guard{limit};
    watchdog::watch const watched{guard, *link};
    return std::make_unique<connection>(std::move(database));
}

} // namespace ringback::store
