// Compressed messages from anyone, and the offer of permessage-deflate: nothing throws, no message grows over its
// limit, a decompressor of all connections is as good as new after each, and what is compressed comes back as it was.

#include "websocket/deflate_pool.hpp"
#include "websocket/header_list.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace ringback::websocket;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

deflate_pool& pool() {
    static deflate_pool one{deflate_config{.threshold_bytes = 0}};
    return one;
}

// Two messages of a client that keeps its context, and each by itself.
void check_messages(std::string_view first, std::string_view second, std::uint64_t limit) {
    inflater kept{15, deflate_context::kept};
    for (auto payload : {first, second}) {
        auto own = pool().inflate(payload, limit, &kept);
        require(own ? own->size() <= limit : own.error() != errc::none);
        bool broken = !own;
        inflater fresh{15, deflate_context::fresh};
        std::string alone;
        auto error = fresh.inflate(payload, limit, alone);
        require(alone.size() <= limit);
        auto shared = pool().inflate(payload, limit, nullptr);
        require(shared ? *shared == alone && error == errc::none : shared.error() == error);
        if (broken) return;
    }
}

void check_round_trip(std::string_view text, std::uint8_t window_bits) {
    auto original = make_frame(opcode::binary, text);
    auto sent = pool().deflated(original, window_bits);
    require(sent->wire().size() <= original->wire().size() && sent->opcode() == opcode::binary);
    require(sent->is_deflated() == (sent != original));
    if (sent == original) return;
    inflater receiver{window_bits, deflate_context::kept};
    std::string back;
    require(receiver.inflate(sent->payload(), text.size(), back) == errc::none && back == text);
    require(text.empty() || receiver.inflate(sent->payload(), text.size() - 1, back) == errc::message_too_big);
}

void check_offer(std::string_view offers) {
    for (auto rest = offers; !rest.empty();) {
        auto before = rest.size();
        auto element = take_list_element(rest);
        require(rest.size() < before);
        header_parameters parameters{element};
        while (parameters.next()) {
        }
    }
    deflate_config config{.server_window_bits = 12, .client_window_bits = 11, .client_context_takeover = true};
    auto terms = accept_deflate(offers, config);
    if (!terms) return;
    require(terms->server_window_bits >= min_deflate_window_bits && terms->server_window_bits <= 12);
    require(terms->client_window_bits >= 8 && terms->client_window_bits <= 15);
    // The answer is an offer, too, that asks for what was agreed.
    auto answered = accept_deflate(to_header(*terms), config);
    require(!terms->names_server_window || (answered && answered->server_window_bits == terms->server_window_bits));
}

} // namespace

/// Byte 0: the limit. Byte 1: the length of the first message. Byte 2: the window. Then the messages.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    if (size < 3) return 0;
    std::string_view text{reinterpret_cast<char const*>(bytes) + 3, size - 3};
    auto first = text.substr(0, bytes[1]);
    check_messages(first, text.substr(first.size()), std::uint64_t{1} << bytes[0] % 20);
    check_round_trip(text, static_cast<std::uint8_t>(min_deflate_window_bits + bytes[2] % 7));
    check_offer(text);
    return 0;
}
