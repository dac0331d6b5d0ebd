#pragma once

#include "ports/call_store.hpp"
#include "ports/webhook_outbox.hpp"
#include "store/sql/dialect.hpp"
#include "store/sql/recovery.hpp"
#include "store/sql/store_config.hpp"
#include "store/sql/store_thread.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ringback::store {

/// The call store over any SQL database that SOCI speaks to: what is special of one is its dialect and its schema.
/// Jobs run in the order of submission, reads and writes alike.
class sql_store : public ports::call_store, public ports::webhook_outbox {
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

    /// Takes over what a server that is gone left (recovery.hpp). From here on this process stamps that it is alive; a
    /// last time when it is destroyed. Once, by the server, before it opens calls; never by a tool that works on the
    /// store of a running server. Waits for the store's thread. Throws std::runtime_error when nothing could be
    /// written.
    ports::inheritance take_over(wall_time now, inheritance_terms const& terms);

private:
    std::string const node_;
    store_thread thread_;
};

} // namespace ringback::store
