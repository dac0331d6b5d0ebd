#include "io/host_lookup.hpp"

#include "io/as_result.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace ringback::io {
namespace asio = boost::asio;
using tcp = asio::ip::tcp;

/// What the thread of a look-up and who waits for it share.
struct host_lookup::inquiry {
    std::mutex mutex;
    std::optional<result> answer;   ///< guarded by mutex
    std::function<void()> answered; ///< guarded by mutex, called under it; empty: nobody is there any more
};

host_lookup::host_lookup(asio::any_io_executor executor, std::string host, std::string port)
    : executor_{std::move(executor)},
      host_{std::move(host)},
      port_{std::move(port)},
      wait_{std::make_shared<asio::steady_timer>(executor_)} {}

host_lookup::~host_lookup() { leave(); }

void host_lookup::leave() noexcept {
    if (!inquiry_) return;
    std::lock_guard lock{inquiry_->mutex};
    inquiry_->answered = nullptr;
}

void host_lookup::cancel() {
    cancelled_ = true;
    wait_->cancel();
}

asio::awaitable<host_lookup::result> host_lookup::resolve(mono_time deadline) {
    boost::system::error_code not_an_address;
    auto address = asio::ip::make_address(host_, not_an_address);
    if (!not_an_address && !inquiry_)
        co_return addresses::create({address, static_cast<std::uint16_t>(std::stoul(port_))}, host_, port_);
    if (!inquiry_) {
        auto begun = std::make_shared<inquiry>();
        begun->answered = [executor = executor_, wait = std::weak_ptr{wait_}] {
            asio::post(executor, [wait] {
                if (auto timer = wait.lock()) timer->cancel();
            });
        };
        std::thread{[begun, host = host_, port = port_] {
            asio::io_context own;
            boost::system::error_code ec;
            auto found = tcp::resolver{own}.resolve(host, port, ec);
            std::lock_guard lock{begun->mutex};
            begun->answer = ec ? result{std::unexpect, ec} : result{std::move(found)};
            if (begun->answered) begun->answered();
        }}.detach();
        inquiry_ = std::move(begun);
    }
    for (;;) {
        if (cancelled_) co_return std::unexpected{asio::error::operation_aborted};
        {
            std::lock_guard lock{inquiry_->mutex};
            if (inquiry_->answer) break;
        }
        if (std::chrono::steady_clock::now() >= deadline) co_return std::unexpected{asio::error::timed_out};
        wait_->expires_at(deadline);
        co_await wait_->async_wait(as_result);
    }
    co_return *std::move(std::exchange(inquiry_, nullptr)->answer);
}

} // namespace ringback::io
