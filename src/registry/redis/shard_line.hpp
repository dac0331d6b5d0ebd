#pragma once

#include "base/clock.hpp"
#include "redis/client.hpp"
#include "redis/script.hpp"
#include "registry/redis/agreement.hpp"
#include "registry/redis/script_text.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ringback::registry {

/// One shard's line to the scripts: asks, and tells what has happened until it is heard. On the shard's thread.
class shard_line : public std::enable_shared_from_this<shard_line> {
public:
    enum class failure : std::uint8_t {
        not_done, ///< certainly
        unknown   ///< it may have been carried out
    };
    using answer = std::expected<redis::value, failure>; ///< an array whose first item is OK or NO
    using asked = std::move_only_function<void(answer)>;

    /// Something that cannot be undone, only told.
    struct happening {
        operation kind;
        redis::script const* what;
        /// Written when it is sent, since what is told late may have less time left. `is_late`: done was called
        /// already.
        std::function<script_words(bool is_late)> words;
        std::move_only_function<void(redis::value const&)> told; ///< the answer in time: completes
        std::move_only_function<void()> alone;                   ///< completes with what this node knows
        std::move_only_function<void(redis::value const&)> late; ///< the answer after alone()
        std::vector<account_id> about{};                         ///< whose record is kept until it is told
        std::function<void(held_here&)> here{};                  ///< what it changes in what this node holds
    };

    shard_line(boost::asio::any_io_executor executor, std::uint32_t shard, redis::client& commands, agreement& shared);
    /// Begins to listen. Once, behind the constructor.
    void start();
    /// Nothing is called any more. Undone happenings are dropped.
    void stop();

    /// `then` is called once: inside this call when nothing can be sent, later otherwise.
    void ask(operation kind, redis::script const& what, script_words words, asked then);
    void happen(happening h);

    [[nodiscard]] agreement& shared() noexcept { return shared_; }

private:
    struct waiting {
        happening what;
        bool is_sent = false, is_late = false;
    };

    void on_state(bool up);
    void tell_session();
    void flush();
    void send(std::uint64_t number, waiting& w);
    void hear(std::uint64_t number, answer a);
    void fall_late(waiting& w);
    void retry_soon();
    [[nodiscard]] answer judge(redis::reply r, std::string const& epoch);

    redis::client& commands_;
    agreement& shared_;
    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer retry_;
    std::uint32_t const shard_;
    std::uint64_t session_ = 0;
    std::uint64_t listener_ = 0;
    bool is_stopped_ = false, is_retrying_ = false, is_session_told_ = false;
    mono_time complained_at_{};
    std::map<std::uint64_t, waiting> happened_; ///< in their order; what is sent stays until it is answered
    std::uint64_t last_happened_ = 0;
    std::size_t unsent_ = 0;
    std::vector<account_id> dropped_; ///< of happenings that were given up
};

} // namespace ringback::registry
