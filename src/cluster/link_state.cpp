#include "cluster/link_state.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

namespace ringback::cluster {
namespace {

// A packet: what the sender has received (8 bytes), whether it misses something (1), the number of the first message
// (8), then the messages, each behind its length (4). All little-endian, as every machine that this runs on.
constexpr std::size_t header = 17;

template <class Integer>
void append(std::string& to, Integer v) {
    char bytes[sizeof v];
    std::memcpy(bytes, &v, sizeof v);
    to.append(bytes, sizeof v);
}

template <class Integer>
Integer read(std::string_view from, std::size_t at) {
    Integer v{};
    std::memcpy(&v, from.data() + at, sizeof v);
    return v;
}

std::optional<std::vector<std::string_view>> messages_in(std::string_view body) {
    std::vector<std::string_view> all;
    while (!body.empty()) {
        if (body.size() < sizeof(std::uint32_t)) return std::nullopt;
        auto const size = read<std::uint32_t>(body, 0);
        body.remove_prefix(sizeof size);
        if (body.size() < size) return std::nullopt;
        all.push_back(body.substr(0, size));
        body.remove_prefix(size);
    }
    return all;
}

} // namespace

bool link_state::push(std::string message) {
    bool const is_full = unacknowledged_.size() >= terms_.max_unacknowledged ||
                         bytes_ + message.size() > terms_.max_unacknowledged_bytes;
    if (is_full) return false;
    bytes_ += message.size();
    unacknowledged_.push_back(std::move(message));
    return true;
}

std::string link_state::begin_packet(std::uint64_t first) {
    std::string packet;
    append(packet, received_);
    append(packet, static_cast<std::uint8_t>(std::exchange(must_ask_, false)));
    append(packet, first);
    acknowledge_at_.reset();
    return packet;
}

std::vector<std::string> link_state::packets(mono_time now) {
    if (repeat_at_ && *repeat_at_ <= now) sent_ = 0;
    std::vector<std::string> all;
    while (sent_ < unacknowledged_.size()) {
        std::string& packet = all.emplace_back(begin_packet(acknowledged_ + sent_ + 1));
        do {
            std::string const& message = unacknowledged_[sent_++];
            append(packet, static_cast<std::uint32_t>(message.size()));
            packet += message;
        } while (sent_ < unacknowledged_.size() &&
                 packet.size() + unacknowledged_[sent_].size() <= terms_.max_packet_bytes);
    }
    if (!all.empty()) repeat_at_ = now + terms_.repeat_after;
    bool const must_acknowledge = must_ask_ || (acknowledge_at_ && *acknowledge_at_ <= now);
    if (all.empty() && must_acknowledge) all.push_back(begin_packet(0));
    return all;
}

std::optional<mono_time> link_state::next_due() const {
    if (must_ask_) return mono_time::min();
    if (!acknowledge_at_ || !repeat_at_) return acknowledge_at_ ? acknowledge_at_ : repeat_at_;
    return std::min(*acknowledge_at_, *repeat_at_);
}

void link_state::repeat_all() { sent_ = 0; }

link_state::outcome link_state::take(std::string_view packet, mono_time now, std::vector<std::string>& handed_over) {
    if (packet.size() < header) return outcome::malformed;
    auto const acknowledged = read<std::uint64_t>(packet, 0);
    bool const misses_some = packet[8] != 0;
    auto const first = read<std::uint64_t>(packet, 9);
    auto const messages = messages_in(packet.substr(header));
    if (!messages || acknowledged > acknowledged_ + unacknowledged_.size()) return outcome::malformed;

    if (acknowledged > acknowledged_) {
        auto const done = static_cast<std::size_t>(acknowledged - acknowledged_);
        for (std::size_t i = 0; i < done; ++i) {
            bytes_ -= unacknowledged_.front().size();
            unacknowledged_.pop_front();
        }
        acknowledged_ = acknowledged;
        sent_ -= std::min(sent_, done);
        if (unacknowledged_.empty())
            repeat_at_.reset();
        else
            repeat_at_ = now + terms_.repeat_after;
    }
    if (misses_some) sent_ = 0;

    if (messages->empty()) return outcome::ok;
    if (!acknowledge_at_) acknowledge_at_ = now + terms_.acknowledge_after;
    if (first > received_ + 1) {
        must_ask_ = true;
        return outcome::ok;
    }
    auto const known = static_cast<std::size_t>(received_ + 1 - first); // a repetition
    for (std::size_t i = known; i < messages->size(); ++i)
        handed_over.emplace_back((*messages)[i]);
    if (known < messages->size()) received_ = first + messages->size() - 1;
    return outcome::ok;
}

std::vector<std::string> link_state::give_up() {
    std::vector<std::string> all{std::move_iterator{unacknowledged_.begin()},
                                 std::move_iterator{unacknowledged_.end()}};
    unacknowledged_.clear();
    repeat_at_.reset();
    bytes_ = sent_ = 0;
    return all;
}

} // namespace ringback::cluster
