// Polling bodies of both revisions from anyone: reading never crashes, always progresses, and what is read is written
// and read again the same. In v4 each packet is what stands between two separators, whatever its neighbours are; and a
// WebSocket's text message is one packet, separators and all.

#include "engineio/jsonp.hpp"
#include "engineio/payload.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using namespace ringback::engineio;

namespace {

struct packet {
    packet_type type;
    packet_content content;
    std::string data;

    bool operator==(packet const&) const = default;
};

void require(bool condition) {
    if (!condition) std::abort();
}

std::vector<packet> read(std::string_view body, payload_form form) {
    std::vector<packet> packets;
    payload_reader reader{body, form};
    std::size_t turns = 0;
    while (!reader.at_end()) {
        require(++turns <= body.size() + 1);
        auto p = reader.next();
        if (!p) {
            require(reader.at_end());
            break;
        }
        require(p->content == packet_content::text || p->type == packet_type::message);
        packets.push_back({p->type, p->content, std::string{p->data}});
    }
    return packets;
}

std::string write(std::vector<packet> const& packets, payload_form form) {
    payload_writer body{form};
    for (packet const& p : packets) {
        if (p.content == packet_content::text)
            body.text(digit_of(p.type) + p.data);
        else
            body.binary(form == payload_form::v4 ? p.data : binary_marker_v3 + p.data);
    }
    return body.take();
}

void check_separation(std::string_view body, std::vector<packet> const& packets) {
    for (packet const& p : packets) {
        auto alone = body.substr(0, body.find(record_separator));
        body.remove_prefix(std::min(alone.size() + 1, body.size()));
        require(read(alone, payload_form::v4) == std::vector{p});
    }
}

void check_message(std::string_view text) {
    auto one = decode_packet(text);
    if (!one) return;
    std::string again;
    append_packet(again, one->type, one->data);
    require(again == text);
}

} // namespace

/// The first byte chooses the form; the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view body{reinterpret_cast<char const*>(data) + 1, size - 1};
    std::string posted;
    if (data[0] & 4) body = posted = jsonp_payload(body);
    auto form = static_cast<payload_form>(data[0] % 3);
    auto packets = read(body, form);
    if (!packets.empty()) require(read(write(packets, form), form) == packets);
    if (form == payload_form::v4) check_separation(body, packets);
    check_message(body);
    (void)jsonp_script("0", body);
    return 0;
}
