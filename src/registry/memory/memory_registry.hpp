#pragma once

#include "call/rate_limit.hpp"
#include "ports/call_registry.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace ringback::registry {

/// The registry of a single node: maps behind one mutex, which is never held while a completion runs. A claim costs a
/// few hash look-ups. Limits are counted behind a mutex of their own, so that a flood of refused events does not
/// slow calls down.
class memory_registry final : public ports::call_registry {
public:
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
    static constexpr std::size_t realm_count = 3;
    static constexpr std::size_t max_limited_keys = 1'000'000;
    static constexpr std::size_t max_kept = 8;

    /// What is known of an account that is connected, lingers, is in a call or has events waiting.
    struct person {
        call::role role = call::role::user;
        std::vector<call::device_ref> devices;
        std::array<std::uint64_t, realm_count> linger{};    ///< number of the linger, 0: none
        std::array<wall_time, realm_count> last_seen{};     ///< when the last device was lost
        std::array<call::presence, realm_count> reported{}; ///< what the last change said
        std::optional<ports::involvement> active;
        std::vector<ports::kept_event> kept;
    };
    using people = std::unordered_map<account_id, person>;
    struct known_call {
        place home;
        account_id caller; ///< the parties, empty when released
        account_id callee;
    };

    [[nodiscard]] static std::vector<call::device_ref> devices_of(person const& p, call::realm realm);
    [[nodiscard]] static std::size_t devices_in(person const& p, call::realm realm) noexcept;
    [[nodiscard]] static call::reachability reach_of(person const& p, call::realm realm) noexcept;
    [[nodiscard]] static call::presence derive(person const& p, call::realm realm) noexcept;
    [[nodiscard]] static call::presence shown(person const& p, call::realm realm) noexcept;
    [[nodiscard]] std::expected<ports::claimed, call::refusal_code> try_claim(ports::claim_request const& request);
    people::value_type& involve(ports::claim_request const& in, call::side side);
    void report(people::value_type& who, ports::presence_changes& changes);
    [[nodiscard]] ports::presence_changes free_parties(known_call& call);
    void keep(ports::kept_event event);
    void drop_if_empty(people::iterator who);
    void drop_expired(mono_time now);

    std::mutex mutex_; ///< guards all below but the limiter
    people people_;
    std::unordered_map<call_id, known_call> calls_;
    std::array<std::unordered_set<account_id>, realm_count> present_; ///< who is not OFFLINE, per realm
    std::array<std::size_t, realm_count> connected_{};                ///< accounts with a device, per realm
    std::deque<std::pair<mono_time, account_id>> expiries_; ///< of kept events, in the order in which they were kept
    std::uint64_t versions_ = 0;
    std::uint64_t lingers_ = 0;

    std::mutex limiter_mutex_; ///< guards limiter_; never taken together with mutex_
    call::rate_limiter limiter_{max_limited_keys};
};

} // namespace ringback::registry
