#include "call/media_watch.hpp"

#include <algorithm>

namespace ringback::call {

namespace {
constexpr unsigned max_doublings = 20; // beyond every sensible maximum, and far from an overflow
}

void media_watch::note(media_hint const& hint, moment now) {
    if (hint.what == media_hint::kind::room_finished) {
        if (!finished_at_) finished_at_ = now;
        ask_at_ = now.mono;
        return;
    }
    seat& s = seats_[static_cast<std::size_t>(hint.side)];
    if (hint.what == media_hint::kind::joined) {
        // Of a party that is away it may be old news of the connection that has ended since.
        if (s.away_since) ask_at_ = now.mono;
        if (!s.joined_at || !s.away_since) s.joined_at = hint.joined_at;
        s.noted_at = now.mono;
    } else {
        bool is_final = hint.what == media_hint::kind::removed;
        if (!s.joined_at) s.joined_at = hint.joined_at;
        leave(s, now, is_final ? now.mono : now.mono + config_.away_grace, hint.connection);
        ask_at_ = now.mono;
    }
    if (has_everybody_come()) join_due_.reset();
}

// The first word of an absence is when it began; a later one can only make it more urgent.
void media_watch::leave(seat& s, moment since, mono_time overdue_at, std::string const& connection) {
    s.overdue_at = s.away_since ? std::min(s.overdue_at, overdue_at) : overdue_at;
    if (!s.away_since) s.away_since = since;
    s.left_connection = connection;
}

std::optional<mono_time> media_watch::next_question() const {
    if (is_asking_) return std::nullopt;
    auto first = ask_at_;
    auto consider = [&](mono_time at) {
        if (asked_at_ && *asked_at_ >= at) return; // that question has been asked
        if (!first || at < *first) first = at;
    };
    for (seat const& s : seats_)
        if (s.away_since) consider(s.overdue_at);
    if (join_due_) consider(join_due_->mono);
    if (first && failures_ > 0) return std::max(*first, retry_at_);
    return first;
}

std::uint64_t media_watch::ask(mono_time now) {
    is_asking_ = true;
    asked_at_ = now;
    ask_at_.reset();
    return ++asked_;
}

std::optional<media_watch::verdict> media_watch::take(media_roster const& answer, std::array<bool, 2> const& is_excused,
                                                      moment now) {
    if (!is_asking_ || answer.number != asked_) return std::nullopt;
    is_asking_ = false;
    if (!answer.seats) {
        std::chrono::milliseconds backoff = config_.first_retry * (1LL << std::min(failures_++, max_doublings));
        retry_at_ = now.mono + std::min(config_.longest_retry, backoff);
        ask_at_ = retry_at_;
        return std::nullopt;
    }
    failures_ = 0;
    auto const& found = *answer.seats;
    for (std::size_t i = 0; i < seats_.size(); ++i)
        sit(seats_[i], found[i], now);
    if (has_everybody_come()) join_due_.reset();

    if (finished_at_ && *asked_at_ >= finished_at_->mono) {
        if (!found[0] && !found[1]) {
            moment over = *finished_at_;
            for (seat const& s : seats_)
                if (s.away_since && s.away_since->mono < over.mono) over = *s.away_since;
            return verdict{end_reason::room_finished, over};
        }
        finished_at_.reset(); // another room of that name, or a node that closed it too early (races.md row 46)
    }
    for (std::size_t i = 0; i < seats_.size(); ++i) {
        seat& s = seats_[i];
        if (found[i] || !s.away_since || *asked_at_ < s.overdue_at) continue;
        if (!is_excused[i]) return verdict{end_reason::room_finished, *s.away_since};
        s.overdue_at = now.mono + config_.away_grace;
    }
    if (join_due_ && *asked_at_ >= join_due_->mono) return verdict{end_reason::setup_failed, *join_due_};
    return std::nullopt;
}

void media_watch::sit(seat& s, roster_seat const& found, moment now) {
    if (!found) {
        // It was there and no hint of its leaving came, unless it came while this was being asked.
        if (s.joined_at && !s.away_since && s.noted_at <= *asked_at_) leave(s, now, now.mono + config_.away_grace, {});
        return;
    }
    if (s.away_since) {
        if (*asked_at_ < s.away_since->mono) return; // older than what made it away; that is asked next
        bool is_the_old_one = found->connection == s.left_connection;
        if (is_the_old_one && *asked_at_ < s.away_since->mono + config_.away_grace) {
            ask_at_ = now.mono + config_.first_retry; // the list lags behind the hint
            return;
        }
    }
    s.away_since.reset();
    s.joined_at = found->joined_at;
    s.noted_at = now.mono;
}

void media_watch::excuse(side who, moment now) {
    seat& s = seats_[static_cast<std::size_t>(who)];
    if (s.away_since) s.overdue_at = now.mono + config_.away_grace;
}

bool media_watch::has_everybody_come() const noexcept { return seats_[0].joined_at && seats_[1].joined_at; }

std::optional<wall_time> media_watch::take_beginning() {
    bool is_anybody_away = seats_[0].away_since || seats_[1].away_since;
    if (has_begun_ || is_anybody_away || !has_everybody_come()) return std::nullopt;
    has_begun_ = true;
    return std::max(*seats_[0].joined_at, *seats_[1].joined_at);
}

} // namespace ringback::call
