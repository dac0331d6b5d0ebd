#pragma once

#include "call/call_effect.hpp"
#include "call/call_record.hpp"
#include "ports/call_store.hpp"

#include <string>
#include <string_view>

namespace ringback::ports {

/// The store write that carries out a `record` effect of the machine of `facts`, with its timeline event: its type is
/// the new status (RESUMED of a resumption), its time that of the transition, its details for a final status
/// `{"reason":"…"}`. `device` names the device of the effect (its Socket.IO socket id), empty without one; `node` this
/// node.
[[nodiscard]] call_write write_of(call::record const& r, call::call_facts const& facts, std::string device,
                                  std::string_view node);

} // namespace ringback::ports
