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

std::expected<initiate_payload, call::refusal_code> read_initiate(std::string_view payload, account_id const& sender) {
    auto telecaller = text_member(payload, "telecallerId");
    auto type = socketio::find_member(payload, "callType").value_or("");
    bool is_type_missing = type.empty() || type == "null" || type == R"("")";
    if (!telecaller || telecaller->empty() || *telecaller == sender.text() || is_type_missing)
        return std::unexpected{call::refusal_code::invalid_request};
    auto known = call::parse_call_type(socketio::string_value(type).value_or(""));
    if (!known) return std::unexpected{call::refusal_code::invalid_call_type};
    return initiate_payload{*std::move(telecaller), *known};
}

std::vector<std::string> read_telecaller_ids(std::string_view payload) {
    std::vector<std::string> ids;
    for (auto raw : socketio::json_array_view{socketio::find_member(payload, "telecallerIds").value_or("")})
        if (auto id = account_id::parse(socketio::string_value(raw).value_or(""))) ids.push_back(id->text());
    return ids;
}

} // namespace ringback::gateway
