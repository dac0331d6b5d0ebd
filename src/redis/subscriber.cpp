#include "redis/subscriber.hpp"

#include "redis/command.hpp"
#include "redis/link.hpp"

#include <boost/asio/post.hpp>

#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ringback::redis {
namespace asio = boost::asio;

namespace {

enum class form { channel, pattern };

using confirmation = std::move_only_function<void()>;

struct subscription {
    std::uint64_t number = 0; ///< tells it from earlier ones of the same name
    std::vector<confirmation> to_call{};
    bool is_confirmed = false;
};

} // namespace

/// What outlives the subscriber for as long as one of its own functions is on the stack.
class subscriber::core final : public link::user, public std::enable_shared_from_this<core> {
public:
    core(asio::any_io_executor executor, config c, on_message heard, on_pattern_message heard_by_pattern)
        : heard_{std::move(heard)},
          heard_by_pattern_{std::move(heard_by_pattern)},
          link_{std::make_shared<link>(std::move(executor), std::move(c), server_role::redis, *this)} {}

    void start() { link_->start(); }
    void stop() { link_->stop(); }

    void subscribe(form f, std::string name, confirmation confirmed) {
        auto [at, is_new] = names(f).try_emplace(std::move(name), subscription{last_number_ + 1});
        if (is_new) ++last_number_;
        if (confirmed) {
            if (at->second.is_confirmed)
                confirm_later(std::move(confirmed));
            else
                at->second.to_call.push_back(std::move(confirmed));
        }
        if (is_new && open_) ask(f, at->first, at->second.number, false);
    }

    void unsubscribe(form f, std::string const& name) {
        if (names(f).erase(name) == 0 || !open_) return;
        link_->say(command(f == form::channel ? "UNSUBSCRIBE" : "PUNSUBSCRIBE", name));
        expected_.push_back({kind::end, f, name, 0, false, link_->deadline()});
    }

    [[nodiscard]] bool is_up() const noexcept { return up_; }
    void on_state(std::function<void(bool)> told) { listeners_.push_back(std::move(told)); }
    [[nodiscard]] std::uint64_t messages() const noexcept { return messages_.load(std::memory_order_relaxed); }

private:
    enum class kind { begin, end, life };
    /// An answer that is to come; they come in the order of the questions.
    struct question {
        kind what;
        form of;
        std::string name;
        std::uint64_t number;
        bool is_renewal; ///< of what was subscribed before this connection
        mono_time due;
    };
    using table = std::unordered_map<std::string, subscription>;

    table& names(form f) { return f == form::channel ? channels_ : patterns_; }

    void ask(form f, std::string const& name, std::uint64_t number, bool is_renewal) {
        link_->say(command(f == form::channel ? "SUBSCRIBE" : "PSUBSCRIBE", name));
        expected_.push_back({kind::begin, f, name, number, is_renewal, link_->deadline()});
        if (is_renewal) ++to_renew_;
    }

    // link::user
    void on_open() override {
        open_ = true;
        for (auto f : {form::channel, form::pattern})
            for (auto& [name, s] : names(f))
                ask(f, name, s.number, true);
        if (to_renew_ == 0) complete();
    }

    void on_reply(value answer) override {
        auto items = answer.items();
        auto const what = items.empty() ? std::string_view{} : items[0].text();
        if (what == "message" && items.size() == 3) return hear(items[1].text(), items[2].text());
        if (what == "pmessage" && items.size() == 4) return hear_by(items[1].text(), items[2].text(), items[3].text());
        if (answer.is_error()) return link_->fail(answer.text());
        if (expected_.empty()) return link_->fail("an answer that nobody asked for");
        auto q = std::move(expected_.front());
        expected_.pop_front();
        if (q.what == kind::begin) confirm(q);
    }

    void on_lost() override {
        open_ = false;
        expected_.clear();
        to_renew_ = 0;
        for (auto f : {form::channel, form::pattern})
            for (auto& [name, s] : names(f))
                s.is_confirmed = false;
        if (std::exchange(up_, false)) tell(false);
    }

    std::optional<mono_time> due() const override {
        return expected_.empty() ? std::nullopt : std::optional{expected_.front().due};
    }

    void on_silence() override {
        link_->say(command("PING"));
        expected_.push_back({kind::life, form::channel, {}, 0, false, link_->deadline()});
    }

    void hear(std::string_view channel, std::string_view payload) {
        messages_.fetch_add(1, std::memory_order_relaxed);
        auto keep = shared_from_this(); // heard_ must not go while it runs
        heard_(channel, payload);
    }

    void hear_by(std::string_view pattern, std::string_view channel, std::string_view payload) {
        if (!heard_by_pattern_) return hear(channel, payload);
        messages_.fetch_add(1, std::memory_order_relaxed);
        auto keep = shared_from_this();
        heard_by_pattern_(pattern, channel, payload);
    }

    void confirm(question const& q) {
        auto keep = shared_from_this();
        auto at = names(q.of).find(q.name);
        if (at != names(q.of).end() && at->second.number == q.number) {
            at->second.is_confirmed = true;
            for (auto& each : std::exchange(at->second.to_call, {})) {
                each();
                if (link_->is_stopped()) return;
            }
        }
        if (q.is_renewal && --to_renew_ == 0) complete();
    }

    void confirm_later(confirmation confirmed) {
        asio::post(link_->executor(), [self = shared_from_this(), confirmed = std::move(confirmed)]() mutable {
            if (!self->link_->is_stopped()) confirmed();
        });
    }

    void complete() {
        link_->ready();
        up_ = true;
        tell(true);
    }

    void tell(bool up) {
        auto keep = shared_from_this();
        for (std::size_t i = 0; i < listeners_.size() && !link_->is_stopped(); ++i)
            listeners_[i](up);
    }

    on_message heard_;
    on_pattern_message heard_by_pattern_;
    std::shared_ptr<link> link_;
    table channels_, patterns_;
    std::deque<question> expected_;
    std::vector<std::function<void(bool)>> listeners_;
    std::uint64_t last_number_ = 0;
    std::size_t to_renew_ = 0; ///< not confirmed again since the connection was made
    std::atomic<std::uint64_t> messages_ = 0;
    bool open_ = false, up_ = false;
};

subscriber::subscriber(asio::any_io_executor executor, config c, on_message heard, on_pattern_message heard_by_pattern)
    : core_{std::make_shared<core>(std::move(executor), std::move(c), std::move(heard), std::move(heard_by_pattern))} {
    core_->start();
}

subscriber::~subscriber() { core_->stop(); }

void subscriber::subscribe(std::string channel, std::move_only_function<void()> confirmed) {
    core_->subscribe(form::channel, std::move(channel), std::move(confirmed));
}
void subscriber::unsubscribe(std::string const& channel) { core_->unsubscribe(form::channel, channel); }
void subscriber::psubscribe(std::string pattern, std::move_only_function<void()> confirmed) {
    core_->subscribe(form::pattern, std::move(pattern), std::move(confirmed));
}
void subscriber::punsubscribe(std::string const& pattern) { core_->unsubscribe(form::pattern, pattern); }

bool subscriber::is_up() const noexcept { return core_->is_up(); }
void subscriber::on_state(std::function<void(bool up)> told) { core_->on_state(std::move(told)); }
std::uint64_t subscriber::messages() const noexcept { return core_->messages(); }

} // namespace ringback::redis
