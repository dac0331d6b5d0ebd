#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ringback::ports {

/// How this node is doing among the others, since its start.
struct cluster_figures {
    bool is_agreed = false;     ///< this node takes part, and Redis answers
    std::uint64_t commands = 0; ///< sent to Redis
    std::uint64_t writes = 0;   ///< to its connections; each carries what one turn of the loop sent
    std::vector<std::pair<std::string, std::uint64_t>> operations{}; ///< of the registry, by their names
    std::uint64_t messages_sent = 0, messages_received = 0;          ///< to and from other nodes
    std::uint64_t packets = 0;                                       ///< that carried them
    std::uint64_t messages_dropped = 0;                              ///< for which there was no room
};

} // namespace ringback::ports
