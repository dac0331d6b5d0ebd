#include "call/signal_queue.hpp"

#include <algorithm>
#include <iterator>

namespace ringback::call {

void signal_queue::keep(peer_signal s) {
    bytes_ += s.payload.size();
    auto behind = std::ranges::upper_bound(signals_, s.number, {}, &peer_signal::number);
    signals_.insert(behind, std::move(s));
    while (signals_.size() > max_signals || bytes_ > max_bytes) {
        bytes_ -= signals_.front().payload.size();
        signals_.pop_front();
        has_lost_ = true;
    }
}

std::vector<peer_signal> signal_queue::take() {
    std::vector<peer_signal> all{std::make_move_iterator(signals_.begin()), std::make_move_iterator(signals_.end())};
    *this = {};
    return all;
}

} // namespace ringback::call
