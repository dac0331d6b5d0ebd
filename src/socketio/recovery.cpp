#include "socketio/recovery.hpp"

#include "base/base64.hpp"
#include "base/random.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace ringback::socketio {
namespace {

std::string make_epoch() {
    std::array<char, 6> raw;
    fill_random(std::as_writable_bytes(std::span{raw}));
    return base64url_encode({raw.data(), raw.size()});
}

} // namespace

std::string to_string(cluster_offset const& at) { return std::to_string(at.time) + '-' + std::to_string(at.serial); }

std::optional<cluster_offset> parse_offset(std::string_view text) {
    cluster_offset at;
    char const* last = text.data() + text.size();
    auto [dash, error] = std::from_chars(text.data(), last, at.time);
    if (error != std::errc{} || dash == last || *dash != '-') return std::nullopt;
    auto [end, error_behind] = std::from_chars(dash + 1, last, at.serial);
    if (error_behind != std::errc{} || end != last) return std::nullopt;
    return at;
}

recovery_keeper::recovery_keeper(recovery_config const& config, timer_wheel& timers, forgotten_handler on_forgotten)
    : config_{config},
      timers_{timers},
      on_forgotten_{std::move(on_forgotten)},
      log_{config.max_log_bytes},
      epoch_{make_epoch()} {}

std::string recovery_keeper::offset_of(log_position at) const { return epoch_ + '.' + std::to_string(at); }
std::string recovery_keeper::current_offset() const { return offset_of(log_.end()); }

void recovery_keeper::note_delivered(broadcast const& what) {
    if (what.serial == 0) return;
    if (delivered_.size() <= what.origin) delivered_.resize(what.origin + 1);
    delivered_[what.origin] = what.serial;
}

std::string recovery_keeper::record(broadcast_ptr what, mono_time now) {
    log_.drop_before(now - config_.window - config_.unnoticed);
    std::string offset = offset_of(log_.append(std::move(what), now));
    arm(now);
    return offset;
}

void recovery_keeper::keep(lost_session session, mono_time now) {
    mono_time until = now + config_.window;
    std::string pid = session.pid;
    by_age_.emplace_back(until, pid);
    lost_.insert_or_assign(std::move(pid), kept{std::move(session), until});
    arm(now);
    prune(now);
}

std::optional<log_position> recovery_keeper::position_of(recovery_claim const& claim, recovery_mark const& mark) const {
    if (!claim.offset || *claim.offset == mark.brought) return mark.since;
    std::string_view text = *claim.offset;
    if (!text.starts_with(epoch_) || text.substr(epoch_.size(), 1) != ".") return std::nullopt;
    text.remove_prefix(epoch_.size() + 1);
    log_position at = 0;
    auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), at);
    if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    // Before its time on this hub it cannot have seen an offset of ours, and none that was never given.
    return at >= mark.since && at <= log_.end() ? std::optional{at} : std::nullopt;
}

std::optional<recovered_session> recovery_keeper::take(recovery_claim const& claim, mono_time now) {
    auto found = lost_.find(claim.pid);
    if (found == lost_.end() || found->second.session.nsp != claim.nsp) return std::nullopt;
    kept k = std::move(found->second);
    lost_.erase(found);
    lost_session& s = k.session;
    auto since = position_of(claim, s.mark);
    if (now > k.until || !since || log_.has_lost_since(*since)) {
        on_forgotten_(s.pid);
        return std::nullopt;
    }
    std::vector<std::string> rooms = s.rooms;
    rooms.push_back(s.socket_id);
    auto missed = log_.missed(*since, s.nsp, rooms, s.mark.covered);
    // Beside what came here, what had come to its former hubs: this one may not have got that far yet.
    covered_serials covered = delivered_;
    covered.resize(std::max(covered.size(), s.mark.covered.size()));
    for (std::size_t i = 0; i < s.mark.covered.size(); ++i)
        covered[i] = std::max(covered[i], s.mark.covered[i]);
    return recovered_session{.socket_id = std::move(s.socket_id),
                             .pid = std::move(s.pid),
                             .rooms = std::move(s.rooms),
                             .data = std::move(s.data),
                             .missed = std::move(missed),
                             .covered = std::move(covered),
                             .presented = claim.offset.value_or("")};
}

std::vector<std::pair<std::string, broadcast_ptr>> recovery_keeper::replay(log_position since, std::string_view nsp,
                                                                           std::string_view socket_id) const {
    std::vector<std::pair<std::string, broadcast_ptr>> found;
    log_.visit(since, [&](log_position at, broadcast_ptr const& b) {
        if (b->serial == 0 && b->nsp == nsp && b->to.rooms.size() == 1 && b->to.rooms[0] == socket_id)
            found.emplace_back(offset_of(at), b);
    });
    return found;
}

void recovery_keeper::prune(mono_time now) {
    auto is_gone = [&] { return by_age_.front().first < now || lost_.size() > config_.max_sessions; };
    while (!by_age_.empty() && is_gone()) {
        auto found = lost_.find(by_age_.front().second);
        // One that was lost again meanwhile has a younger place in the row.
        if (found != lost_.end() && found->second.until == by_age_.front().first) {
            lost_.erase(found);
            on_forgotten_(by_age_.front().second);
        }
        by_age_.pop_front();
    }
    log_.drop_before(now - config_.window - config_.unnoticed);
    arm(now);
}

void recovery_keeper::arm(mono_time now) {
    if (!sweep_.is_armed() && (!by_age_.empty() || !log_.empty())) timers_.arm(sweep_, now + config_.window);
}

} // namespace ringback::socketio
