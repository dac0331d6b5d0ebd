#pragma once

#include "ports/call_store.hpp"
#include "store/sql/steps.hpp"

namespace ringback::store {

/// Settles, within the open transaction, a write whose commit was not answered: either it was carried out then or it
/// never will be, for the connection that asked is gone. Nothing is written twice.
///
/// What was told already (a closing) or does no harm when it comes late is written if it was not. An opening that is
/// not there stays away, for its caller has been refused meanwhile or is about to be. An answer is taken back: nobody
/// was told of it, and the callee may accept once more.
[[nodiscard]] ports::write_outcome settle(ports::call_write const& what, tables& in);

} // namespace ringback::store
