#include "registry/redis/membership.hpp"

#include "base/log.hpp"
#include "registry/redis/membership_core.hpp"

#include <utility>

namespace ringback::registry {

membership::membership(boost::asio::any_io_executor executor, redis::client& commands, redis::config subscription,
                       agreement& shared, clock_source const& clock, cluster_news news)
    : core_{std::make_shared<membership_core>(std::move(executor), commands, std::move(subscription), shared, clock,
                                              std::move(news))} {
    core_->start();
}

membership::~membership() { core_->stop(); }

void membership::join(identity who, ports::completion<joined> done) { core_->join(std::move(who), std::move(done)); }
void membership::leave(ports::completion<bool> done) { core_->leave(std::move(done)); }
void membership::drop_node(std::uint32_t number, std::chrono::milliseconds linger, ports::completion<bool> done) {
    core_->drop_node(number, linger, std::move(done));
}

} // namespace ringback::registry
