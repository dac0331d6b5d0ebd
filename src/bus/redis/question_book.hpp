#pragma once

#include "base/timer_wheel.hpp"
#include "bus/redis/cluster_message.hpp"
#include "socketio/broadcast.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace ringback::bus {

/// What a node wants to know of all others, and what it knows by now.
struct question {
    cluster_answer::kind wanted = cluster_answer::kind::sockets; ///< sockets, server_event or client_ack
    std::optional<std::size_t> nodes;                            ///< that are to report; nullopt: not known yet
    std::size_t reported = 0;
    std::vector<socketio::socket_description> sockets{};
    std::vector<std::string> server_answers{};
    socketio::broadcast_answers acks{};

    [[nodiscard]] bool is_answered() const noexcept {
        return nodes && reported >= *nodes && acks.acks.size() >= acks.asked;
    }
};

/// The questions that wait for answers, each until all nodes have answered or its time is over. One thread; pure.
class question_book {
public:
    /// `complete` is false when the time was over, or when the number of nodes could not be told.
    using handler = std::move_only_function<void(question so_far, bool complete)>;

    explicit question_book(timer_wheel& timers) : timers_{timers} {}

    void ask(std::string const& id, cluster_answer::kind wanted, mono_time until, handler then);
    /// How many nodes are to answer. Unknown ids are ignored, here and below: their time was over.
    void expect(std::string const& id, std::optional<std::size_t> nodes);
    void take(cluster_answer answer);

private:
    struct entry final : timer_wheel::timer {
        entry(question_book& in, std::string id, handler then) : in_{in}, id_{std::move(id)}, then_{std::move(then)} {}
        void on_expiry(mono_time) override { in_.finish(id_, false); }

        question_book& in_;
        std::string id_;
        handler then_;
        question asked_;
    };
    void finish(std::string const& id, bool complete);

    timer_wheel& timers_;
    std::unordered_map<std::string, std::unique_ptr<entry>> entries_;
};

} // namespace ringback::bus
