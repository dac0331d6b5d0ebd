#pragma once

#include "base/clock.hpp"
#include "ports/call_registry.hpp"
#include "redis/client.hpp"
#include "registry/redis/agreement.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>

namespace ringback::registry {

/// The registry of many nodes: Redis decides, by one script for each operation. One object per shard, used on the
/// shard's thread; completions come there too, later than the call, but for what this node knows by itself: where the
/// calls are that have their home here.
///
/// What has happened (remove_device, end_linger, mark_accepted, release, forget_call, keep_final_event, take_over) and
/// cannot be told is completed at once, kept (bounds::late_operations) and told in order when Redis is back.
class redis_registry final : public ports::call_registry {
public:
    /// `commands` runs on `executor`; its on_state becomes the registry's. All that is given outlives the registry.
    redis_registry(boost::asio::any_io_executor executor, std::uint32_t shard, redis::client& commands,
                   agreement& shared, clock_source const& clock);
    redis_registry(redis_registry const&) = delete;
    redis_registry& operator=(redis_registry const&) = delete;
    ~redis_registry() override;

    void add_device(account_id const& account, call::role role, call::device_ref device, moment now,
                    ports::completion<ports::agreed<ports::arrival>> done) override;
    void remove_device(account_id const& account, call::device_ref device, std::chrono::milliseconds linger,
                       wall_time lost_at, ports::completion<ports::departed> done) override;
    void end_linger(account_id const& account, call::realm realm, std::uint64_t linger,
                    ports::completion<ports::presence_changes> done) override;

    void claim(ports::claim_request request,
               ports::completion<std::expected<ports::claimed, call::refusal_code>> done) override;
    void take_over(ports::claim_request left, ports::completion<ports::taken_over> done) override;
    void mark_accepted(call_id call, ports::completion<ports::presence_changes> done) override;
    void release(call_id call, ports::completion<ports::released> done) override;
    void forget_call(call_id call, ports::completion<ports::presence_changes> done) override;
    void find_call(call_id call, ports::completion<ports::agreed<std::optional<place>>> done) override;
    void active_call_of(account_id const& account,
                        ports::completion<ports::agreed<std::optional<ports::involvement>>> done) override;
    void keep_final_event(ports::kept_event event, moment now,
                          ports::completion<std::vector<call::device_ref>> done) override;

    void presence_of(account_id const& account, call::realm realm,
                     ports::completion<ports::agreed<call::presence>> done) override;
    void present_in(call::realm realm,
                    ports::completion<ports::agreed<std::vector<ports::present_account>>> done) override;
    void present_among(std::vector<account_id> who, call::realm realm,
                       ports::completion<ports::agreed<std::vector<ports::present_account>>> done) override;
    void counts(ports::completion<ports::agreed<ports::presence_counts>> done) override;

    void take_attempt(ports::limited_action action, std::string_view subject, std::uint32_t limit, mono_time now,
                      ports::completion<bool> done) override;

private:
    struct core;
    std::unique_ptr<core> core_;
};

} // namespace ringback::registry
