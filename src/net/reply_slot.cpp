#include "net/reply_slot.hpp"

namespace ringback::net {
namespace {

/// The right to fill one slot.
class filler {
public:
    filler(std::shared_ptr<reply_slot> slot,
           std::move_only_function<void(std::shared_ptr<reply_slot>, http_reply)> fill)
        : slot_{std::move(slot)},
          fill_{std::move(fill)} {}
    filler(filler&&) noexcept = default;
    filler& operator=(filler&&) = delete;
    ~filler() {
        if (slot_) fill_(std::move(slot_), {503, {}, {}, http_reply::connection::close});
    }
    void operator()(http_reply reply) { fill_(std::move(slot_), std::move(reply)); }

private:
    std::shared_ptr<reply_slot> slot_;
    std::move_only_function<void(std::shared_ptr<reply_slot>, http_reply)> fill_;
};

} // namespace

reply_handler reply_slot::handler(std::shared_ptr<reply_slot> slot) {
    return filler{std::move(slot), [](std::shared_ptr<reply_slot> to, http_reply reply) {
                      shard& home = to->home_;
                      if (home.is_own_thread()) return to->fill(std::move(reply));
                      home.post(
                          [to = std::move(to), reply = std::move(reply)]() mutable { to->fill(std::move(reply)); });
                  }};
}

boost::asio::awaitable<void> reply_slot::ready() {
    if (!is_filled()) co_await signal_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

void reply_slot::fill(http_reply reply) {
    reply_ = std::move(reply);
    signal_.cancel();
}

} // namespace ringback::net
