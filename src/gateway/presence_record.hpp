#pragma once

#include "ports/call_registry.hpp"

namespace ringback::gateway {

class station;

/// Writes a change of presence to the outbox of webhooks, when that wants to know. From the one shard that speaks for
/// the account, with each change once and the newer behind the older.
void record_presence(station& at, ports::presence_change const& change);

} // namespace ringback::gateway
