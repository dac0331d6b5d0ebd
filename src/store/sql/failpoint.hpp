#pragma once

#include <string_view>

namespace ringback::store {

#ifdef RINGBACK_FAILPOINTS
/// For tests of crashes, in builds with RINGBACK_FAILPOINTS alone: ends the process as kill -9 would when the
/// environment's RINGBACK_FAILPOINT is `when:what`.
void failpoint(std::string_view when, std::string_view what);
#else
inline void failpoint(std::string_view, std::string_view) {}
#endif

} // namespace ringback::store
