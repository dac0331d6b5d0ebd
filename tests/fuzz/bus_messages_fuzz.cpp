// Feeds what another node may publish to the readers of the cluster formats. The first byte chooses one, and the rest
// is the message. Promises: nothing throws; what was read is what hubs take (valid JSON, placeholders in place);
// written again and read again it is the same.

#include "bus/redis/classic_codec.hpp"
#include "bus/redis/streams_codec.hpp"
#include "socketio/binary_placeholders.hpp"
#include "socketio/json_scan.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace ringback::bus;
using namespace ringback::socketio;

namespace {

void require(bool promise) {
    if (!promise) std::abort();
}

void check(owned_content const& content) {
    std::string array = "[" + content.args + "]";
    require(check_json(array, max_json_depth).has_value());
    auto attachments = static_cast<std::uint32_t>(content.attachments.size());
    require(attachments == 0 || placeholders_fit(array, attachments));
}

broadcast broadcast_of(std::string const& nsp, event_message const& e) {
    return {.nsp = nsp,
            .to = e.to,
            .name = e.name,
            .args = e.what.args,
            .attachments = e.what.attachments,
            .flags = e.flags,
            .ack_id = {},
            .encoded = {}};
}

void check(cluster_request const& request) {
    message_limits wide{.max_bytes = 100'000'000, .max_depth = max_json_depth};
    if (auto* e = std::get_if<event_message>(&request.body)) {
        check(e->what);
        auto again = classic::decode_broadcast(classic::encode_broadcast("u", broadcast_of(request.nsp, *e)), wide);
        require(again.has_value());
        auto const& same = std::get<event_message>(again->body);
        require(same.name == e->name && same.to.rooms == e->to.rooms && same.to.except == e->to.except);
        require(same.flags.is_volatile == e->flags.is_volatile && same.flags.compress == e->flags.compress);
    } else if (auto* c = std::get_if<change_message>(&request.body)) {
        auto again = classic::decode_request(request.nsp, classic::encode_change("u", c->what), wide);
        require(again.has_value());
        auto const& same = std::get<change_message>(again->body).what;
        require(same.what == c->what.what && same.rooms == c->what.rooms && same.to.rooms == c->what.to.rooms);
    } else if (auto* f = std::get_if<fetch_message>(&request.body)) {
        require(classic::decode_request(request.nsp, classic::encode_fetch("u", "i", f->of), wide).has_value());
    } else if (auto* s = std::get_if<server_message>(&request.body)) {
        check(owned_content{{s->args, {}}});
    }
}

void check(cluster_answer const& answer) {
    check(answer.content);
    for (auto const& s : answer.sockets)
        require(check_json(s.data, max_json_depth).has_value());
    message_limits wide{.max_bytes = 100'000'000, .max_depth = max_json_depth};
    auto again = classic::decode_answer(classic::encode_answer(answer), wide);
    require(again.has_value() && again->what == answer.what && again->id == answer.id);
    require(again->clients == answer.clients && again->sockets.size() == answer.sockets.size());
}

void check(std::optional<streams::decoded> const& read) {
    if (read) std::visit([](auto const& what) { check(what); }, *read);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    if (size == 0) return 0;
    std::string_view text{reinterpret_cast<char const*>(bytes) + 1, size - 1};
    message_limits const limits{.max_bytes = 100'000};
    switch (bytes[0] % 6) {
    case 0:
        if (auto read = classic::decode_broadcast(text, limits)) check(*read);
        break;
    case 1:
        if (auto read = classic::decode_request("/", text, limits)) check(*read);
        break;
    case 2:
        if (auto read = classic::decode_answer(text, limits)) check(*read);
        break;
    case 3: check(streams::decode_publication(text, limits)); break;
    case 4: check(streams::decode_entry("u", "/", text.substr(0, 1), text.substr(text.empty() ? 0 : 1), limits)); break;
    default:
        if (auto s = streams::decode_session(text, limits)) require(check_json(s->data, max_json_depth).has_value());
    }
    return 0;
}
