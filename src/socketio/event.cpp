#include "socketio/event.hpp"

#include "socketio/json_view.hpp"

namespace ringback::socketio {

std::string_view event::arg(std::size_t index) const { return json_array_view::of_items(args).item(index); }

owned_event event::to_owned() const {
    return {std::string{name}, std::string{args}, ack_id, {attachments.begin(), attachments.end()}};
}

} // namespace ringback::socketio
