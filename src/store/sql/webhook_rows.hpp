#pragma once

#include "base/clock.hpp"
#include "base/object_id.hpp"
#include "ports/webhook_outbox.hpp"
#include "store/sql/columns.hpp"

#include <soci/session.h>
#include <soci/statement.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ringback::store {

/// A dead letter and its place in the list.
struct listed_webhook {
    ports::dead_webhook letter;
    integer number = 0;
};

/// What is remembered of the outbox beside its table, as long as the store lives, whatever becomes of its connection.
struct outbox_memory {
    explicit outbox_memory(ports::webhook_terms t) : terms{std::move(t)} {}

    ports::webhook_terms const terms;
    object_id_generator ids{};
    std::function<void()> on_written{}; ///< told when new events are durable; empty: nobody is
    long long looked_up_to = 0;         ///< by free_stranded()
    std::uint64_t lost = 0;             ///< events that found no room
    bool is_full = false;               ///< that was logged
};

/// The table `webhooks`: events that wait for their delivery, and dead letters. What is written counts when
/// committed() follows, and never was when rolled_back() does.
class webhook_rows {
public:
    webhook_rows(soci::session& sql, outbox_memory& memory);
    webhook_rows(webhook_rows const&) = delete; // the statements hold the addresses of members
    webhook_rows& operator=(webhook_rows const&) = delete;

    [[nodiscard]] bool wants(ports::webhook_type type) const;
    /// Only what is wanted. Nothing is written, and it is counted as lost, when too much waits.
    void append(ports::webhook_type type, wall_time at, ports::stored_call const& call);
    void append(wall_time at, ports::webhook_presence const& shown);

    /// The step of the call was taken back before anybody heard of it.
    void take_back(call_id const& call, ports::webhook_type type, wall_time at);

    [[nodiscard]] std::vector<ports::waiting_webhook> first(std::uint32_t limit);
    void settle(ports::webhook_settlement const& what);

    /// An event whose elder was removed by one node while another wrote it waits for nobody, and has no time: it gets
    /// one. Looks at some of those that wait, at others each time.
    void free_stranded();

    /// The dead letters before the one of this number, newest first.
    [[nodiscard]] std::vector<listed_webhook> dead(integer before, std::uint32_t limit);
    /// false: there is no such dead letter.
    [[nodiscard]] bool replay(std::string const& id, wall_time now);
    [[nodiscard]] ports::webhook_backlog count();

    void watch(std::function<void()> on_written) { memory_.on_written = std::move(on_written); }

    void committed();
    void rolled_back() noexcept;

private:
    struct row {
        std::string id, subject, type, body, reason;
        integer number = 0, created_at = 0, since = 0, attempts = 0, due_at = 0, died_at = 0;
    };

    /// false: there is no room for another one.
    bool has_room(ports::webhook_type type);
    void insert(ports::webhook_head const& head, std::string subject, std::string body);
    void settle(ports::webhook_delivered const& what);
    void settle(ports::webhook_postponed const& what);
    void settle(ports::webhook_given_up const& what);
    void advance(wall_time now);
    integer waiting();
    integer ask(soci::statement& count);

    outbox_memory& memory_;
    std::optional<integer> waiting_; ///< nullopt: not known
    std::uint64_t losing_ = 0;       ///< in this transaction
    bool is_written_ = false;        ///< in this transaction

    row in_, out_;
    integer limit_ = 0, counted_ = 0;
    soci::statement insert_, first_, subject_, take_back_, delete_, postpone_, bury_, advance_, dead_, replay_,
        count_waiting_, count_dead_, remove_oldest_, oldest_, stranded_, free_stranded_;
};

} // namespace ringback::store
