// Sockets as the nodes of a cluster show them to each other.
#include "base/json_text.hpp"
#include "bus/redis/message_parts.hpp"
#include "engineio/connection.hpp"
#include "socketio/handshake.hpp"
#include "socketio/json_value.hpp"
#include "socketio/json_view.hpp"
#include "websocket/utf8.hpp"

#include <algorithm>
#include <string_view>

namespace ringback::bus {

using namespace socketio;

namespace {

void append_percent_encoded(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (char c : text) {
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                        c == '_' || c == '.' || c == '~';
        if (is_plain) {
            out += c;
            continue;
        }
        auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
}

std::string query_of(std::string_view raw) {
    std::string query;
    for (auto [key, value] : json_object_view{raw}) {
        auto text = text_of(value);
        if (!text) continue;
        if (!query.empty()) query += '&';
        append_percent_encoded(query, string_value(key).value_or(""));
        query += '=';
        append_percent_encoded(query, *text);
    }
    return query;
}

/// Lines as a request has them. A header that would make lines of its own is left out.
std::string headers_of(std::string_view raw) {
    std::string lines;
    auto fits = [](std::string const& text) { return text.find_first_of("\r\n") == std::string::npos; };
    for (auto [key, value] : json_object_view{raw}) {
        auto name = string_value(key);
        auto text = text_of(value);
        if (!name || !text || !fits(*name) || !fits(*text)) continue;
        lines.append(*name).append(": ").append(*text).append("\r\n");
    }
    return lines;
}

} // namespace

void append_socket(std::string& out, socket_description const& s) {
    engineio::opening_request opening{.address = s.address,
                                      .query = s.query,
                                      .headers = s.headers,
                                      .at = wall_time{std::chrono::milliseconds{s.issued_ms}},
                                      .secure = s.secure};
    out += R"({"id":)";
    append_json_string(out, s.id);
    std::size_t from = out.size();
    out += R"(,"handshake":{"url":)";
    append_json_string(out, "/socket.io/?" + opening.query); // the usual path: nobody knows which one it was
    out += ',';
    out.append(handshake_json(opening, {}), 1);
    // A client may have written any bytes into its headers, and one of them may not cost the others the answer.
    if (std::string_view handshake{out.data() + from, out.size() - from}; !websocket::is_utf8(handshake))
        std::replace_if(
            out.begin() + static_cast<std::ptrdiff_t>(from), out.end(), [](char c) { return (c & 0x80) != 0; }, '?');
    out += R"(,"rooms":)";
    append_texts(out, s.rooms);
    out.append(R"(,"data":)").append(s.data).append("}");
}

void append_sockets(std::string& out, std::vector<socket_description> const& sockets) {
    out += '[';
    for (auto const& s : sockets) {
        if (out.back() != '[') out += ',';
        append_socket(out, s);
    }
    out += ']';
}

std::optional<socket_description> socket_of(std::string_view raw) {
    if (kind_of(raw) != json_kind::object) return std::nullopt;
    auto id = string_value(member(raw, "id"));
    auto rooms = texts_of(member(raw, "rooms"));
    if (!id || !rooms) return std::nullopt;
    auto handshake = member(raw, "handshake");
    auto data = member(raw, "data");
    return socket_description{.id = std::move(*id),
                              .rooms = std::move(*rooms),
                              .data = std::string{data.empty() ? "{}" : data},
                              .address = string_value(member(handshake, "address")).value_or(""),
                              .query = query_of(member(handshake, "query")),
                              .headers = headers_of(member(handshake, "headers")),
                              .issued_ms = integer_value(member(handshake, "issued")).value_or(0),
                              .secure = bool_value(member(handshake, "secure")).value_or(false)};
}

std::vector<socket_description> sockets_of(std::string_view raw) {
    std::vector<socket_description> found;
    if (kind_of(raw) != json_kind::array) return found;
    for (auto item : json_array_view{raw})
        if (auto s = socket_of(item)) found.push_back(std::move(*s));
    return found;
}

} // namespace ringback::bus
