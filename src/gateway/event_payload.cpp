#include "gateway/event_payload.hpp"

#include "socketio/json_value.hpp"
#include "socketio/json_view.hpp"

namespace ringback::gateway {

std::optional<std::string> text_member(std::string_view payload, std::string_view name) {
    return socketio::string_value(socketio::find_member(payload, name).value_or(""));
}

std::optional<call_id> call_id_member(std::string_view payload) {
    auto raw = socketio::find_member(payload, "callId").value_or("");
    if (auto plain = socketio::plain_string(raw)) return call_id::parse(*plain);
    return call_id::parse(socketio::string_value(raw).value_or(""));
}

namespace {

struct attempt {
    std::string callee;
    call::call_type type;
};

std::expected<attempt, call::refusal_code> read_attempt(std::string_view payload, std::string_view callee_member,
                                                        account_id const& sender) {
    auto callee = text_member(payload, callee_member);
    auto type = socketio::find_member(payload, "callType").value_or("");
    bool is_type_missing = type.empty() || type == "null" || type == R"("")";
    if (!callee || callee->empty() || *callee == sender.text() || is_type_missing)
        return std::unexpected{call::refusal_code::invalid_request};
    auto known = call::parse_call_type(socketio::string_value(type).value_or(""));
    if (!known) return std::unexpected{call::refusal_code::invalid_call_type};
    return attempt{*std::move(callee), *known};
}

} // namespace

std::expected<initiate_payload, call::refusal_code> read_initiate(std::string_view payload, account_id const& sender) {
    auto read = read_attempt(payload, "telecallerId", sender);
    if (!read) return std::unexpected{read.error()};
    return initiate_payload{std::move(read->callee), read->type};
}

std::expected<peer_request, call::refusal_code> read_peer_request(std::string_view payload, account_id const& sender,
                                                                  std::uint64_t max_metadata) {
    auto read = read_attempt(payload, "to", sender);
    if (!read) return std::unexpected{read.error()};
    auto metadata = socketio::find_member(payload, "metadata").value_or("");
    if (!metadata.empty() && !metadata.starts_with('{')) return std::unexpected{call::refusal_code::invalid_request};
    if (max_metadata != 0 && metadata.size() > max_metadata)
        return std::unexpected{call::refusal_code::payload_too_large};
    return peer_request{std::move(read->callee), read->type, std::string{metadata}};
}

std::vector<std::string> read_telecaller_ids(std::string_view payload) {
    std::vector<std::string> ids;
    for (auto raw : socketio::json_array_view{socketio::find_member(payload, "telecallerIds").value_or("")})
        if (auto id = account_id::parse(socketio::string_value(raw).value_or(""))) ids.push_back(id->text());
    return ids;
}

} // namespace ringback::gateway
