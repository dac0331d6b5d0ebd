#include "cluster/redis/node_bus.hpp"

#include "base/log_line.hpp"
#include "redis/command.hpp"
#include "redis/subscriber.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace ringback::cluster {
namespace {

constexpr std::size_t place_bytes = sizeof(std::uint32_t) * 2;

void append_place(std::string& to, place p) {
    char bytes[place_bytes];
    std::memcpy(bytes, &p.node, sizeof p.node);
    std::memcpy(bytes + sizeof p.node, &p.shard, sizeof p.shard);
    to.append(bytes, sizeof bytes);
}

std::optional<place> take_place(std::string_view& from) {
    if (from.size() < place_bytes) return std::nullopt;
    place p;
    std::memcpy(&p.node, from.data(), sizeof p.node);
    std::memcpy(&p.shard, from.data() + sizeof p.node, sizeof p.shard);
    from.remove_prefix(place_bytes);
    return p;
}

std::string prefix_of(unsigned version) { return "{ringback}:m" + std::to_string(version) + ":"; }

} // namespace

struct node_bus::counts {
    std::atomic<std::uint64_t> sent = 0, received = 0, packets = 0, dropped = 0;
};

/// One shard's part, on its thread.
class node_bus::line : public std::enable_shared_from_this<line> {
public:
    line(place here, unsigned version, redis::config const& redis, shard const& at, clock_source const& clock,
         listener const& hear, std::shared_ptr<counts> figures)
        : here_{here},
          prefix_{prefix_of(version)},
          executor_{at.executor},
          client_{*at.client},
          clock_{clock},
          hear_{hear},
          counts_{std::move(figures)},
          timer_{at.executor},
          subscriber_{at.executor, redis,
                      [this](std::string_view channel, std::string_view payload) { take(channel, payload); }} {}

    void listen(std::function<void()> done) {
        if (here_.shard == 0) {
            subscriber_.subscribe(prefix_ + "all");
            subscriber_.on_state([this](bool up) {
                if (std::exchange(was_interrupted_, !up) && up) hear_.missed();
            });
        }
        subscriber_.subscribe(channel_of(here_), std::move(done));
        client_.on_state([weak = weak_from_this()](bool up) {
            auto self = weak.lock();
            if (!self || !up) return;
            self->repeat_all();
            self->hear_again();
        });
    }
    void send(place to, std::string message) {
        if (gone_.contains(to.node)) {
            boost::asio::post(executor_, [self = shared_from_this(), m = std::move(message)] {
                self->hear_.undelivered(self->here_.shard, m);
            });
            return;
        }
        if (!links_.try_emplace(to, link_state::terms{}).first->second.push(std::move(message))) {
            counts_->dropped.fetch_add(1, std::memory_order_relaxed);
            log_line{"message-dropped"}.number("node", to.node).write(spdlog::level::err);
            return;
        }
        counts_->sent.fetch_add(1, std::memory_order_relaxed);
        flush_soon();
    }
    void send_to_all(std::string const& message) {
        std::string payload;
        append_place(payload, here_);
        payload += message;
        counts_->sent.fetch_add(1, std::memory_order_relaxed);
        publish_to_all(std::move(payload));
    }
    void forget_node(std::uint32_t number) {
        gone_.insert(number);
        auto const first = links_.lower_bound({number, 0});
        std::vector<std::string> undelivered;
        auto last = first;
        for (; last != links_.end() && last->first.node == number; ++last)
            for (std::string& each : last->second.give_up())
                undelivered.push_back(std::move(each));
        links_.erase(first, last);
        for (std::string const& each : undelivered)
            hear_.undelivered(here_.shard, each);
    }
    void hear_again() {
        if (!std::exchange(was_deaf_, false)) return;
        for (auto& [to, link] : links_)
            link.ask_again();
        flush();
    }
    void acknowledge() {
        for (auto& [to, link] : links_)
            link.acknowledge_now();
        flush();
    }
    [[nodiscard]] boost::asio::any_io_executor const& executor() const { return executor_; }

private:
    [[nodiscard]] std::string channel_of(place p) const {
        return prefix_ + std::to_string(p.node) + ':' + std::to_string(p.shard);
    }
    void publish(std::string const& channel, std::string const& payload) {
        counts_->packets.fetch_add(1, std::memory_order_relaxed);
        // What is lost with the connection is sent again when there is one.
        client_.send(redis::command("PUBLISH", channel, payload), [](redis::reply const&) {});
    }

    // Nobody acknowledges these: Redis says whether it has taken them.
    void publish_to_all(std::string payload) {
        counts_->packets.fetch_add(1, std::memory_order_relaxed);
        auto const command = redis::command("PUBLISH", prefix_ + "all", payload);
        client_.send(command,
                     [weak = weak_from_this(), payload = std::move(payload)](redis::reply const& taken) mutable {
                         auto self = weak.lock();
                         if (!taken && self) self->keep_for_all(std::move(payload));
                     });
    }
    void keep_for_all(std::string payload) {
        if (not_taken_.size() < link_state::terms{}.max_unacknowledged) {
            not_taken_.push_back(std::move(payload));
            mono_time const now = clock_.now().mono;
            if (client_.is_up()) wake_at(now + link_state::terms{}.repeat_after, now);
            return;
        }
        counts_->dropped.fetch_add(1, std::memory_order_relaxed);
        log_line{"message-dropped"}.write(spdlog::level::err);
    }

    void take(std::string_view channel, std::string_view payload) {
        auto const from = take_place(payload);
        if (!from || from->node == here_.node || gone_.contains(from->node)) return;
        if (channel.ends_with("all")) {
            counts_->received.fetch_add(1, std::memory_order_relaxed);
            return hear_.received(here_.shard, payload);
        }
        link_state& link = links_.try_emplace(*from, link_state::terms{}).first->second;
        mono_time const now = clock_.now().mono;
        // What could not be acknowledged would be said to another when this node dies.
        if (hear_.is_in_doubt(now) || !client_.is_up()) return void(was_deaf_ = true);
        std::vector<std::string> next;
        if (link.take(payload, now, next) == link_state::outcome::malformed)
            return log_line{"packet-not-understood"}.number("node", from->node).write(spdlog::level::err);
        counts_->received.fetch_add(next.size(), std::memory_order_relaxed);
        for (std::string const& each : next)
            hear_.received(here_.shard, each);
        flush_soon();
    }

    void flush_soon() {
        if (std::exchange(will_flush_, true)) return;
        boost::asio::post(executor_, [weak = weak_from_this()] {
            if (auto self = weak.lock()) self->flush();
        });
    }
    void flush() {
        will_flush_ = false;
        mono_time const now = clock_.now().mono;
        std::optional<mono_time> due;
        for (auto& [to, link] : links_) {
            if (client_.is_up())
                for (std::string const& packet : link.packets(now)) {
                    std::string payload;
                    payload.reserve(place_bytes + packet.size());
                    append_place(payload, here_);
                    payload += packet;
                    publish(channel_of(to), payload);
                }
            if (auto const next = link.next_due(); next && (!due || *next < *due)) due = next;
        }
        if (!client_.is_up()) return;
        for (std::string& each : std::exchange(not_taken_, {}))
            publish_to_all(std::move(each));
        if (due) wake_at(*due, now);
    }
    void wake_at(mono_time due, mono_time now) {
        if (timer_due_ && *timer_due_ <= due) return;
        timer_due_ = due;
        timer_.expires_after(due - now);
        timer_.async_wait([weak = weak_from_this()](boost::system::error_code const& e) {
            auto self = weak.lock();
            if (e || !self) return;
            self->timer_due_.reset();
            self->flush();
        });
    }
    void repeat_all() {
        for (auto& [to, link] : links_)
            link.repeat_all();
        flush_soon();
    }

    // given
    place const here_;
    std::string const prefix_;
    boost::asio::any_io_executor const executor_;
    redis::client& client_;
    clock_source const& clock_;
    listener const& hear_;
    std::shared_ptr<counts> counts_;
    // owned
    boost::asio::steady_timer timer_;
    redis::subscriber subscriber_;
    // state
    std::map<place, link_state> links_;
    std::set<std::uint32_t> gone_;
    std::vector<std::string> not_taken_; ///< what was for all and may not have reached Redis
    bool will_flush_ = false;
    bool was_interrupted_ = false;
    bool was_deaf_ = false; ///< something came in while this node was in doubt
    std::optional<mono_time> timer_due_;
};

node_bus::node_bus(std::uint32_t node, unsigned version, redis::config const& redis, std::vector<shard> shards,
                   clock_source const& clock, listener hear)
    : hear_{std::move(hear)},
      counts_{std::make_shared<counts>()} {
    for (std::uint32_t i = 0; i < shards.size(); ++i)
        lines_.push_back(std::make_shared<line>(place{node, i}, version, redis, shards[i], clock, hear_, counts_));
}

node_bus::~node_bus() = default;

void node_bus::when_listening(std::function<void()> const& done) {
    auto missing = std::make_shared<std::atomic<std::size_t>>(lines_.size());
    for (auto const& each : lines_)
        boost::asio::post(each->executor(), [each, missing, done, first = lines_.front()] {
            each->listen([missing, done, first] {
                if (missing->fetch_sub(1) == 1) boost::asio::post(first->executor(), done);
            });
        });
}

void node_bus::send(std::uint32_t from, place to, std::string message) { lines_[from]->send(to, std::move(message)); }

void node_bus::send_to_all(std::uint32_t from, std::string message) { lines_[from]->send_to_all(message); }

void node_bus::forget_node(std::uint32_t number) {
    for (auto const& each : lines_)
        boost::asio::post(each->executor(), [each, number] { each->forget_node(number); });
}

void node_bus::hear_again() {
    for (auto const& each : lines_)
        boost::asio::post(each->executor(), [each] { each->hear_again(); });
}

void node_bus::acknowledge() {
    for (auto const& each : lines_)
        boost::asio::post(each->executor(), [each] { each->acknowledge(); });
}

bus_figures node_bus::figures() const {
    return {
        .sent = counts_->sent, .received = counts_->received, .packets = counts_->packets, .dropped = counts_->dropped};
}

} // namespace ringback::cluster
