#pragma once

#include <chrono>
#include <cstdint>

namespace ringback::media {

struct http_client_config {
    std::chrono::milliseconds connect_timeout{5'000};  ///< for name look-up, TCP and TLS handshake together
    std::chrono::milliseconds request_timeout{10'000}; ///< from a request's first byte to the last of its answer
    std::uint32_t max_header_bytes = 8 * 1024;         ///< of an answer
    std::uint64_t max_answer_bytes = 65'536;           ///< of an answer's body
};

} // namespace ringback::media
