#include "bus/redis/streams_codec.hpp"

#include "base/base64.hpp"
#include "base/json_text.hpp"
#include "bus/redis/message_parts.hpp"
#include "socketio/json_value.hpp"
#include "socketio/json_view.hpp"
#include "socketio/msgpack_writer.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace ringback::bus::streams {

using namespace socketio;

namespace {

constexpr std::chrono::milliseconds longest_timeout{24 * 3600 * 1000};
constexpr std::chrono::milliseconds usual_timeout{5000}; // of who asks without one

void append_member(std::string& out, std::string_view name, std::string_view text) {
    if (out.back() != '{') out += ',';
    append_json_string(out, name);
    out += ':';
    append_json_string(out, text);
}

/// `"opts":{rooms, except, flags}`
void append_options(std::string& out, audience const& to, std::string_view flags) {
    out += R"("opts":{)";
    append_audience(out, to);
    out.append(R"(,"flags":{)").append(flags).append("}}");
}

std::string flags_text(emit_flags flags, std::optional<std::chrono::milliseconds> timeout) {
    std::string out;
    auto add = [&](std::string_view text) { out.append(out.empty() ? "" : ",").append(text); };
    if (flags.is_volatile) add(R"("volatile":true)");
    if (!flags.compress) add(R"("compress":false)");
    if (timeout) add(R"("timeout":)" + std::to_string(timeout->count()));
    return out;
}

std::string event_data(broadcast const& what, std::string_view id, std::optional<std::chrono::milliseconds> timeout) {
    std::string out = R"({"packet":{"type":2,"data":)";
    append_event_array(out, what.name, what.args);
    out += "},";
    if (!id.empty()) {
        out += R"("requestId":)";
        append_json_string(out, id);
        out += ',';
    }
    append_options(out, what.to, flags_text(what.flags, timeout));
    return out += '}';
}

std::string answer_data(std::string_view id) {
    std::string out = "{";
    append_member(out, "requestId", id);
    return out;
}

/// What a codec hands over between the two halves of reading.
struct raw_message {
    std::string_view nsp;
    std::string_view uid;
    std::int64_t type = 0;
    std::string_view data; ///< a JSON object
    std::vector<std::string> attachments;
};

std::optional<event_message> event_of(raw_message& m, std::string_view id) {
    auto options = member(m.data, "opts");
    auto to = audience_of(options);
    event_message e;
    if (!to || !read_event(member(member(m.data, "packet"), "data"), std::move(m.attachments), e.name, e.what))
        return std::nullopt;
    e.to = std::move(*to);
    e.flags = flags_of(options);
    if (id.empty()) return e;
    auto wanted = integer_value(member(member(options, "flags"), "timeout"));
    e.ack_timeout =
        wanted && *wanted > 0 ? std::min(std::chrono::milliseconds{*wanted}, longest_timeout) : usual_timeout;
    return e;
}

std::optional<change_message> change_of(raw_message const& m) {
    using kind = audience_change::kind;
    auto to = audience_of(member(m.data, "opts"));
    auto rooms = texts_of(member(m.data, "rooms"));
    if (!to || !rooms) return std::nullopt;
    bool close = bool_value(member(m.data, "close")).value_or(false);
    auto what = static_cast<message_type>(m.type) == message_type::join    ? kind::join
                : static_cast<message_type>(m.type) == message_type::leave ? kind::leave
                : close                                                    ? kind::close_connection
                                                                           : kind::disconnect;
    return change_message{{std::string{m.nsp}, std::move(*to), what, std::move(*rooms)}};
}

std::optional<server_message> server_event_of(raw_message const& m) {
    owned_content args;
    server_message s;
    if (!read_event(member(m.data, "packet"), {}, s.name, args)) return std::nullopt;
    s.args = std::move(args.args);
    return s;
}

std::optional<cluster_answer> answer_of(raw_message& m, std::string id) {
    using kind = cluster_answer::kind;
    cluster_answer a{.id = std::move(id)};
    switch (static_cast<message_type>(m.type)) {
    case message_type::sockets:
        a.what = kind::sockets;
        a.sockets = sockets_of(member(m.data, "sockets"));
        return a;
    case message_type::server_answer: a.what = kind::server_event; break;
    case message_type::client_ack: a.what = kind::client_ack; break;
    case message_type::client_count: {
        auto count = integer_value(member(m.data, "clientCount"));
        if (!count || *count < 0) return std::nullopt;
        a.what = kind::client_count;
        a.clients = static_cast<std::size_t>(*count);
        return a;
    }
    default: return std::nullopt;
    }
    a.content = content_of(member(m.data, "packet"), std::move(m.attachments));
    return a;
}

template <class T>
std::optional<decoded> wrapped(cluster_request request, std::optional<T> body) {
    if (!body) return std::nullopt;
    request.body = std::move(*body);
    return request;
}

std::optional<decoded> decode(raw_message m) {
    auto id = text_of(member(m.data, "requestId")).value_or("");
    cluster_request request{.nsp = std::string{m.nsp}, .uid = std::string{m.uid}, .id = id, .body = rooms_message{}};
    switch (static_cast<message_type>(m.type)) {
    case message_type::broadcast: return wrapped(std::move(request), event_of(m, id));
    case message_type::join:
    case message_type::leave:
    case message_type::disconnect: return wrapped(std::move(request), change_of(m));
    case message_type::fetch: {
        auto of = audience_of(member(m.data, "opts"));
        if (!of || id.empty()) return std::nullopt;
        request.body = fetch_message{std::move(*of), false};
        return request;
    }
    case message_type::server_event: return wrapped(std::move(request), server_event_of(m));
    case message_type::sockets:
    case message_type::server_answer:
    case message_type::client_count:
    case message_type::client_ack: {
        if (id.empty()) return std::nullopt;
        auto answer = answer_of(m, std::move(id));
        if (!answer) return std::nullopt;
        return std::move(*answer);
    }
    }
    return std::nullopt; // heartbeats of 0.2, and what is to come
}

} // namespace

message broadcast_message(broadcast const& what) {
    return {message_type::broadcast, event_data(what, {}, {}), what.attachments};
}

message ask_message(broadcast const& what, std::string_view id, std::chrono::milliseconds timeout) {
    return {message_type::broadcast, event_data(what, id, timeout), what.attachments};
}

message change_message_of(audience_change const& what) {
    using kind = audience_change::kind;
    std::string out = "{";
    append_options(out, what.to, {});
    if (what.what == kind::disconnect || what.what == kind::close_connection) {
        out += what.what == kind::close_connection ? R"(,"close":true})" : R"(,"close":false})";
        return {message_type::disconnect, std::move(out)};
    }
    out += R"(,"rooms":)";
    append_texts(out, what.rooms);
    return {what.what == kind::join ? message_type::join : message_type::leave, out + '}'};
}

message fetch_message_of(audience const& of, std::string_view id) {
    std::string out = "{";
    append_options(out, of, {});
    append_member(out, "requestId", id);
    return {message_type::fetch, out + '}'};
}

message server_message_of(std::string_view name, std::string_view args, std::string_view id) {
    std::string out = "{";
    if (!id.empty()) append_member(out, "requestId", id);
    if (out.size() > 1) out += ',';
    out += R"("packet":)";
    append_event_array(out, name, args);
    return {message_type::server_event, out + '}'};
}

message answer_message(cluster_answer const& what) {
    using kind = cluster_answer::kind;
    std::string out = answer_data(what.id);
    switch (what.what) {
    case kind::sockets:
        out += R"(,"sockets":)";
        append_sockets(out, what.sockets);
        return {message_type::sockets, out + '}'};
    case kind::client_count:
        return {message_type::client_count, out + R"(,"clientCount":)" + std::to_string(what.clients) + '}'};
    default: break;
    }
    // Of the others only these two are ever asked for in this format.
    auto type = what.what == kind::client_ack ? message_type::client_ack : message_type::server_answer;
    if (!what.content.args.empty()) out.append(R"(,"packet":)").append(what.content.args);
    return {type, out + '}', what.content.attachments};
}

std::string encode_publication(std::string_view uid, std::string_view nsp, message const& what) {
    std::string out;
    append_msgpack_map_head(out, 4);
    append_msgpack_string(out, "type");
    append_msgpack_unsigned(out, static_cast<std::uint64_t>(what.type));
    append_msgpack_string(out, "data");
    append_msgpack_json(out, what.data, what.attachments);
    append_msgpack_string(out, "uid");
    append_msgpack_string(out, uid);
    append_msgpack_string(out, "nsp");
    append_msgpack_string(out, nsp);
    return out;
}

std::string encode_data(message const& what) {
    if (what.attachments.empty()) return what.data;
    std::string bytes;
    append_msgpack_json(bytes, what.data, what.attachments);
    return base64_encode(bytes);
}

std::optional<decoded> decode_publication(std::string_view bytes, message_limits const& limits) {
    // Node's adapter publishes MessagePack only.
    if (bytes.starts_with('{')) return std::nullopt;
    auto whole = read_message(bytes, limits);
    if (!whole || kind_of(whole->text) != json_kind::object) return std::nullopt;
    auto nsp = string_value(member(whole->text, "nsp"));
    auto uid = text_of(member(whole->text, "uid"));
    auto type = integer_value(member(whole->text, "type"));
    auto data = member(whole->text, "data");
    if (!nsp || !uid || !type || kind_of(data) != json_kind::object) return std::nullopt;
    return decode({*nsp, *uid, *type, data, std::move(whole->attachments)});
}

std::optional<decoded> decode_entry(std::string_view uid, std::string_view nsp, std::string_view type,
                                    std::string_view data, message_limits const& limits) {
    std::int64_t number = 0;
    auto [end, error] = std::from_chars(type.data(), type.data() + type.size(), number);
    if (error != std::errc{} || end != type.data() + type.size()) return std::nullopt;
    std::optional<std::string> bytes;
    if (!data.starts_with('{')) {
        bytes = base64_decode(data);
        if (!bytes || bytes->starts_with('{')) return std::nullopt;
        data = *bytes;
    }
    auto whole = read_message(data, limits);
    if (!whole || kind_of(whole->text) != json_kind::object) return std::nullopt;
    return decode({nsp, uid, number, whole->text, std::move(whole->attachments)});
}

std::string encode_session(lost_session const& s) {
    std::string json = "{";
    append_member(json, "sid", s.socket_id);
    append_member(json, "pid", s.pid);
    json += R"(,"rooms":)";
    std::vector<std::string> rooms{s.socket_id};
    rooms.insert(rooms.end(), s.rooms.begin(), s.rooms.end());
    append_texts(json, rooms);
    json.append(R"(,"data":)").append(s.data.empty() ? "{}" : s.data);
    append_member(json, "nsp", s.nsp);
    append_member(json, "since", s.mark.brought.empty() ? to_string(s.mark.reached) : s.mark.brought);
    json += '}';
    std::string bytes;
    append_msgpack_json(bytes, json);
    return base64_encode(bytes);
}

std::optional<lost_session> decode_session(std::string_view text, message_limits const& limits) {
    auto bytes = base64_decode(text);
    auto whole = bytes ? read_message(*bytes, limits) : std::nullopt;
    if (!whole || kind_of(whole->text) != json_kind::object) return std::nullopt;
    auto sid = string_value(member(whole->text, "sid"));
    auto pid = string_value(member(whole->text, "pid"));
    auto rooms = texts_of(member(whole->text, "rooms"));
    if (!sid || !pid || !rooms) return std::nullopt;
    std::erase(*rooms, *sid);
    lost_session s{.nsp = string_value(member(whole->text, "nsp")).value_or(""),
                   .socket_id = std::move(*sid),
                   .pid = std::move(*pid),
                   .rooms = std::move(*rooms),
                   .data = std::string{member(whole->text, "data")},
                   .mark = {}};
    // Binary in it has no place in a socket's data here.
    if (kind_of(s.data) != json_kind::object || !whole->attachments.empty()) s.data = "{}";
    if (auto since = parse_offset(string_value(member(whole->text, "since")).value_or(""))) s.mark.reached = *since;
    return s;
}

} // namespace ringback::bus::streams
