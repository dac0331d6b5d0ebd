#pragma once

#include "redis/client.hpp"
#include "redis/script.hpp"
#include "redis/subscriber.hpp"
#include "registry/redis/agreement.hpp"
#include "registry/redis/cluster_news.hpp"
#include "registry/redis/membership.hpp"
#include "registry/redis/presence_feed.hpp"
#include "registry/redis/script_text.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ringback::registry {

/// What a membership does, kept alive by what it waits for. On one thread.
class membership_core : public std::enable_shared_from_this<membership_core> {
public:
    using joined = membership::joined;
    using identity = membership::identity;

    membership_core(boost::asio::any_io_executor executor, redis::client& commands, redis::config subscription,
                    agreement& shared, clock_source const& clock, cluster_news news);

    void start(); ///< behind the constructor
    void stop();
    void join(identity who, ports::completion<joined> done);
    void leave(ports::completion<bool> done);
    void drop_node(std::uint32_t number, std::chrono::milliseconds linger, ports::completion<bool> done);

private:
    /// Gets an answer whose first item is OK, or why there is none.
    enum class obstacle : std::uint8_t { away, epoch, lost, other };
    using answer = std::expected<redis::value, obstacle>;
    using asked = std::move_only_function<void(answer)>;
    void run(operation kind, redis::script const& what, script_words words, asked then);

    // Joining, and again when Redis has lost its memory (membership_rebuild.cpp).
    void ask_store_then_enter();
    void enter();
    void register_when_quiet();
    void hear_entered(redis::value const& v);
    void write_down_what_is_held();
    void tell_next();
    void sweep();
    void agree();
    void give_up(obstacle why);
    void count_nodes();

    // Every tick.
    void arm();
    void tick();
    void hear_tick(mono_time sent_at, redis::value const& v);
    void hear_members(redis::value const& numbers, bool is_complete);
    void lose();
    void show(bool up);

    // News.
    void tell_own(redis::value const& changes); ///< of an answer
    void tell_departures(redis::value const& list);
    void tell_feed(std::vector<published> const& news);
    void catch_up();
    void say_gone(std::uint32_t number);
    void hear_published(std::string_view channel, std::string_view text);
    void drain();

    boost::asio::any_io_executor executor_;
    redis::client& commands_;
    agreement& shared_;
    clock_source const& clock_;
    cluster_news news_;
    presence_feed feed_;
    redis::subscriber subscription_;
    boost::asio::steady_timer timer_;

    identity who_;
    std::chrono::milliseconds period_{};
    std::string epoch_; ///< in which this node is registered; empty: none
    std::uint64_t session_ = 0;
    std::int64_t answered_tick_ = 0;
    ports::completion<joined> joining_;
    bool is_stopped_ = false, has_joined_ = false, is_over_ = false;
    bool is_entering_ = false, is_ticking_ = false, awaits_quiet_ = false, is_catching_up_ = false;
    bool must_enter_ = false; ///< Redis has forgotten part of what it knew
    std::optional<bool> shown_up_;
    std::vector<std::pair<redis::script const*, script_words>> to_tell_; ///< what is held, in pieces, last first
    std::set<std::uint32_t> members_, gone_, taking_over_;
    mono_time lingers_looked_at_{};
};

} // namespace ringback::registry
