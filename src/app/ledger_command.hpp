#pragma once

#include "app/settings.hpp"

#include <iosfwd>

namespace ringback::app {

/// `ringback ledger verify`: prints what was checked, or the first difference, which it returns false for. Works beside
/// a running server. Throws std::runtime_error when the store cannot be read.
[[nodiscard]] bool verify_ledger(settings const& s, std::ostream& out);

} // namespace ringback::app
