#pragma once

#include "gateway/account_directory.hpp"

#include <functional>
#include <optional>
#include <string>

namespace ringback::gateway {

class station;

/// Whom the account sees on `/` now, as a JSON array of presence objects; nullopt: the store does not answer.
using peer_list_handler = std::move_only_function<void(std::optional<std::string>)>;

/// `then` runs on this shard, in the moment that the list is of: who joins its rooms in it misses nobody.
void list_peers(station& at, account_id const& who, peer_list_handler then);

} // namespace ringback::gateway
