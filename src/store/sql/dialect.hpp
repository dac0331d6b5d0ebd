#pragma once

#include <soci/error.h>
#include <soci/session.h>

#include <functional>
#include <memory>
#include <string_view>

namespace ringback::store {

/// What the shared part must be told of a database.
struct dialect {
    std::string_view begin; ///< the statement that begins a transaction which may write
    /// The first statement of a transaction that changes the schema: lets one process at a time go on. Empty: `begin`
    /// does that already.
    std::string_view lock_schema;
    /// The database refused a row (unique, check, foreign key, trigger): another try would end the same way. Every
    /// other error is one of the surroundings and may pass.
    bool (*is_refusal)(soci::soci_error const& error) noexcept;
};

/// A connection to a server, which may be lost; a file never is.
class server_link {
public:
    virtual ~server_link() = default;

    /// From any thread: whatever waits for the server's answer fails at once, and so does all that is asked afterwards.
    virtual void cut() noexcept = 0;
    /// Asked after an error, by the connection's thread: nothing will ever come through it again.
    [[nodiscard]] virtual bool is_lost(soci::soci_error const& error) const noexcept = 0;
};

/// A connection whose schema is in place.
struct open_database {
    std::unique_ptr<soci::session> sql;
    store::dialect dialect;
    std::shared_ptr<server_link> link; ///< null: a file
};

/// Where connections come from. Both throw std::runtime_error.
struct database_source {
    std::function<open_database()> first; ///< brings the schema up to date, which may take its time
    /// After a loss, from any thread: when it returns, nothing is left that the lost connection has begun. Ends within
    /// seconds, one way or the other.
    std::function<open_database()> again;
    std::function<open_database()> reader; ///< one more, for reads; not needed without readers
};

} // namespace ringback::store
