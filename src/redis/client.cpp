#include "redis/client.hpp"

#include "redis/command.hpp"
#include "redis/link.hpp"

#include <boost/asio/post.hpp>

#include <deque>
#include <unordered_set>
#include <utility>
#include <vector>

namespace ringback::redis {
namespace asio = boost::asio;

namespace {

/// The part of EVALSHA and EVAL that is the same in both.
std::string words_behind(std::span<std::string const> keys, std::span<std::string const> args) {
    std::size_t size = 32;
    for (auto const& words : {keys, args})
        for (auto const& word : words)
            size += word.size() + 16;
    std::string text;
    text.reserve(size);
    append_word(text, std::to_string(keys.size()));
    for (auto const& words : {keys, args})
        for (auto const& word : words)
            append_word(text, word);
    return text;
}

} // namespace

/// What outlives the client for as long as one of its own functions is on the stack.
class client::core final : public link::user, public std::enable_shared_from_this<core> {
public:
    core(asio::any_io_executor executor, config c)
        : link_{std::make_shared<link>(std::move(executor), std::move(c), server_role::redis, *this)} {}

    void start() { link_->start(); }
    void stop() { link_->stop(); }

    void send(std::string_view bytes, handler then) {
        if (!has_room()) return refuse(std::move(then));
        say(bytes);
        waiting_.push_back({std::move(then), link_->deadline(), nullptr});
    }

    void run(script const& s, std::span<std::string const> keys, std::span<std::string const> args, handler then) {
        if (!has_room()) return refuse(std::move(then));
        auto call = std::make_unique<script_call>(s, keys.size() + args.size() + 3, words_behind(keys, args));
        bool const is_new = known_.insert(s.sha1()).second;
        say_head(*call, is_new);
        say(call->words);
        // A server that was told the text has no reason to ask for it.
        waiting_.push_back({std::move(then), link_->deadline(), is_new ? nullptr : std::move(call)});
    }

    [[nodiscard]] bool is_up() const noexcept { return up_; }
    void on_state(std::function<void(bool)> told) { listeners_.push_back(std::move(told)); }
    [[nodiscard]] std::uint64_t commands() const noexcept { return commands_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t round_trips() const noexcept { return link_->writes().load(std::memory_order_relaxed); }

private:
    struct script_call {
        script what;
        std::size_t size; ///< words of the whole command
        std::string words;
    };
    struct question {
        handler then; ///< empty: a sign of life
        mono_time due;
        std::unique_ptr<script_call> call; ///< null: nothing to send again
    };

    // link::user
    void on_open() override {
        up_ = true;
        known_.clear();
        link_->ready();
        tell(true);
    }

    void on_reply(value answer) override {
        if (waiting_.empty()) return link_->fail("an answer that nobody asked for");
        auto q = std::move(waiting_.front());
        waiting_.pop_front();
        if (q.call && answer.is_error("NOSCRIPT")) return run_by_text(std::move(q));
        if (answer.is_error("READONLY") && !link_->settings().sentinel_master.empty())
            link_->fail("it is no longer the master");
        if (q.then) q.then(std::move(answer));
    }

    void on_lost() override {
        auto keep = shared_from_this();
        up_ = false;
        auto const now = std::chrono::steady_clock::now();
        for (auto& q : std::exchange(waiting_, {})) {
            if (q.then) q.then(std::unexpected{q.due <= now ? errc::timed_out : errc::lost});
            if (link_->is_stopped()) return;
        }
        tell(false);
    }

    std::optional<mono_time> due() const override {
        return waiting_.empty() ? std::nullopt : std::optional{waiting_.front().due};
    }

    void on_silence() override {
        link_->say(command("PING"));
        waiting_.push_back({{}, link_->deadline(), nullptr});
    }

    void run_by_text(question q) {
        say_head(*q.call, true);
        say(q.call->words);
        waiting_.push_back({std::move(q.then), link_->deadline(), nullptr});
    }

    void say_head(script_call const& call, bool by_text) {
        head_.clear();
        append_array(head_, call.size);
        append_word(head_, by_text ? "EVAL" : "EVALSHA");
        append_word(head_, by_text ? call.what.source() : call.what.sha1());
        link_->say(head_);
    }

    void say(std::string_view bytes) {
        link_->say(bytes);
        commands_.fetch_add(1, std::memory_order_relaxed);
    }

    [[nodiscard]] bool has_room() const { return up_ && waiting_.size() < link_->settings().max_waiting; }

    void refuse(handler then) {
        refused_.push_back(std::move(then));
        if (refused_.size() > 1) return;
        asio::post(link_->executor(), [self = shared_from_this()] {
            for (auto& each : std::exchange(self->refused_, {})) {
                if (self->link_->is_stopped()) return;
                if (each) each(std::unexpected{errc::away});
            }
        });
    }

    void tell(bool up) {
        auto keep = shared_from_this();
        for (std::size_t i = 0; i < listeners_.size() && !link_->is_stopped(); ++i)
            listeners_[i](up);
    }

    std::shared_ptr<link> link_;
    std::deque<question> waiting_;
    std::vector<handler> refused_; ///< told in the next turn
    std::vector<std::function<void(bool)>> listeners_;
    std::unordered_set<std::string> known_; ///< scripts whose text this connection has carried
    std::string head_;
    std::atomic<std::uint64_t> commands_ = 0;
    bool up_ = false;
};

client::client(asio::any_io_executor executor, config c)
    : core_{std::make_shared<core>(std::move(executor), std::move(c))} {
    core_->start();
}

client::~client() { core_->stop(); }

void client::send(std::string_view command, handler then) { core_->send(command, std::move(then)); }

void client::run(script const& s, std::span<std::string const> keys, std::span<std::string const> args, handler then) {
    core_->run(s, keys, args, std::move(then));
}

bool client::is_up() const noexcept { return core_->is_up(); }
void client::on_state(std::function<void(bool up)> told) { core_->on_state(std::move(told)); }
std::uint64_t client::commands() const noexcept { return core_->commands(); }
std::uint64_t client::round_trips() const noexcept { return core_->round_trips(); }

} // namespace ringback::redis
