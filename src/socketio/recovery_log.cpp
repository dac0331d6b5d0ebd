#include "socketio/recovery_log.hpp"

namespace ringback::socketio {
namespace {

constexpr std::size_t bytes_of_bookkeeping = 400; // an entry, a broadcast, its strings' heads and its frame

std::size_t bytes_of(broadcast const& b) {
    std::size_t bytes = bytes_of_bookkeeping + 2 * b.args.size(); // once more in the encoded form
    for (std::string const& a : b.attachments)
        bytes += 2 * a.size();
    for (std::string const& room : b.to.rooms)
        bytes += sizeof(std::string) + room.size();
    for (std::string const& room : b.to.except)
        bytes += sizeof(std::string) + room.size();
    return bytes;
}

} // namespace

log_position recovery_log::append(broadcast_ptr what, mono_time now) {
    std::size_t bytes = bytes_of(*what);
    entries_.push_back({std::move(what), now, bytes});
    bytes_ += bytes;
    ++end_;
    while (bytes_ > max_bytes_) {
        squeezed_out_ = end_ - entries_.size() + 1;
        drop_first();
    }
    return end_;
}

void recovery_log::drop_before(mono_time oldest) {
    while (!entries_.empty() && entries_.front().at < oldest)
        drop_first();
}

void recovery_log::drop_first() {
    bytes_ -= entries_.front().bytes;
    entries_.pop_front();
}

std::vector<broadcast_ptr> recovery_log::missed(log_position since, std::string_view nsp,
                                                std::span<std::string const> rooms,
                                                covered_serials const& covered) const {
    std::vector<broadcast_ptr> found;
    visit(since, [&](log_position, broadcast_ptr const& b) {
        if (b->nsp == nsp && is_in(b->to, rooms) && !is_covered(*b, covered)) found.push_back(b);
    });
    return found;
}

} // namespace ringback::socketio
