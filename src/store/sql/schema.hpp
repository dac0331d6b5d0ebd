#pragma once

#include "store/sql/migration.hpp"

#include <span>

namespace ringback::store {

/// The schema of every SQL store, from the empty database on, in the words of words.hpp.
[[nodiscard]] std::span<migration const> schema_steps() noexcept;

} // namespace ringback::store
