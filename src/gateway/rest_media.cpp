// The webhook of the media server.
#include "gateway/rest_routes.hpp"
#include "gateway/station.hpp"

#include <optional>
#include <utility>

namespace ringback::gateway {
namespace {

using read_call = ports::read_result<std::optional<ports::stored_call>>;

/// Nobody knows the call any more. Who goes into its room now must be put out again (races.md row 47).
void hear_of_an_old_call(station& at, ports::media_notice const& notice) {
    using enum ports::media_notice::kind;
    if (notice.what != joined && notice.what != room_started) return;
    at.shared().store.find_call(notice.call, at.back_here<read_call>([&at, id = notice.call](read_call const& found) {
        bool is_over = found && *found && is_final((*found)->status);
        if (is_over) at.shared().media->delete_room(id);
    }));
}

void hear(station& at, ports::media_notice const& notice) {
    at.registry().find_call(notice.call, [&at, notice](ports::agreed<std::optional<place>> home) {
        if (!home) return; // the call asks by itself
        if (!*home) return hear_of_an_old_call(at, notice);
        at.send(**home, heard_of_media{notice});
    });
}

} // namespace

/// Answered before anything is done about it: a media server that waits sends no other webhook of this room meanwhile.
void take_webhook(exchange_ptr x) {
    station& at = x->at;
    auto* media = at.shared().media;
    if (!media) return x->refuse(no_such_route());
    auto notice = media->read_webhook(x->request.header("authorization"), x->request.body, at.now().wall);
    if (!notice) {
        if (notice.error() == ports::webhook_errc::malformed)
            return x->refuse(invalid_request("No event of LiveKit's."));
        return x->refuse({401, "The signature does not match.", to_string(call::refusal_code::unauthorized)});
    }
    x->answer("{}");
    if (*notice) hear(at, **notice);
}

} // namespace ringback::gateway
