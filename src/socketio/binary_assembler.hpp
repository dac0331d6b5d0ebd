#pragma once

#include "socketio/errc.hpp"
#include "socketio/packet.hpp"

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::socketio {

/// A packet that owns what it shows: a BINARY_EVENT or BINARY_ACK with all its attachments, or any packet that was no
/// text (decode_msgpack).
class binary_packet {
public:
    /// Copies what `header` shows.
    explicit binary_packet(packet_view const& header);

    /// Its views stay valid when the binary_packet is moved; its placeholders count in `attachments`.
    [[nodiscard]] packet_view const& packet() const noexcept { return packet_; }
    [[nodiscard]] bool is_complete() const noexcept { return attachments.size() >= packet_.attachments; }

    std::vector<std::string> attachments; ///< in the order of their arrival

private:
    std::unique_ptr<char[]> text_; ///< the memory behind packet_
    packet_view packet_;
};

/// Puts one client's binary packets together: a header, then its attachments. As big as a pointer, and allocates
/// nothing, while no binary packet is under way. One thread. Each error leaves the state as it was; the caller is
/// expected to close the connection.
///
/// While is_pending(), every text packet, not only a binary one, is an error of the client; the caller asks before it
/// acts on a text packet.
class binary_assembler {
public:
    binary_assembler() noexcept;
    binary_assembler(binary_assembler&&) noexcept;
    binary_assembler& operator=(binary_assembler&&) noexcept;
    ~binary_assembler();

    /// Attachments are missing.
    [[nodiscard]] bool is_pending() const noexcept { return partial_ != nullptr; }

    /// Starts with a decoded packet that has attachments, which is copied. The packet's text and its attachments may
    /// take `max_bytes` together (decode_limits::max_binary_bytes). unexpected_text, too_large or bad_placeholder.
    [[nodiscard]] std::expected<void, errc> begin(packet_view const& header, std::size_t max_bytes);

    /// A binary message, which is copied. Answers the whole packet with its last attachment, nullopt before.
    /// unexpected_binary when none is pending, or too_large.
    [[nodiscard]] std::expected<std::optional<binary_packet>, errc> add(std::string_view bytes);

private:
    struct partial;

    std::unique_ptr<partial> partial_;
};

} // namespace ringback::socketio
