#pragma once

#include "websocket/client_header.hpp"
#include "websocket/errc.hpp"
#include "websocket/frame.hpp"
#include "websocket/unmask.hpp"
#include "websocket/utf8.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace ringback::websocket {

struct decoder_config {
    /// Bytes of one message, all its fragments together and as they are on the wire (before a decompression, whose
    /// limit is the inflater's).
    std::uint64_t max_message_bytes = 1'000'000;
    /// Whether RSV1 on the first frame of a message has a meaning (permessage-deflate, RFC 7692).
    bool allow_rsv1 = false;
};

enum class event_kind : std::uint8_t {
    need_input, ///< everything was consumed; give the next read
    text,       ///< a whole message, valid UTF-8 unless `rsv1`
    binary,     ///< a whole message
    ping,       ///< answer with a pong of the same payload
    pong,
    close,   ///< the client's close frame: code and reason; nothing follows
    failure, ///< the client broke the protocol: close with `code`; nothing follows
};

struct event {
    event_kind kind = event_kind::need_input;
    bool rsv1 = false;                       ///< messages: RSV1 was set; the payload is not checked for UTF-8 then
    errc error = errc::none;                 ///< of a failure
    close_code code = close_code::no_status; ///< of a close (no_status: it had none) or a failure
    std::string_view payload{};              ///< of a message, ping or pong; the reason of a close
};

/// Server side of RFC 6455 section 5: turns the bytes of one client's reads into events. Sans I/O, one owner at a time.
///
/// A message or control frame that lies in one piece in the input is unmasked there and shown there: no copy, no
/// allocation. Only what a read or a fragment cut is kept in a buffer, which is given back once it was consumed, so an
/// idle connection costs sizeof(decoder). Memory grows with the bytes that arrive: a length announced takes 4 KiB at
/// most.
///
/// The events do not depend on how the stream was cut into reads. An error is reported with the first byte that makes
/// it certain, an oversized message with its length field; only the body of a close frame is judged as a whole.
class decoder {
public:
    explicit decoder(decoder_config const& config = {}) noexcept
        : max_message_bytes_{config.max_message_bytes},
          allow_rsv1_{config.allow_rsv1} {}

    decoder(decoder&&) noexcept = default;
    decoder& operator=(decoder&&) noexcept = default;

    /// Takes bytes from the front of `in`, overwriting them, up to the next event; call again until need_input, when
    /// `in` is empty. Every other event took at least one byte. The event's payload points into those bytes or into
    /// the decoder and is valid until the next call. A close and a failure swallow what follows them, and afterwards
    /// need_input is the only answer.
    [[nodiscard]] event next(std::span<char>& in);

private:
    enum class state : std::uint8_t { header, payload, ended };

    [[nodiscard]] event find_event(std::span<char>& in);
    [[nodiscard]] std::expected<bool, errc> read_header(std::span<char>& in) noexcept;
    void begin_frame(client_header const& header) noexcept;
    [[nodiscard]] event read_payload(std::span<char>& in);
    [[nodiscard]] event take_control(std::string_view bytes);
    [[nodiscard]] event take_data(std::string_view bytes, bool ascii);
    [[nodiscard]] event close_event(std::string_view payload);
    [[nodiscard]] event fail(errc error) noexcept;
    void hold(std::string_view bytes);
    void release_shown();
    void release_buffer() noexcept;

    // Given.
    std::uint64_t max_message_bytes_;
    bool allow_rsv1_;
    // State of the frame.
    state state_ = state::header;
    opcode frame_opcode_{};
    bool frame_last_ = false;
    masking_key frame_key_{}; // turned so that element 0 belongs to the next payload byte
    std::uint64_t frame_left_ = 0;
    std::array<char, max_client_header_bytes> header_{}; // the first header_held_ bytes of a header cut by a read
    std::uint8_t header_held_ = 0;
    // State of the message.
    opcode message_opcode_ = opcode::continuation; // continuation: no message is under way
    bool message_rsv1_ = false;
    utf8_validator utf8_;
    // Owned: message_held_ bytes of an unfinished message, then those of an unfinished control frame, which may come
    // between two fragments.
    bool buffer_shown_ = false; // the last event's payload is in the buffer
    std::size_t message_held_ = 0;
    std::string buffer_;
};

static_assert(sizeof(decoder) <= 96, "one of these is kept per idle connection");

} // namespace ringback::websocket
