#include "redis/link.hpp"

#include "base/random.hpp"
#include "io/as_result.hpp"
#include "redis/sentinel_watch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace ringback::redis {
namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

/// Half of it for certain and the other half by chance, so that those that lost Redis together do not return together.
std::chrono::microseconds with_jitter(std::chrono::microseconds longest) {
    std::uint32_t dice = 0;
    fill_random(std::as_writable_bytes(std::span{&dice, 1}));
    return longest / 2 + std::chrono::microseconds{static_cast<std::int64_t>(dice) * (longest.count() / 2) >> 32};
}

} // namespace

link::link(asio::any_io_executor executor, config c, server_role to, user& u)
    : role_{to},
      executor_{std::move(executor)},
      user_{u},
      opener_{executor_, std::move(c), to, writes_},
      retry_{executor_},
      watch_{executor_} {}

link::~link() = default;

void link::start() {
    if (role_ == server_role::redis && !settings().sentinel_master.empty())
        sentinel_ = std::make_unique<sentinel_watch>(executor_, settings(),
                                                     [this](endpoint master) { follow(std::move(master)); });
    // Errors are values in it; what it throws is a broken invariant or no memory, and ends the loop loudly.
    asio::co_spawn(executor_, run(shared_from_this()), [](std::exception_ptr const& failed) {
        if (failed) std::rethrow_exception(failed);
    });
}

void link::stop() {
    if (std::exchange(stopped_, true)) return;
    sentinel_.reset();
    opener_.cancel();
    retry_.cancel();
    watch_.cancel();
    if (connection_) connection_->close("no longer wanted");
    if (std::exchange(outage_, false)) settings().outages->leave();
}

void link::follow(endpoint master) {
    if (connection_ && connection_->server() == master) return;
    fail("Sentinel has made " + to_string(master) + " the master");
    opener_.expect(std::move(master));
}

asio::awaitable<void> link::run(std::shared_ptr<link> self) {
    while (!self->stopped_) {
        auto made = co_await self->opener_.open();
        if (self->stopped_) co_return;
        if (made) {
            self->connection_ = *std::move(made);
            auto why = co_await self->serve();
            if (self->stopped_) co_return;
            self->away(why);
            self->connection_ = nullptr;
            self->user_.on_lost();
        } else {
            self->away(made.error());
        }
        if (!self->stopped_) co_await self->pause();
    }
}

/// Returns why the connection ended.
asio::awaitable<std::string> link::serve() {
    auto const here = connection_;
    heard_ = steady_clock::now();
    user_.on_open();
    if (stopped_) co_return std::string{};
    watch();
    for (;;) {
        auto read = co_await here->read();
        if (!read) co_return std::move(read).error();
        heard_ = steady_clock::now();
        for (;;) {
            auto answer = here->next();
            if (!answer) co_return std::move(answer).error();
            if (!*answer) break;
            user_.on_reply(**std::move(answer));
            if (stopped_) co_return std::string{};
        }
    }
}

void link::ready() {
    failures_ = 0;
    if (std::exchange(outage_, false)) settings().outages->end();
}

void link::fail(std::string_view why) {
    if (connection_) connection_->close(why);
}

void link::away(std::string const& why) {
    if (std::exchange(outage_, true))
        settings().outages->go_on(why);
    else
        settings().outages->begin(why);
}

asio::awaitable<void> link::pause() {
    auto const& c = settings();
    std::chrono::microseconds longest = c.backoff_first * (1 << std::min(failures_, 20));
    ++failures_;
    retry_.expires_after(with_jitter(std::min<std::chrono::microseconds>(longest, c.backoff_longest)));
    co_await retry_.async_wait(io::as_result);
}

std::chrono::milliseconds link::period() const {
    return std::clamp<std::chrono::milliseconds>(settings().command_timeout / 8, 5ms, 250ms);
}

/// One timer for all that is late, looked at a few times in the time that an answer may take: a timer for each command
/// would cost more than the command.
void link::watch() {
    watch_.expires_after(period());
    watch_.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
        if (auto self = weak.lock(); self && !ec) self->look();
    });
}

void link::look() {
    if (stopped_ || !connection_) return;
    auto now = steady_clock::now();
    // Who looks this late has slept himself, and the answers may lie there unread: there is time again to read them.
    if (now - watch_.expiry() > period()) patient_until_ = now + settings().command_timeout;
    auto due = user_.due();
    if (due && std::max(*due, patient_until_) <= now) {
        fail("no answer in time");
    } else if (!due && now - heard_ >= std::min<std::chrono::milliseconds>(settings().command_timeout, 1s)) {
        user_.on_silence();
    }
    if (!stopped_) watch();
}

} // namespace ringback::redis
