#include "gateway/recovered_device.hpp"

#include "gateway/device.hpp"
#include "gateway/event_payload.hpp"
#include "gateway/json_object.hpp"
#include "gateway/rooms.hpp"

#include <charconv>

namespace ringback::gateway {
namespace {

std::string text_of(socket_ref who) {
    return std::to_string(who.at.node) + '.' + std::to_string(who.at.shard) + '.' + std::to_string(who.slot) + '.' +
           std::to_string(who.generation);
}

socket_ref ref_in(std::string_view text) {
    socket_ref who;
    char const* at = text.data();
    char const* const end = at + text.size();
    auto read = [&](auto& number) {
        if (at != end && *at == '.') ++at;
        at = std::from_chars(at, end, number).ptr;
    };
    read(who.at.node);
    read(who.at.shard);
    read(who.slot);
    read(who.generation);
    return who;
}

} // namespace

void recover_own_devices(socketio::nsp& where) {
    where.may_recover([](socketio::socket& s, std::string_view data) {
        auto const& account = device_of(s).account; // null: a stranger on `/`
        return account && text_member(data, "account") == account->id.text();
    });
}

void mark_for_recovery(socketio::socket& s, account_id const& account) {
    s.set_data(
        object_text(80, [&](json_object& o) { o.text("account", account.text()).text("device", text_of(s.ref())); }));
}

socket_ref predecessor(socketio::socket& s) {
    if (!s.is_recovered()) return {};
    return ref_in(text_member(s.data(), "device").value_or(""));
}

void settle_rooms(socketio::socket& s) {
    auto& watched = device_of(s).watched;
    for (std::string const& room : s.rooms()) {
        if (room.starts_with(call_room_prefix)) s.leave(room);
        if (!room.starts_with(presence_room_prefix)) continue;
        if (!watched) watched = std::make_unique<std::vector<std::string>>();
        watched->push_back(room.substr(presence_room_prefix.size()));
    }
}

} // namespace ringback::gateway
