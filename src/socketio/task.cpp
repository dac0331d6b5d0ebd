#include "socketio/task.hpp"

#include "socketio/hub.hpp"

#include <exception>

namespace ringback::socketio {

socket_handle task::promise_type::handle_of(socket& s) { return s.handle(); }

void task::promise_type::unhandled_exception() {
    hub* at = for_whom_.at();
    if (!at) std::terminate();
    if (at->config().on_task_error) at->config().on_task_error(std::current_exception());
    if (socket* s = for_whom_.get()) s->drop(engineio::close_reason::forced_close);
}

} // namespace ringback::socketio
