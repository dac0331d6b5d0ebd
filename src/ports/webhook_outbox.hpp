#pragma once

#include "base/clock.hpp"
#include "call/account.hpp"
#include "call/call_types.hpp"
#include "call/presence.hpp"
#include "ports/call_store.hpp"
#include "ports/completion.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Events that an app's backend is told of (contract, section 5: outgoing webhooks), from the change to the delivery.
namespace ringback::ports {

enum class webhook_type : std::uint8_t { call_ringing, call_accepted, call_ended, account_presence };
[[nodiscard]] std::string_view to_string(webhook_type t) noexcept; ///< call.ringing …
[[nodiscard]] std::optional<webhook_type> parse_webhook_type(std::string_view text) noexcept;

// Writing ------------------------------------------------------------------------------------------------------------

/// What every event begins with.
struct webhook_head {
    std::string id; ///< 24 hex digits; of this event alone
    webhook_type type = webhook_type::call_ringing;
    wall_time at{}; ///< of the change
};

/// A change of presence with the account of that moment.
struct webhook_presence {
    call::account who;
    call::realm realm = call::realm::telecaller;
    call::presence now = call::presence::offline;
};

/// What a store writes into its outbox, in the transaction of the change, and how much of it. The default: nothing.
struct webhook_terms {
    std::vector<webhook_type> wanted;
    /// Events that wait for their delivery, at most. What happens beyond is not told, but for the log and a figure.
    /// Presence, of which there is most, may fill half of it.
    std::uint32_t max_waiting = 100'000;
    std::uint32_t max_dead = 10'000; ///< dead letters that are kept; one more removes the oldest
    // The JSON bodies. Set when something is wanted; pure, called on the store's thread.
    std::string (*call_body)(webhook_head const&, stored_call const&) = nullptr;
    std::string (*presence_body)(webhook_head const&, webhook_presence const&) = nullptr;
};

// Delivering ---------------------------------------------------------------------------------------------------------

/// An event that may be sent: of each call, and of each account's presence, the first that waits.
struct waiting_webhook {
    std::string id;
    webhook_type type = webhook_type::call_ringing;
    std::string body;
    wall_time since{};          ///< from when on it is tried: its change, or its replay
    std::uint32_t attempts = 0; ///< that failed
    wall_time due{};            ///< when to send it
};

/// The receiver has it: it is removed, and the next of its call may be sent.
struct webhook_delivered {
    std::string id;
    wall_time at{};
};
/// An attempt failed.
struct webhook_postponed {
    std::string id;
    wall_time due{};
    std::string reason;
};
/// It is not tried any more: a dead letter, until it is replayed. The next of its call may be sent.
struct webhook_given_up {
    std::string id;
    wall_time at{};
    std::string reason;
    bool was_attempted = true; ///< false: without another attempt
};
using webhook_settlement = std::variant<webhook_delivered, webhook_postponed, webhook_given_up>;

struct dead_webhook {
    std::string id;
    webhook_type type = webhook_type::call_ringing;
    std::string body;
    wall_time created_at{};
    wall_time died_at{};
    std::uint32_t attempts = 0;
    std::string reason; ///< of the last failure
};

/// How much there is.
struct webhook_backlog {
    std::size_t waiting = 0;
    std::size_t dead = 0;
    std::optional<wall_time> oldest; ///< creation of the oldest that waits
    std::uint64_t lost = 0;          ///< since this process began: the outbox was full
};

/// The events that a store has written, in the order of their changes. Functions may be called from any thread and
/// return at once, but for watch(); completions run on the store's own thread, must be short and must not throw.
///
/// Within a call, and within the presence of an account, an event can be sent when none of its elders waits. A replayed
/// one comes late by its nature and waits for nobody.
class webhook_outbox {
public:
    virtual ~webhook_outbox() = default;

    /// The events that may be sent, by the time when they are due, later ones too; at most `limit`.
    virtual void first_webhooks(std::uint32_t limit, completion<read_result<std::vector<waiting_webhook>>> done) = 0;
    /// All or none. One of an event that does not wait changes nothing. The answer is true.
    virtual void settle_webhooks(std::vector<webhook_settlement> what, completion<read_result<bool>> done) = 0;

    /// Newest first.
    virtual void list_dead_webhooks(page_request page, completion<read_result<ports::page<dead_webhook>>> done) = 0;
    /// A dead letter is due again, as if it were new. false: there is no such one.
    virtual void replay_webhook(std::string id, wall_time now, completion<read_result<bool>> done) = 0;

    virtual void count_webhooks(completion<read_result<webhook_backlog>> done) = 0;

    /// From now on `on_written` is called, on the store's thread, when new events of this process are durable; an empty
    /// one: nobody is told any more. Waits for the store's thread. One watcher at a time.
    virtual void watch_webhooks(std::function<void()> on_written) = 0;
};

/// What a deliverer counts; the backlog as it was a few seconds ago.
struct webhook_figures {
    webhook_backlog backlog;
    std::uint64_t delivered = 0;
    std::uint64_t postponed = 0; ///< attempts that failed and will be repeated
    std::uint64_t given_up = 0;
};

} // namespace ringback::ports
