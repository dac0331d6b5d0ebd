#include "socketio/event.hpp"

#include "socketio/json_view.hpp"

namespace ringback::socketio {

std::string_view event::first_arg() const { return json_array_view::of_items(args).item(0); }

} // namespace ringback::socketio
