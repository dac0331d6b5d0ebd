#include "registry/redis/shard_line.hpp"

#include "base/log.hpp"
#include "registry/redis/scripts.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace ringback::registry {

namespace asio = boost::asio;

namespace {
std::vector<std::string> const tag{"{ringback}"};
constexpr std::chrono::milliseconds retry_after{300};
constexpr std::chrono::seconds between_complaints{10};
} // namespace

shard_line::shard_line(asio::any_io_executor executor, std::uint32_t shard, redis::client& commands, agreement& shared)
    : commands_{commands},
      shared_{shared},
      executor_{std::move(executor)},
      retry_{executor_},
      shard_{shard} {}

void shard_line::start() {
    commands_.on_state([weak = weak_from_this()](bool up) {
        if (auto self = weak.lock()) self->on_state(up);
    });
    listener_ = shared_.on_agreed([weak = weak_from_this(), executor = executor_] {
        asio::post(executor, [weak] {
            if (auto self = weak.lock()) self->flush();
        });
    });
    if (commands_.is_up()) on_state(true);
}

void shard_line::stop() {
    is_stopped_ = true;
    shared_.forget(listener_);
    retry_.cancel();
    happened_.clear();
}

void shard_line::on_state(bool up) {
    if (is_stopped_ || !up) return;
    session_ = shared_.next_session();
    is_session_told_ = false;
    flush();
}

// What an old connection still carries must not come after what the new one does.
void shard_line::tell_session() {
    auto epoch = shared_.enter(operation::rebuild);
    if (!epoch) return;
    is_session_told_ = true;
    script_words words;
    words.speak_as(shared_.number(), std::to_string(shard_), session_, *epoch);
    commands_.run(scripts().session, tag, words.all(),
                  [self = shared_from_this()](redis::reply const&) { self->shared_.leave(); });
}

void shard_line::ask(operation kind, redis::script const& what, script_words words, asked then) {
    auto epoch = commands_.is_up() && !is_stopped_ ? shared_.enter(kind) : std::nullopt;
    if (!epoch) return then(std::unexpected{failure::not_done});
    words.speak_as(shared_.number(), std::to_string(shard_), session_, *epoch);
    commands_.run(what, tag, words.all(),
                  [self = shared_from_this(), epoch = *epoch, then = std::move(then)](redis::reply r) mutable {
                      self->shared_.leave();
                      if (self->is_stopped_) return;
                      then(self->judge(std::move(r), epoch));
                  });
}

shard_line::answer shard_line::judge(redis::reply r, std::string const& epoch) {
    if (!r) return std::unexpected{r.error() == redis::errc::away ? failure::not_done : failure::unknown};
    if (r->is_error()) {
        if (auto now = std::chrono::steady_clock::now(); now - complained_at_ >= between_complaints) {
            complained_at_ = now;
            spdlog::warn("Redis refuses a script of ours: {}", r->text());
        }
        return std::unexpected{failure::unknown};
    }
    auto verdict = item(*r, 0).text();
    if (verdict == "OK" || verdict == "NO") return *std::move(r);
    if (verdict == "LOST") shared_.is_lost();
    if (verdict == "EPOCH") shared_.epoch_is_gone(epoch);
    return std::unexpected{failure::not_done};
}

void shard_line::happen(happening h) {
    if (is_stopped_) return;
    shared_.held([&](held_here& held) {
        for (account_id const& who : h.about)
            held.pin(who);
        if (h.here) h.here(held);
    });
    if (shared_.now_in() == agreement::phase::lost) return h.alone();
    auto const number = ++last_happened_;
    waiting& w = happened_.try_emplace(number, waiting{std::move(h)}).first->second;
    ++unsent_;
    // What happened before comes first.
    if (unsent_ == 1) send(number, w);
    if (auto mine = happened_.find(number); mine != happened_.end() && !mine->second.is_sent) fall_late(mine->second);
    auto mine = happened_.find(number);
    if (unsent_ <= bounds::late_operations || mine == happened_.end() || mine->second.is_sent) return;
    auto given_up = std::move(happened_.extract(mine).mapped());
    --unsent_;
    dropped_.insert(dropped_.end(), given_up.what.about.begin(), given_up.what.about.end());
    shared_.has_dropped();
}

void shard_line::flush() {
    if (is_stopped_ || !commands_.is_up()) return;
    if (!is_session_told_) tell_session();
    for (auto& [number, w] : happened_) {
        if (w.is_sent) continue;
        send(number, w);
        if (!w.is_sent) break;
    }
    if (unsent_ > 0 || dropped_.empty()) return;
    shared_.held([&](held_here& held) {
        for (account_id const& who : std::exchange(dropped_, {}))
            held.unpin(who);
    });
}

void shard_line::send(std::uint64_t number, waiting& w) {
    auto epoch = commands_.is_up() ? shared_.enter(w.what.kind) : std::nullopt;
    if (!epoch) return;
    w.is_sent = true;
    --unsent_;
    auto words = w.what.words(w.is_late);
    words.speak_as(shared_.number(), std::to_string(shard_), session_, *epoch);
    commands_.run(*w.what.what, tag, words.all(), [self = shared_from_this(), number, epoch = *epoch](redis::reply r) {
        self->shared_.leave();
        if (!self->is_stopped_) self->hear(number, self->judge(std::move(r), epoch));
    });
}

void shard_line::hear(std::uint64_t number, answer a) {
    auto found = happened_.find(number);
    if (found == happened_.end()) return;
    if (!a && shared_.now_in() != agreement::phase::lost) {
        found->second.is_sent = false;
        ++unsent_;
        fall_late(found->second);
        return retry_soon();
    }
    auto done = std::move(happened_.extract(found).mapped());
    if (!a)
        fall_late(done);
    else if (done.is_late)
        done.what.late(*a);
    else
        done.what.told(*a);
    shared_.held([&](held_here& held) {
        for (account_id const& who : done.what.about)
            held.unpin(who);
    });
}

void shard_line::fall_late(waiting& w) {
    if (!std::exchange(w.is_late, true)) w.what.alone();
}

void shard_line::retry_soon() {
    if (std::exchange(is_retrying_, true)) return;
    retry_.expires_after(retry_after);
    retry_.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
        auto self = weak.lock();
        if (ec || !self) return;
        self->is_retrying_ = false;
        self->flush();
        if (self->unsent_ > 0) self->retry_soon();
    });
}

} // namespace ringback::registry
