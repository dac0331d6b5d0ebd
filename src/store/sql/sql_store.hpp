#pragma once

#include "ports/call_store.hpp"
#include "ports/cluster_store.hpp"
#include "ports/duty_roster.hpp"
#include "ports/webhook_outbox.hpp"
#include "store/sql/dialect.hpp"
#include "store/sql/store_config.hpp"
#include "store/sql/store_thread.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::store {

/// The call store over any SQL database that SOCI speaks to: what is special of one is its dialect and its schema.
/// Jobs run in the order of submission, reads and writes alike.
class sql_store : public ports::call_store,
                  public ports::webhook_outbox,
                  public ports::cluster_store,
                  public ports::duty_roster {
public:
    /// Keeps `clock` until it is destroyed.
    sql_store(database_source const& from, store_config const& config, clock_source const& clock);

    void write(ports::call_write what, ports::completion<ports::write_outcome> done) override;
    void add_coins(ports::coin_movement what,
                   ports::completion<ports::read_result<std::optional<ports::ledger_entry>>> done) override;
    void find_account(account_id id, ports::completion<ports::read_result<std::optional<call::account>>> done) override;
    void find_call(call_id id, ports::completion<ports::read_result<std::optional<ports::stored_call>>> done) override;
    void list_accounts(ports::page_request page,
                       ports::completion<ports::read_result<ports::page<call::account>>> done) override;
    void telecallers(std::string language, ports::page_request page,
                     ports::completion<ports::read_result<ports::page<call::account>>> done) override;
    void calls_of(account_id id, ports::page_request page,
                  ports::completion<ports::read_result<ports::page<ports::stored_call>>> done) override;
    void list_calls(ports::call_filter filter, ports::page_request page,
                    ports::completion<ports::read_result<ports::page<ports::stored_call>>> done) override;
    void ledger_of(account_id id, ports::page_request page,
                   ports::completion<ports::read_result<ports::page<ports::ledger_entry>>> done) override;
    void timeline(call_id id, ports::completion<ports::read_result<std::vector<ports::timeline_event>>> done) override;
    void rooms_left(std::uint32_t limit, ports::completion<ports::read_result<std::vector<call_id>>> done) override;
    void acquaintance_of(account_id one, account_id other,
                         ports::completion<ports::read_result<ports::acquaintance>> done) override;
    void list_related(account_id id, ports::relation list, ports::page_request page,
                      ports::completion<ports::read_result<ports::page<ports::related>>> done) override;
    void contacts_of(account_id id, ports::completion<ports::read_result<std::vector<call::display>>> done) override;
    void blocked_with(account_id id, ports::completion<ports::read_result<std::vector<account_id>>> done) override;

    void count_active_calls(ports::completion<ports::read_result<std::size_t>> done) override;

    [[nodiscard]] ports::store_state state() const override { return thread_.state(); }

    void first_webhooks(std::uint32_t limit,
                        ports::completion<ports::read_result<std::vector<ports::waiting_webhook>>> done) override;
    void settle_webhooks(std::vector<ports::webhook_settlement> what,
                         ports::completion<ports::read_result<bool>> done) override;
    void list_dead_webhooks(ports::page_request page,
                            ports::completion<ports::read_result<ports::page<ports::dead_webhook>>> done) override;
    void replay_webhook(std::string id, wall_time now, ports::completion<ports::read_result<bool>> done) override;
    void count_webhooks(ports::completion<ports::read_result<ports::webhook_backlog>> done) override;
    void watch_webhooks(std::function<void()> on_written) override;

    void take_over(std::uint32_t lost, wall_time now, ports::inheritance_terms terms,
                   ports::completion<ports::read_result<ports::taken_node>> done) override;
    void take_over_call(call_id id, wall_time untold_until,
                        ports::completion<ports::read_result<std::optional<ports::stored_call>>> done) override;
    void find_abandoned(wall_time now, std::chrono::milliseconds lease,
                        ports::completion<ports::read_result<std::vector<std::uint32_t>>> done) override;
    void is_lost(ports::completion<ports::read_result<bool>> done) override;
    void take_session(std::string hash, account_id account, wall_time now,
                      ports::completion<ports::read_result<ports::session_answer>> done) override;
    void watch_fence(std::function<void()> on_fenced) override;

    void claim_duty(ports::duty what, mono_time asked_at, std::chrono::milliseconds lease,
                    ports::completion<ports::read_result<bool>> done) override;
    void give_back_duty(ports::duty what) override;

    // A server begins with one of the next two, once, before it opens calls; never a tool that works on the store of a
    // running server. From there on this process stamps that it is alive; a last time when it is destroyed. Both wait
    // for the store's thread, and throw std::runtime_error when nothing could be written.

    /// Without a cluster: takes over what everybody else left (recovery.hpp).
    ports::inheritance take_over(wall_time now, ports::inheritance_terms const& terms);

    struct membership {
        std::uint32_t node = 0; ///< our number, greater than all before
        std::string database;   ///< names the database: nodes of a cluster have the same
    };
    /// A node of a cluster, which was never one before in this process. `name` is for those who read the table.
    membership join(std::string name, wall_time now);

private:
    struct handing_over;
    void declare(std::shared_ptr<handing_over> const& what);
    void hand_over(std::shared_ptr<handing_over> const& what);
    void miss(std::shared_ptr<handing_over> const& what);
    void inherit(std::shared_ptr<handing_over> const& what);
    void limit_sessions(wall_time until);
    template <typename Result, typename Step>
    [[nodiscard]] Result carry_out(Step step, std::string_view name);

    std::string const node_;
    // owned by the store's thread
    std::set<std::string> given_; ///< survivors and untolds that this process was given, of those that may come again
    struct seen_beat {
        long long beat = -1; ///< the last one of another holder
        mono_time since{};
    };
    std::array<seen_beat, 2> beats_; ///< by duty

    store_thread thread_; ///< last: it works with the others
};

} // namespace ringback::store
