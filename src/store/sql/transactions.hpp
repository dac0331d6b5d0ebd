#pragma once

#include "store/sql/dialect.hpp"

#include <soci/statement.h>

namespace ringback::store {

/// Begins and ends the transactions of a session, with statements that are prepared once.
class transactions {
public:
    transactions(soci::session& sql, store::dialect const& dialect);

    void begin();  ///< throws: no transaction is open
    void commit(); ///< throws: the transaction may still be open; roll_back() ends it
    /// Harmless without a transaction: some errors end it on their own.
    void roll_back() noexcept;

private:
    soci::statement begin_;
    soci::statement commit_;
    soci::statement roll_back_;
};

} // namespace ringback::store
