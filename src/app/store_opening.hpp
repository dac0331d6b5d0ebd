#pragma once

#include "app/settings.hpp"
#include "base/clock.hpp"
#include "store/sql/sql_store.hpp"

#include <memory>
#include <string>

namespace ringback::app {

/// The store of these settings; `node` names us in what it writes by itself. Throws std::runtime_error, without a
/// password, when it cannot be opened. Keeps `clock` until it is destroyed.
[[nodiscard]] std::unique_ptr<store::sql_store> open_store(settings const& s, std::string node,
                                                           clock_source const& clock);

} // namespace ringback::app
