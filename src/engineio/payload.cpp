#include "engineio/payload.hpp"

#include <cassert>

namespace ringback::engineio {
namespace {

// No packet is empty, so a body with bytes in it is a body with a packet in it.
void separate(std::string& body) {
    if (!body.empty()) body += record_separator;
}

} // namespace

std::expected<packet_view, errc> payload_reader::next() {
    assert(!at_end_);
    std::size_t length = rest_.find(record_separator);
    // A separator promises another packet: behind one at the end of the body stands an empty packet, which is an error.
    at_end_ = length == std::string_view::npos;
    auto packet = decode_packet(rest_.substr(0, length), buffer_);
    if (!packet) at_end_ = true;
    if (!at_end_) rest_.remove_prefix(length + 1);
    return packet;
}

void append_encoded_to_payload(std::string& body, std::string_view encoded) {
    separate(body);
    body += encoded;
}

void append_to_payload(std::string& body, packet_type type, std::string_view data) {
    separate(body);
    append_packet(body, type, data);
}

void append_binary_to_payload(std::string& body, std::string_view bytes) {
    separate(body);
    append_base64_packet(body, bytes);
}

} // namespace ringback::engineio
