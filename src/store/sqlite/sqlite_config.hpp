#pragma once

#include "store/sql/store_config.hpp"

#include <chrono>

namespace ringback::store {

struct sqlite_config : store_config {
    /// How long a write waits for another process that writes, such as the command line, before it fails.
    std::chrono::milliseconds busy_timeout{2000};
};

} // namespace ringback::store
