#include "media/livekit/webhook_reader.hpp"

#include "base/log.hpp"
#include "call/text_table.hpp"
#include "media/livekit/protocol_json.hpp"

namespace ringback::media {
namespace {

using kind = ports::media_notice::kind;

constexpr call::text_table<kind, 5> events{{{kind::room_started, "room_started"},
                                            {kind::room_finished, "room_finished"},
                                            {kind::joined, "participant_joined"},
                                            {kind::left, "participant_left"},
                                            // It had a place in the room, and its media never flowed.
                                            {kind::left, "participant_connection_aborted"}}};

std::optional<ports::media_notice> notice_in(boost::json::object const& event) {
    auto what = events.value_of(text_member(event, "event"));
    auto call = call_id::parse(text_member(message_member(event, "room"), "name"));
    if (!what || !call) return std::nullopt;
    auto const& participant = message_member(event, "participant");
    if (*what == kind::left && text_member(participant, "disconnectReason") == "PARTICIPANT_REMOVED")
        what = kind::removed;
    return ports::media_notice{*what, *call, read_participant(participant)};
}

} // namespace

std::expected<std::optional<ports::media_notice>, ports::webhook_errc>
webhook_reader::read(std::string_view authorization, std::string_view body, wall_time now) {
    auto until = verifier_.verify(authorization, body, now);
    if (!until) {
        complain(until.error(), now);
        return std::unexpected{ports::webhook_errc::not_genuine};
    }
    auto event = parse_message(body);
    if (!event) return std::unexpected{ports::webhook_errc::malformed};
    std::string id{text_member(*event, "id")};
    if (id.empty()) return std::unexpected{ports::webhook_errc::malformed};
    if (!is_new(std::move(id), *until, now)) return std::nullopt;
    return notice_in(*event);
}

// Anybody can send one: not a line for each.
void webhook_reader::complain(auth::errc why, wall_time now) {
    {
        std::lock_guard lock{mutex_};
        if (now < quiet_until_) return;
        quiet_until_ = now + std::chrono::minutes{1};
    }
    spdlog::warn("LiveKit: a webhook was refused: {}", auth::describe(why));
}

bool webhook_reader::is_new(std::string id, wall_time until, wall_time now) {
    std::lock_guard lock{mutex_};
    while (!order_.empty() && (order_.front().first < now || order_.size() >= max_remembered_)) {
        seen_.erase(order_.front().second);
        order_.pop_front();
    }
    if (!seen_.insert(id).second) return false;
    order_.emplace_back(until, std::move(id));
    return true;
}

} // namespace ringback::media
