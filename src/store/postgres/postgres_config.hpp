#pragma once

#include "store/sql/store_config.hpp"

#include <chrono>
#include <string>

namespace ringback::store {

struct postgres_config : store_config {
    std::string url; ///< `postgresql://…`, for libpq; holds a password
    /// How long a connection may take to come about, and how long the other side may stay silent on a network that does
    /// not tell that it is gone. Whole seconds, at least 2.
    std::chrono::seconds connect_timeout{2};
    /// What the server itself gives up. A lock is held by a commit of another node, or by one who works on the tables.
    std::chrono::milliseconds statement_timeout{5000};
    std::chrono::milliseconds lock_timeout{1000};
};

} // namespace ringback::store
