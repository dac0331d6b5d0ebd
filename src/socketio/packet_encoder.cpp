#include "socketio/packet_encoder.hpp"

#include "base/json_text.hpp"
#include "socketio/packet.hpp"

#include <array>
#include <charconv>

namespace ringback::socketio {
namespace {

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, 20> digits; // 2^64 has 20
    auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_header(std::string& out, packet_type type, std::string_view nsp, std::uint32_t attachments = 0) {
    out += '4';
    out += static_cast<char>('0' + static_cast<int>(type));
    if (attachments > 0) {
        append_number(out, attachments);
        out += '-';
    }
    if (nsp != "/") {
        out += nsp;
        out += ',';
    }
}

} // namespace

void append_connect(std::string& out, std::string_view nsp, std::string_view sid, std::optional<std::string_view> pid) {
    append_header(out, packet_type::connect, nsp);
    out += R"({"sid":)";
    append_json_string(out, sid);
    if (pid) {
        out += R"(,"pid":)";
        append_json_string(out, *pid);
    }
    out += '}';
}

void append_connect_error(std::string& out, std::string_view nsp, std::string_view message, std::string_view raw_data) {
    append_header(out, packet_type::connect_error, nsp);
    out += R"({"message":)";
    append_json_string(out, message);
    if (!raw_data.empty()) {
        out += R"(,"data":)";
        out += raw_data;
    }
    out += '}';
}

void append_legacy_connect(std::string& out, std::string_view nsp) { append_header(out, packet_type::connect, nsp); }

void append_legacy_error(std::string& out, std::string_view nsp, std::string_view message, std::string_view raw_data) {
    append_header(out, packet_type::connect_error, nsp);
    if (raw_data.empty())
        append_json_string(out, message);
    else
        out += raw_data;
}

void append_disconnect(std::string& out, std::string_view nsp) { append_header(out, packet_type::disconnect, nsp); }

namespace detail {

void open_event(std::string& out, std::uint32_t attachments, std::string_view nsp, std::optional<std::uint64_t> ack_id,
                std::string_view name) {
    append_header(out, attachments > 0 ? packet_type::binary_event : packet_type::event, nsp, attachments);
    if (ack_id) append_number(out, *ack_id);
    out += '[';
    append_json_string(out, name);
}

void open_ack(std::string& out, std::uint32_t attachments, std::string_view nsp, std::uint64_t ack_id) {
    append_header(out, attachments > 0 ? packet_type::binary_ack : packet_type::ack, nsp, attachments);
    append_number(out, ack_id);
    out += '[';
}

void append_items(std::string& out, std::string_view raw) {
    if (raw.empty()) return;
    if (out.back() != '[') out += ',';
    out += raw;
}

} // namespace detail
} // namespace ringback::socketio
