#pragma once

#include <soci/error.h>
#include <soci/session.h>

#include <memory>
#include <string_view>

namespace ringback::store {

/// What the shared part must be told of a database.
struct dialect {
    std::string_view begin; ///< the statement that begins a transaction which may write
    /// The database refused a row (unique, check, foreign key, trigger): another try would end the same way. Every
    /// other error is one of the surroundings and may pass.
    bool (*is_refusal)(soci::soci_error const& error) noexcept;
};

/// A connection whose schema is in place.
struct open_database {
    std::unique_ptr<soci::session> sql;
    store::dialect dialect;
};

} // namespace ringback::store
