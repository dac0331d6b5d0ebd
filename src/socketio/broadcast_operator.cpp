#include "socketio/broadcast_operator.hpp"

#include "socketio/hub.hpp"
#include "socketio/nsp.hpp"

#include <utility>

namespace ringback::socketio {

broadcast_operator& broadcast_operator::to(std::string_view room) {
    to_.rooms.emplace_back(room);
    return *this;
}

broadcast_operator& broadcast_operator::except(std::string_view room) {
    to_.except.emplace_back(room);
    return *this;
}

broadcast_operator& broadcast_operator::as_volatile() {
    flags_.is_volatile = true;
    return *this;
}

broadcast_operator& broadcast_operator::local() {
    how_far_ = reach::node;
    return *this;
}

broadcast_operator& broadcast_operator::compress(bool wanted) {
    flags_.compress = wanted;
    return *this;
}

broadcast_operator& broadcast_operator::timeout(std::chrono::milliseconds after) {
    timeout_ = after;
    return *this;
}

std::shared_ptr<broadcast> broadcast_operator::make(std::string_view event, std::string_view args,
                                                    std::span<std::string const> attachments) {
    nsp_->owner().require_sendable(attachments);
    return std::make_shared<broadcast>(broadcast{.nsp = nsp_->name(),
                                                 .to = std::move(to_),
                                                 .name = std::string{event},
                                                 .args = std::string{args},
                                                 .attachments = {attachments.begin(), attachments.end()},
                                                 .flags = flags_,
                                                 .origin = nsp_->owner().shard(),
                                                 .serial = nsp_->owner().next_serial(),
                                                 .ack_id = {},
                                                 .encoded = {}});
}

void broadcast_operator::emit(std::string_view event, std::string_view args, std::span<std::string const> attachments) {
    hub& at = nsp_->owner();
    auto what = make(event, args, attachments);
    what->encoded = at.encoding().event(what->nsp, what->name, what->content(), std::nullopt, flags_.compression());
    at.others().send(at, std::move(what), how_far_);
}

void broadcast_operator::emit_with_ack(std::string_view event, std::string_view args, broadcast_ack_handler then,
                                       std::span<std::string const> attachments) {
    hub& at = nsp_->owner();
    auto what = make(event, args, attachments);
    what->ack_id = at.others().next_ack_id(at);
    what->encoded = at.encoding().event(what->nsp, what->name, what->content(), what->ack_id, flags_.compression());
    auto timeout = timeout_.count() ? timeout_ : at.config().ack_timeout;
    at.others().ask(at, std::move(what), timeout, how_far_, std::move(then));
}

void broadcast_operator::sockets_join(std::vector<std::string> rooms) {
    hub& at = nsp_->owner();
    at.others().change(at, {nsp_->name(), std::move(to_), audience_change::kind::join, std::move(rooms)}, how_far_);
}

void broadcast_operator::sockets_leave(std::vector<std::string> rooms) {
    hub& at = nsp_->owner();
    at.others().change(at, {nsp_->name(), std::move(to_), audience_change::kind::leave, std::move(rooms)}, how_far_);
}

void broadcast_operator::disconnect_sockets(bool close_connection) {
    hub& at = nsp_->owner();
    auto what = close_connection ? audience_change::kind::close_connection : audience_change::kind::disconnect;
    at.others().change(at, {nsp_->name(), std::move(to_), what, {}}, how_far_);
}

void broadcast_operator::fetch_sockets(fetch_handler then) {
    hub& at = nsp_->owner();
    at.others().fetch_sockets(at, nsp_->name(), std::move(to_), how_far_, std::move(then));
}

} // namespace ringback::socketio
