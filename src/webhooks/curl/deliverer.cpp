#include "webhooks/curl/deliverer.hpp"

#include "base/log.hpp"
#include "base/random.hpp"
#include "webhooks/signature.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <csignal>
#include <cstdint>
#include <exception>
#include <expected>
#include <iterator>
#include <optional>
#include <pthread.h>
#include <string>
#include <utility>
#include <variant>

namespace ringback::webhooks {

namespace {

/// After the store could not be asked.
constexpr std::chrono::milliseconds store_pause{1000};

std::uint64_t random_seed() {
    std::array<std::byte, sizeof(std::uint64_t)> bytes{};
    fill_random(bytes);
    return std::bit_cast<std::uint64_t>(bytes);
}

/// libcurl leaves it to the program that a write to a closed connection is no signal.
void ignore_broken_pipes_of_this_thread() {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

} // namespace

/// What the store's thread hands over. Outlives the deliverer as long as answers can come.
class deliverer::mailbox {
public:
    explicit mailbox(http_poster& wakes) : wakes_{&wakes} {}

    void post(std::move_only_function<void()> what) {
        std::lock_guard lock{mutex_};
        if (wakes_ == nullptr) return;
        waiting_.push_back(std::move(what));
        wakes_->wake();
    }
    [[nodiscard]] std::vector<std::move_only_function<void()>> take() {
        std::lock_guard lock{mutex_};
        return std::exchange(waiting_, {});
    }
    void close() {
        std::lock_guard lock{mutex_};
        wakes_ = nullptr;
        waiting_.clear();
    }

private:
    std::mutex mutex_;
    http_poster* wakes_; ///< null: closed
    std::vector<std::move_only_function<void()>> waiting_;
};

deliverer::deliverer(deliverer_config config, ports::webhook_outbox& outbox, ports::duty_roster& duties,
                     clock_source const& clock)
    : config_{std::move(config)},
      outbox_{outbox},
      duties_{duties},
      clock_{clock},
      poster_{config_.post},
      dispatcher_{config_.delivery, clock.now().wall, random_seed()} {
    mailbox_ = std::make_shared<mailbox>(poster_);
    thread_ = std::thread{[this] { loop(); }};
    outbox_.watch_webhooks([to = mailbox_, this] { to->post([this] { has_news_ = true; }); });
    mailbox_->post([this] { has_news_ = true; }); // what was written before anybody watched
}

deliverer::~deliverer() {
    outbox_.watch_webhooks({});
    mailbox_->post([this] { is_stopping_ = true; });
    thread_.join();
    mailbox_->close();
}

ports::webhook_figures deliverer::figures() const {
    std::lock_guard lock{mutex_};
    return figures_;
}

template <class Result>
ports::completion<Result> deliverer::back_here(std::function<void(Result)> then) {
    return [to = mailbox_, t = std::move(then)](Result r) mutable {
        to->post([t2 = std::move(t), r2 = std::move(r)]() mutable { t2(std::move(r2)); });
    };
}

void deliverer::loop() {
    ignore_broken_pipes_of_this_thread();
    std::optional<mono_time> end;
    for (;;) {
        for (auto& each : mailbox_->take())
            each();
        for (auto const& p : poster_.advance())
            conclude(p);
        mono_time const now = clock_.now().mono;
        if (is_stopping_ && !end) end = now + config_.stop_grace;
        if (end && (dispatcher_.in_flight() == 0 || now >= *end)) break;
        settle();
        if (!is_stopping_) {
            keep_duty();
            look();
            count();
        }
        poster_.wait(end ? std::min(idle_time(), std::chrono::ceil<std::chrono::milliseconds>(*end - now))
                         : idle_time());
    }
    for (auto const& id : poster_.break_off())
        dispatcher_.broken_off(id);
    // The store answers nobody any more, but writes it.
    if (!unsettled_.empty()) outbox_.settle_webhooks(std::move(unsettled_), [](ports::read_result<bool>) {});
    if (has_duty_) duties_.give_back_duty(ports::duty::webhooks); // behind it: the next one finds it done
}

std::chrono::milliseconds deliverer::idle_time() const {
    mono_time const now = clock_.now().mono;
    mono_time due = std::min(count_at_, now + config_.look_interval);
    if (!is_claiming_) due = std::min(due, duty_at_);
    if (has_duty_) due = std::min(due, duty_until_);
    if (!unsettled_.empty() && !is_settling_) due = std::min(due, settle_at_);
    if (has_duty_ && !is_looking_ && dispatcher_.wanted(now) > 0) due = std::min(due, look_at_);
    if (dispatcher_.is_probing() && dispatcher_.in_flight() == 0) due = std::min(due, dispatcher_.probe_at());
    return std::clamp(std::chrono::ceil<std::chrono::milliseconds>(due - now), std::chrono::milliseconds{0},
                      config_.look_interval);
}

// Whose duty it is ---------------------------------------------------------------------------------------------------

void deliverer::keep_duty() {
    mono_time const now = clock_.now().mono;
    if (has_duty_ && now >= duty_until_) {
        has_duty_ = false;
        spdlog::warn("webhooks: another node may deliver them now");
        for (auto const& id : poster_.break_off())
            dispatcher_.broken_off(id);
    }
    if (is_claiming_ || now < duty_at_) return;
    is_claiming_ = true;
    using read = ports::read_result<bool>;
    duties_.claim_duty(ports::duty::webhooks, now, config_.duty_lease,
                       back_here<read>([this, now](read is_ours) { duty_answered(now, is_ours); }));
}

void deliverer::duty_answered(mono_time asked_at, ports::read_result<bool> is_ours) {
    is_claiming_ = false;
    duty_at_ = asked_at + config_.duty_lease / 4;
    if (!is_ours) return; // it stays ours until its time is over
    duty_until_ = *is_ours ? asked_at + config_.duty_lease : asked_at;
    if (*is_ours && !std::exchange(has_duty_, true)) look_at_ = clock_.now().mono;
}

// Looking ------------------------------------------------------------------------------------------------------------

void deliverer::look() {
    moment const now = clock_.now();
    if (has_news_) look_at_ = std::min(look_at_, now.mono);
    if (!has_duty_ || is_looking_ || now.mono < look_at_) return;
    auto const wanted = dispatcher_.wanted(now.mono);
    if (wanted == 0) return;
    is_looking_ = true;
    has_news_ = false;
    using read = ports::read_result<std::vector<ports::waiting_webhook>>;
    outbox_.first_webhooks(wanted, back_here<read>([this](read first) { take(std::move(first)); }));
}

void deliverer::take(ports::read_result<std::vector<ports::waiting_webhook>> first) {
    is_looking_ = false;
    moment const now = clock_.now();
    if (is_stopping_ || !has_duty_ || now.mono >= duty_until_) return;
    if (!first) {
        look_at_ = now.mono + store_pause;
        return;
    }
    auto chosen = dispatcher_.choose(*std::move(first), now);
    look_at_ = std::min(chosen.look_again.value_or(mono_time::max()), now.mono + config_.look_interval);
    for (auto& event : chosen.send) {
        try {
            auto const signature = sign(config_.secrets, now.wall, event.body);
            poster_.post(event.id, std::move(event.body), signature);
        } catch (std::exception const& e) {
            conclude({std::move(event.id), std::unexpected{e.what()}});
        }
    }
    if (!chosen.bury.empty()) {
        spdlog::warn("webhooks: {} events are dead letters: the receiver was away for too long", chosen.bury.size());
        std::lock_guard lock{mutex_};
        figures_.given_up += chosen.bury.size();
    }
    std::ranges::move(chosen.bury, std::back_inserter(unsettled_));
}

// Results ------------------------------------------------------------------------------------------------------------

void deliverer::conclude(http_poster::posted const& p) {
    bool const was_probing = dispatcher_.is_probing();
    auto what = dispatcher_.finished(p.id, p.how, clock_.now());
    {
        std::lock_guard lock{mutex_};
        if (std::holds_alternative<ports::webhook_delivered>(what)) ++figures_.delivered;
        if (std::holds_alternative<ports::webhook_postponed>(what)) ++figures_.postponed;
        if (std::holds_alternative<ports::webhook_given_up>(what)) ++figures_.given_up;
    }
    if (auto const* dead = std::get_if<ports::webhook_given_up>(&what))
        spdlog::warn("webhook {}: a dead letter: {}", p.id, dead->reason);
    else if (auto const* later = std::get_if<ports::webhook_postponed>(&what))
        spdlog::debug("webhook {}: to be tried again: {}", p.id, later->reason);
    if (dispatcher_.is_probing() && !was_probing)
        spdlog::warn("webhooks: the receiver is away, only probed from now on: {}",
                     p.how ? fmt::format("status {}", *p.how) : p.how.error());
    if (was_probing && !dispatcher_.is_probing()) {
        spdlog::info("webhooks: the receiver is back");
        look_at_ = clock_.now().mono;
    }
    unsettled_.push_back(std::move(what));
}

void deliverer::settle() {
    if (is_settling_ || unsettled_.empty() || clock_.now().mono < settle_at_) return;
    is_settling_ = true;
    auto what = std::exchange(unsettled_, {});
    using read = ports::read_result<bool>;
    auto then = [this, what](read r) { settled(what, r.has_value()); };
    outbox_.settle_webhooks(std::move(what), back_here<read>(std::move(then)));
}

void deliverer::settled(std::vector<ports::webhook_settlement> const& what, bool is_done) {
    is_settling_ = false;
    mono_time const now = clock_.now().mono;
    if (!is_done) {
        unsettled_.insert(unsettled_.begin(), what.begin(), what.end());
        settle_at_ = now + store_pause;
        return;
    }
    for (auto const& each : what)
        dispatcher_.settled(std::visit([](auto const& s) { return s.id; }, each));
    look_at_ = now; // the next of these calls
}

void deliverer::count() {
    mono_time const now = clock_.now().mono;
    if (now < count_at_) return;
    count_at_ = now + config_.count_interval;
    using read = ports::read_result<ports::webhook_backlog>;
    outbox_.count_webhooks(back_here<read>([this](read found) {
        if (!found) return;
        std::lock_guard lock{mutex_};
        figures_.backlog = *found;
    }));
}

} // namespace ringback::webhooks
