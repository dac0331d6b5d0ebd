#include "socketio/socket_handle.hpp"

#include "socketio/hub.hpp"

namespace ringback::socketio {

socket* socket_handle::get() const noexcept { return hub_ ? hub_->find(who_) : nullptr; }

ack_awaiter socket_handle::ask(std::string_view event, packet_content const& what,
                               std::chrono::milliseconds timeout) const {
    return {*hub_, who_, std::string{event}, owned_content{what}, timeout};
}

delay_awaiter socket_handle::wait(std::chrono::milliseconds how_long) const {
    return {hub_->timers(), hub_->now().mono + how_long};
}

bool ack_awaiter::await_suspend(std::coroutine_handle<> waiting) {
    socket* s = hub_.find(who_);
    if (!s || !s->is_connected()) return false;
    auto resume = [this, waiting](std::expected<packet_content, ack_error> const& answer) {
        if (answer)
            result_ = owned_content{*answer};
        else
            result_ = std::unexpected{answer.error()};
        waiting.resume();
    };
    s->emit_with_ack(event_, what_.args, std::move(resume), timeout_, what_.attachments);
    return true;
}

} // namespace ringback::socketio
