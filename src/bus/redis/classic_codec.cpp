#include "bus/redis/classic_codec.hpp"

#include "base/json_text.hpp"
#include "bus/redis/message_parts.hpp"
#include "socketio/json_value.hpp"
#include "socketio/json_view.hpp"
#include "socketio/msgpack_reader.hpp"
#include "socketio/msgpack_writer.hpp"

#include <utility>

namespace ringback::bus::classic {

using namespace socketio;

namespace {

enum class request_type : std::int64_t {
    sockets = 0,
    all_rooms,
    join,
    leave,
    disconnect,
    fetch,
    server_event,
    ask,
    client_count,
    client_ack
};

constexpr std::chrono::milliseconds longest_timeout{24 * 3600 * 1000};
constexpr std::chrono::milliseconds usual_timeout{5000}; // of who asks without one

std::string number_of(request_type type) { return std::to_string(std::to_underlying(type)); }

/// `{type: 2, data, nsp}`
void append_packet(std::string& out, broadcast const& what) {
    append_msgpack_map_head(out, 3);
    append_msgpack_string(out, "type");
    append_msgpack_unsigned(out, 2);
    append_msgpack_string(out, "data");
    append_msgpack_event_array(out, what.name, what.args, what.attachments);
    append_msgpack_string(out, "nsp");
    append_msgpack_string(out, what.nsp);
}

void append_names(std::string& out, std::vector<std::string> const& names) {
    append_msgpack_array_head(out, names.size());
    for (std::string const& name : names)
        append_msgpack_string(out, name);
}

void append_options(std::string& out, broadcast const& what, std::optional<std::chrono::milliseconds> timeout) {
    append_msgpack_map_head(out, 3);
    append_msgpack_string(out, "rooms");
    append_names(out, what.to.rooms);
    append_msgpack_string(out, "except");
    append_names(out, what.to.except);
    append_msgpack_string(out, "flags");
    std::size_t flags = (what.flags.is_volatile ? 1u : 0u) + (what.flags.compress ? 0u : 1u) + (timeout ? 1u : 0u);
    append_msgpack_map_head(out, flags);
    if (what.flags.is_volatile) {
        append_msgpack_string(out, "volatile");
        append_msgpack_json(out, "true");
    }
    if (!what.flags.compress) {
        append_msgpack_string(out, "compress");
        append_msgpack_json(out, "false");
    }
    if (timeout) {
        append_msgpack_string(out, "timeout");
        append_msgpack_unsigned(out, static_cast<std::uint64_t>(timeout->count()));
    }
}

std::optional<event_message> event_of(std::string_view packet, std::string_view options,
                                      std::vector<std::string> attachments) {
    auto type = integer_value(member(packet, "type"));
    if (!type || (*type != 2 && *type != 5)) return std::nullopt;
    auto to = audience_of(options);
    event_message e;
    if (!to || !read_event(member(packet, "data"), std::move(attachments), e.name, e.what)) return std::nullopt;
    e.to = std::move(*to);
    e.flags = flags_of(options);
    return e;
}

/// Missing, it is the main one.
std::string nsp_of(std::string_view packet) {
    auto raw = member(packet, "nsp");
    return raw.empty() ? "/" : string_value(raw).value_or("");
}

/// Who is joined, left or disconnected: by options, or in the older form one socket by its id.
std::optional<change_message> change_of(std::string_view nsp, request_type type, std::string_view text) {
    audience_change change{.nsp = std::string{nsp}, .to = {}, .what = {}, .rooms = {}};
    bool is_old = member(text, "opts").empty();
    if (is_old) {
        auto sid = string_value(member(text, "sid"));
        if (!sid) return std::nullopt;
        change.to.rooms.push_back(std::move(*sid));
    } else {
        auto to = audience_of(member(text, "opts"));
        if (!to) return std::nullopt;
        change.to = std::move(*to);
    }
    if (type == request_type::disconnect) {
        bool close = bool_value(member(text, "close")).value_or(false);
        change.what = close ? audience_change::kind::close_connection : audience_change::kind::disconnect;
        return change_message{std::move(change)};
    }
    change.what = type == request_type::join ? audience_change::kind::join : audience_change::kind::leave;
    if (is_old) {
        auto room = text_of(member(text, "room"));
        if (!room) return std::nullopt;
        change.rooms.push_back(std::move(*room));
    } else {
        auto rooms = texts_of(member(text, "rooms"));
        if (!rooms) return std::nullopt;
        change.rooms = std::move(*rooms);
    }
    return change_message{std::move(change)};
}

std::optional<event_message> ask_of(json_message& message) {
    auto options = member(message.text, "opts");
    auto e = event_of(member(message.text, "packet"), options, std::move(message.attachments));
    if (!e) return std::nullopt;
    auto wanted = integer_value(member(member(options, "flags"), "timeout"));
    e->ack_timeout =
        wanted && *wanted > 0 ? std::min(std::chrono::milliseconds{*wanted}, longest_timeout) : usual_timeout;
    return e;
}

std::optional<server_message> server_event_of(std::string_view text) {
    owned_content args;
    server_message m;
    if (!read_event(member(text, "data"), {}, m.name, args)) return std::nullopt;
    m.args = std::move(args.args);
    return m;
}

template <class T>
bool take(cluster_request& request, std::optional<T> body) {
    if (body) request.body = std::move(*body);
    return body.has_value();
}

std::string opened(std::string_view uid, std::string_view id) {
    std::string out = R"({"uid":)";
    append_json_string(out, uid);
    if (!id.empty()) {
        out += R"(,"requestId":)";
        append_json_string(out, id);
    }
    return out;
}

/// `{"requestId":…`
std::string answer_to(std::string_view id) {
    std::string out = R"({"requestId":)";
    append_json_string(out, id);
    return out;
}

/// `{"type":…,"requestId":…`
std::string typed_answer(request_type type, std::string_view id) {
    return R"({"type":)" + number_of(type) + "," + answer_to(id).substr(1);
}

std::string encode_client_ack(cluster_answer const& what) {
    std::string out;
    append_msgpack_map_head(out, what.content.args.empty() ? 2 : 3);
    append_msgpack_string(out, "type");
    append_msgpack_unsigned(out, static_cast<std::uint64_t>(request_type::client_ack));
    append_msgpack_string(out, "requestId");
    append_msgpack_string(out, what.id);
    if (what.content.args.empty()) return out;
    append_msgpack_string(out, "packet");
    append_msgpack_json(out, what.content.args, what.content.attachments);
    return out;
}

} // namespace

std::string encode_broadcast(std::string_view uid, broadcast const& what) {
    std::string out;
    append_msgpack_array_head(out, 3);
    append_msgpack_string(out, uid);
    append_packet(out, what);
    append_options(out, what, std::nullopt);
    return out;
}

std::string_view uid_of_broadcast(std::string_view bytes) {
    constexpr char array_of_three = '\x93';
    if (bytes.empty() || bytes.front() != array_of_three) return {};
    msgpack_reader in{bytes.substr(1), bytes.size()};
    return in.string().value_or(std::string_view{});
}

std::optional<cluster_request> decode_broadcast(std::string_view bytes, message_limits const& limits) {
    if (uid_of_broadcast(bytes).empty()) return std::nullopt;
    auto message = read_message(bytes, limits);
    if (!message) return std::nullopt;
    json_array_view items{message->text};
    auto packet = items.item(1);
    cluster_request request{.nsp = nsp_of(packet), .uid = text_of(items.item(0)).value_or(""), .id = {}, .body = {}};
    if (!take(request, event_of(packet, items.item(2), std::move(message->attachments)))) return std::nullopt;
    return request;
}

std::string encode_ask(std::string_view uid, std::string_view id, broadcast const& what,
                       std::chrono::milliseconds timeout) {
    std::string out;
    append_msgpack_map_head(out, 5);
    append_msgpack_string(out, "uid");
    append_msgpack_string(out, uid);
    append_msgpack_string(out, "requestId");
    append_msgpack_string(out, id);
    append_msgpack_string(out, "type");
    append_msgpack_unsigned(out, static_cast<std::uint64_t>(request_type::ask));
    append_msgpack_string(out, "packet");
    append_packet(out, what);
    append_msgpack_string(out, "opts");
    append_options(out, what, timeout);
    return out;
}

std::string encode_change(std::string_view uid, audience_change const& what) {
    using kind = audience_change::kind;
    auto type = what.what == kind::join    ? request_type::join
                : what.what == kind::leave ? request_type::leave
                                           : request_type::disconnect;
    std::string out = opened(uid, {}) + R"(,"type":)" + number_of(type) + R"(,"opts":{)";
    append_audience(out, what.to);
    if (type == request_type::disconnect)
        return out += what.what == kind::close_connection ? R"(},"close":true})" : R"(},"close":false})";
    out += R"(},"rooms":)";
    append_texts(out, what.rooms);
    return out += '}';
}

std::string encode_fetch(std::string_view uid, std::string_view id, audience const& of) {
    std::string out = opened(uid, id) + R"(,"type":)" + number_of(request_type::fetch) + R"(,"opts":{)";
    append_audience(out, of);
    return out += "}}";
}

std::string encode_server_event(std::string_view uid, std::string_view id, std::string_view name,
                                std::string_view args) {
    std::string out = opened(uid, id) + R"(,"type":)" + number_of(request_type::server_event) + R"(,"data":)";
    append_event_array(out, name, args);
    return out += '}';
}

std::optional<cluster_request> decode_request(std::string_view nsp, std::string_view bytes,
                                              message_limits const& limits) {
    auto message = read_message(bytes, limits);
    if (!message || kind_of(message->text) != json_kind::object) return std::nullopt;
    std::string_view text = message->text;
    cluster_request request{.nsp = std::string{nsp},
                            .uid = text_of(member(text, "uid")).value_or(""),
                            .id = text_of(member(text, "requestId")).value_or(""),
                            .body = {}};
    auto type = integer_value(member(text, "type")).value_or(-1);
    bool known = false;
    switch (static_cast<request_type>(type)) {
    case request_type::sockets:
        if (auto rooms = texts_of(member(text, "rooms")))
            known = take(request, std::optional{fetch_message{{std::move(*rooms), {}}, true}});
        break;
    case request_type::all_rooms: known = take(request, std::optional{rooms_message{}}); break;
    case request_type::join:
    case request_type::leave:
    case request_type::disconnect: known = take(request, change_of(nsp, static_cast<request_type>(type), text)); break;
    case request_type::fetch:
        if (auto of = audience_of(member(text, "opts")))
            known = take(request, std::optional{fetch_message{std::move(*of), false}});
        break;
    case request_type::server_event: known = take(request, server_event_of(text)); break;
    case request_type::ask:
        known = nsp_of(member(text, "packet")) == nsp && !request.id.empty() && take(request, ask_of(*message));
        break;
    default: break;
    }
    if (!known) return std::nullopt;
    return request;
}

std::string encode_answer(cluster_answer const& what) {
    using kind = cluster_answer::kind;
    std::string out;
    switch (what.what) {
    case kind::done: return answer_to(what.id) + '}';
    case kind::socket_ids:
    case kind::room_names:
        out = answer_to(what.id) + (what.what == kind::room_names ? R"(,"rooms":)" : R"(,"sockets":)");
        append_texts(out, what.names);
        break;
    case kind::sockets:
        out = answer_to(what.id) + R"(,"sockets":)";
        append_sockets(out, what.sockets);
        break;
    case kind::server_event:
        out = typed_answer(request_type::server_event, what.id);
        if (!what.content.args.empty()) out.append(R"(,"data":)").append(what.content.args);
        break;
    case kind::client_count:
        out = typed_answer(request_type::client_count, what.id) + R"(,"clientCount":)" + std::to_string(what.clients);
        break;
    case kind::client_ack: return encode_client_ack(what);
    }
    return out += '}';
}

std::optional<cluster_answer> decode_answer(std::string_view bytes, message_limits const& limits) {
    using kind = cluster_answer::kind;
    auto message = read_message(bytes, limits);
    if (!message || kind_of(message->text) != json_kind::object) return std::nullopt;
    std::string_view text = message->text;
    cluster_answer answer{.id = text_of(member(text, "requestId")).value_or("")};
    if (answer.id.empty()) return std::nullopt;
    switch (static_cast<request_type>(integer_value(member(text, "type")).value_or(-1))) {
    case request_type::server_event:
        answer.what = kind::server_event;
        answer.content = content_of(member(text, "data"), std::move(message->attachments));
        return answer;
    case request_type::client_count: {
        answer.what = kind::client_count;
        auto count = integer_value(member(text, "clientCount"));
        if (!count || *count < 0) return std::nullopt;
        answer.clients = static_cast<std::size_t>(*count);
        return answer;
    }
    case request_type::client_ack:
        answer.what = kind::client_ack;
        answer.content = content_of(member(text, "packet"), std::move(message->attachments));
        return answer;
    default: break;
    }
    if (kind_of(member(text, "sockets")) != json_kind::array) return std::nullopt;
    answer.what = kind::sockets;
    answer.sockets = sockets_of(member(text, "sockets"));
    return answer;
}

} // namespace ringback::bus::classic
