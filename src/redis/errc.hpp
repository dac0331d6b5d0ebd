#pragma once

#include <string_view>

namespace ringback::redis {

/// Why a command has no reply.
enum class errc {
    away,     ///< there is no connection, or too much waits already: the command was not sent
    lost,     ///< sent, and the connection ended before the answer: it may have been carried out
    timed_out ///< as `lost`, because the answer did not come in time
};

/// A few words for a log line.
[[nodiscard]] std::string_view to_string(errc e) noexcept;

} // namespace ringback::redis
