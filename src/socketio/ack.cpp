#include "socketio/ack.hpp"

namespace ringback::socketio {

void pending_acks::add(std::uint64_t id, ack_handler on_ack, mono_time deadline) {
    auto& e = entries_[id] = std::make_unique<entry>(*this, id, std::move(on_ack));
    timers_.arm(*e, deadline);
}

void pending_acks::resolve(std::uint64_t id, packet_content const& answer) { finish(id, answer); }

void pending_acks::fail_all() {
    while (!entries_.empty())
        finish(entries_.begin()->first, std::unexpected{ack_error::disconnected});
}

void pending_acks::entry::on_expiry(mono_time) { in_.finish(id_, std::unexpected{ack_error::timeout}); }

void pending_acks::finish(std::uint64_t id, std::expected<packet_content, ack_error> result) {
    auto node = entries_.extract(id);
    if (!node.empty()) node.mapped()->on_ack_(result);
}

} // namespace ringback::socketio
