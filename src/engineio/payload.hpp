#pragma once

#include "engineio/packet.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace ringback::engineio {

/// Stands between the packets of a polling body.
inline constexpr char record_separator = '\x1e';

/// Walks the packets of a complete polling POST body (Engine.IO v4), one at a time:
///
///     payload_reader reader{body};
///     while (!reader.at_end())
///         if (auto packet = reader.next()) …; else …;   // after an error the reader is at its end
///
/// There is no cap on the number of packets: the size of the body bounds them. `body` must outlive the reader.
class payload_reader {
public:
    explicit payload_reader(std::string_view body) noexcept : rest_{body} {}
    payload_reader(payload_reader const&) = delete;
    payload_reader& operator=(payload_reader const&) = delete;

    [[nodiscard]] bool at_end() const noexcept { return at_end_; }

    /// The next packet. REQUIRES: !at_end(). Text is a view into the body and costs no allocation; binary is a view
    /// into the reader that lives until the next call. The packets before an error stand: as in the reference they
    /// are delivered, and then the session closes.
    [[nodiscard]] std::expected<packet_view, errc> next();

private:
    std::string_view rest_;
    std::string buffer_;
    bool at_end_ = false;
};

/// Appends one packet that is already in text form (`42["event"]`) to a polling response body.
void append_encoded_to_payload(std::string& body, std::string_view encoded);

/// Appends one text packet to a polling response body.
void append_to_payload(std::string& body, packet_type type, std::string_view data = {});

/// Appends one binary message to a polling response body.
void append_binary_to_payload(std::string& body, std::string_view bytes);

} // namespace ringback::engineio
