// The decoder against bytes from anyone: it never crashes, always progresses, its events do not depend on how the
// stream was cut into reads, and every view it hands out is readable and of valid UTF-8 where it says so.

#include "websocket/decoder.hpp"
#include "websocket/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace ringback::websocket;

namespace {

struct seen_event {
    event_kind kind;
    bool rsv1;
    errc error;
    close_code code;
    std::string payload;

    bool operator==(seen_event const&) const = default;
};

void require(bool condition) {
    if (!condition) std::abort();
}

void require_sense(event const& e, decoder_config const& config) {
    switch (e.kind) {
    case event_kind::text: require(e.rsv1 || is_utf8(e.payload)); [[fallthrough]];
    case event_kind::binary:
        require(e.payload.size() <= config.max_message_bytes);
        require(config.allow_rsv1 || !e.rsv1);
        break;
    case event_kind::ping:
    case event_kind::pong: require(e.payload.size() <= max_control_payload_bytes); break;
    case event_kind::close:
        require(is_utf8(e.payload) && e.payload.size() <= max_control_payload_bytes - 2);
        require(is_legal_on_wire(e.code) || e.code == close_code::no_status);
        break;
    case event_kind::failure: require(e.error != errc::none && e.code == close_code_of(e.error)); break;
    case event_kind::need_input: break;
    }
}

/// Cuts `stream` by walking through `cuts` (0: a single read).
std::vector<seen_event> decode(std::string_view stream, std::string_view cuts, decoder_config const& config) {
    decoder d{config};
    std::vector<seen_event> out;
    bool ended = false;
    for (std::size_t at = 0, turn = 0; at < stream.size(); ++turn) {
        std::size_t size = cuts.empty() ? stream.size() : static_cast<std::uint8_t>(cuts[turn % cuts.size()]);
        size = std::clamp<std::size_t>(size, 1, stream.size() - at);
        std::vector<char> block(stream.begin() + static_cast<std::ptrdiff_t>(at),
                                stream.begin() + static_cast<std::ptrdiff_t>(at + size));
        at += size;
        std::span<char> in = block;
        for (;;) {
            auto before = in.size();
            auto e = d.next(in);
            if (e.kind == event_kind::need_input) break;
            require(!ended && in.size() < before);
            ended = e.kind == event_kind::failure || e.kind == event_kind::close;
            require_sense(e, config);
            out.push_back({e.kind, e.rsv1, e.error, e.code, std::string{e.payload}});
        }
        require(in.empty());
    }
    return out;
}

} // namespace

/// Byte 0: bit 0 allows RSV1, the others choose the size limit. Bytes 1 to 4: sizes of the reads. Then the stream.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    constexpr std::size_t prefix = 5;
    if (size < prefix) return 0;
    std::string_view input{reinterpret_cast<char const*>(bytes), size};
    decoder_config config{.max_message_bytes = std::uint64_t{1} << (bytes[0] >> 1) % 64,
                          .allow_rsv1 = (bytes[0] & 1) != 0};
    auto stream = input.substr(prefix);

    auto whole = decode(stream, {}, config);
    require(decode(stream, input.substr(1, prefix - 1), config) == whole);
    require(decode(stream, "\1", config) == whole);
    return 0;
}
