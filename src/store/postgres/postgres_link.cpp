#include "store/postgres/postgres_link.hpp"

#include <soci/postgresql/soci-postgresql.h>

#include <cerrno>
#include <fcntl.h>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace ringback::store {

namespace {

// SOCI has no other way to its connection, and its classes have no type information outside Debian's library.
#if defined(__GNUC__)
[[gnu::no_sanitize("vptr")]]
#endif
pg_conn* connection_of(soci::session& sql) {
    return static_cast<soci::postgresql_session_backend*>(sql.get_backend())->conn_;
}

int duplicate(int socket) {
    int const made = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
    if (made < 0) throw std::system_error(errno, std::generic_category());
    return made;
}

} // namespace

std::string sqlstate_of(soci::soci_error const& error) noexcept {
    auto const* known = dynamic_cast<soci::postgresql_soci_error const*>(&error);
    return known == nullptr ? std::string{} : known->sqlstate();
}

postgres_link::postgres_link(soci::session& sql)
    : connection_{connection_of(sql)},
      socket_{duplicate(PQsocket(connection_))} {}

postgres_link::~postgres_link() { ::close(socket_); }

void postgres_link::cut() noexcept { ::shutdown(socket_, SHUT_RDWR); }

// 08: the connection; 57P: the server shuts down or crashed; 25006: it is the standby now, and another one is to be
// found.
bool postgres_link::is_lost(soci::soci_error const& error) const noexcept {
    if (PQstatus(connection_) != CONNECTION_OK) return true;
    auto const state = sqlstate_of(error);
    return state.starts_with("08") || state.starts_with("57P") || state == "25006";
}

} // namespace ringback::store
