#pragma once

#include <cstddef>
#include <span>

namespace ringback {

/// Fills `out` from the kernel's cryptographic generator: session ids and tokens are secrets. Thread-safe; ends the
/// process when the kernel cannot deliver, because no caller could go on safely.
void fill_random(std::span<std::byte> out);

} // namespace ringback
