#include "store/sql/transactions.hpp"

#include "base/log.hpp"
#include "store/sql/statement.hpp"

#include <exception>

namespace ringback::store {

transactions::transactions(soci::session& sql, store::dialect const& dialect)
    : begin_{prepared(sql, dialect.begin)},
      commit_{prepared(sql, "COMMIT")},
      roll_back_{prepared(sql, "ROLLBACK")} {}

void transactions::begin() {
    try {
        run(begin_);
    } catch (...) {
        roll_back(); // should an earlier one have been left open, the next begin() finds it closed
        throw;
    }
}

void transactions::commit() { run(commit_); }

void transactions::roll_back() noexcept {
    try {
        run(roll_back_);
    } catch (std::exception const& e) {
        spdlog::debug("store: nothing was rolled back: {}", e.what());
    }
}

} // namespace ringback::store
