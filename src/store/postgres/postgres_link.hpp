#pragma once

#include "store/sql/dialect.hpp"

#include <soci/error.h>
#include <soci/session.h>

#include <string>

struct pg_conn; // libpq's

namespace ringback::store {

/// The five characters by which PostgreSQL names its errors; empty for another's, and for those of the connection.
[[nodiscard]] std::string sqlstate_of(soci::soci_error const& error) noexcept;

/// The socket beneath a session.
class postgres_link final : public server_link {
public:
    /// The session must outlive it, but for cut(). Throws std::system_error.
    explicit postgres_link(soci::session& sql);
    ~postgres_link() override;
    postgres_link(postgres_link const&) = delete;
    postgres_link& operator=(postgres_link const&) = delete;

    void cut() noexcept override;
    [[nodiscard]] bool is_lost(soci::soci_error const& error) const noexcept override;

private:
    pg_conn* const connection_;
    int const socket_; ///< another name of libpq's socket, which stays ours when libpq closes its own
};

} // namespace ringback::store
