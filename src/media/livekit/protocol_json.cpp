#include "media/livekit/protocol_json.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>

namespace ringback::media {
namespace json = boost::json;
namespace {

json::value const* find(json::object const& of, std::string_view name) {
    return of.if_contains({name.data(), name.size()});
}

/// 0 without one, and for what is none.
std::int64_t number_member(json::object const& of, std::string_view name) {
    auto const* value = find(of, name);
    if (!value) return 0;
    if (auto const* number = value->if_int64()) return *number;
    std::string_view text = text_member(of, name);
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

} // namespace

std::optional<json::object> parse_message(std::string_view body) {
    boost::system::error_code ec;
    auto parsed = json::parse({body.data(), body.size()}, ec);
    if (ec || !parsed.is_object()) return std::nullopt;
    return std::move(parsed.get_object());
}

std::string_view text_member(json::object const& of, std::string_view name) {
    auto const* value = find(of, name);
    auto const* text = value ? value->if_string() : nullptr;
    return text ? std::string_view{text->data(), text->size()} : std::string_view{};
}

json::object const& message_member(json::object const& of, std::string_view name) {
    static json::object const none;
    auto const* value = find(of, name);
    auto const* message = value ? value->if_object() : nullptr;
    return message ? *message : none;
}

json::array const& list_member(json::object const& of, std::string_view name) {
    static json::array const none;
    auto const* value = find(of, name);
    auto const* list = value ? value->if_array() : nullptr;
    return list ? *list : none;
}

ports::media_participant read_participant(json::object const& info) {
    // Older servers know whole seconds only. Clamped, so that no sum overflows.
    constexpr std::int64_t end_of_time = 253'402'300'799; // 9999-12-31T23:59:59Z
    std::int64_t milliseconds = number_member(info, "joinedAtMs");
    if (milliseconds == 0)
        milliseconds = std::clamp<std::int64_t>(number_member(info, "joinedAt"), 0, end_of_time) * 1000;
    milliseconds = std::clamp<std::int64_t>(milliseconds, 0, end_of_time * 1000);
    return {std::string{text_member(info, "identity")}, std::string{text_member(info, "sid")},
            wall_time{std::chrono::milliseconds{milliseconds}}};
}

} // namespace ringback::media
