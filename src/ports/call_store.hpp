#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "call/account.hpp"
#include "call/call_record.hpp"
#include "call/call_types.hpp"
#include "call/presence.hpp"
#include "call/tariff.hpp"
#include "ports/completion.hpp"
#include "ports/store_state.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ringback::ports {

/// One line of a call's history, written in the transaction of the step that it tells of.
struct timeline_event {
    wall_time at{};
    std::string type;    ///< a status of the call (`RINGING` …) or the name of what happened
    std::string by;      ///< account id; empty: the server or the clock
    std::string device;  ///< names the socket; empty when `by` is
    std::string node;    ///< the node that decided it
    std::string details; ///< a JSON object, or empty

    friend bool operator==(timeline_event const&, timeline_event const&) = default;
};

// Writes -------------------------------------------------------------------------------------------------------------

/// Who writes an account: a token (call::refresh_from_claims) or an ADMIN (call::write_by_admin).
struct by_claims {
    std::int64_t issued_at = 0; ///< the token's `iat`, 0 without
};
struct by_admin {};

/// Creates the account (`at` becomes its createdAt) or changes it. The store reads, merges with the functions named
/// above and writes within one transaction, so that two writers never undo each other; coins are not touched. A token
/// that is not newer than the last one is `ok` and changes nothing.
struct put_account {
    account_id id;
    call::account_patch patch;
    std::variant<by_claims, by_admin> writer;
    call::approval_status fresh_approval = call::approval_status::approved; ///< for a new telecaller
    wall_time at{};
};

/// Inserts a RINGING call. Conflict: the id exists, or a party has another call that is RINGING or ACCEPTED.
struct call_opened {
    call::opening what;
    timeline_event event;
};

/// RINGING → ACCEPTED. Conflict: the call is not RINGING (or not known).
struct call_answered {
    call_id id;
    call::answering what;
    timeline_event event;
    bool has_room = false; ///< at a media server: remembered until a room_gone
};

/// An ACCEPTED call goes on after an outage. Conflict: there was none, or the call is not ACCEPTED (or not known).
struct call_resumed {
    call_id id;
    timeline_event event;
};

/// RINGING or ACCEPTED → final, and in the same transaction for a COMPLETED call between a user and a telecaller one
/// ledger entry per party: the caller pays as much of `coins_spent` as its balance holds (the balance does not go
/// below 0; the rest is the call's coinsUnpaid), the callee gets `coins_earned`. Conflict: the call is final already
/// (or not known): nothing is billed twice. The store keeps it and tries until it is written: `unavailable` only when
/// this node was declared lost (ports/cluster_store.hpp), and what becomes of the call is another one's business.
struct call_closed {
    call_id id;
    call::closing what;
    timeline_event event;
};

/// A call that was over as it began: MISSED with `busy`. It is nobody's active call, so that the callee may be in
/// another one. Conflict: the id exists.
struct call_not_begun {
    call::opening what;
    timeline_event event; ///< its time is the end of the call
};

/// Both parties of a call have reached its media. Conflict: that was written before, or the call is not known.
struct media_began {
    call_id id;
    wall_time at{};
    timeline_event event;
};

/// The media server has no room of this call any more. Saying the same again changes nothing.
struct room_gone {
    call_id id;
};

/// What one account says of another.
enum class relation : std::uint8_t { contact, block };

/// Conflict: one of the accounts does not exist. Saying the same again changes nothing.
struct put_relation {
    account_id from;
    relation what = relation::contact;
    account_id to;
    bool holds = true; ///< false: no longer
    wall_time at{};
};

/// An ADMIN makes two accounts contacts of each other, whatever they say themselves, or no longer does.
struct put_pair {
    account_id one;
    account_id other;
    bool holds = true;
    wall_time at{};
};

/// An account shows differently to others: for the outbox of webhooks, if that wants to know
/// (ports/webhook_outbox.hpp); presence itself is not stored. Conflict: there is no such account.
struct presence_shown {
    account_id who;
    call::realm realm = call::realm::telecaller;
    call::presence now = call::presence::offline;
    wall_time at{};
};

/// One party of a call has not been told of its end yet, and is to be until then. Conflict: the call is not known.
struct keep_untold {
    call_id id;
    call::side side = call::side::caller;
    wall_time until{};
};
/// It has been told.
struct drop_untold {
    call_id id;
    call::side side = call::side::caller;
};

/// Session tokens (auth::session_book), by the texts of their hashes: what a device has that may come back after the
/// server was lost. `used_up` are good no longer; `fresh`, unless empty, is the account's from now on.
struct change_sessions {
    std::vector<std::string> used_up;
    std::string fresh;
    account_id account;
};
/// The device is gone: the token is good until then, and known to have been good for as long again; others whose time
/// is over in the same way are forgotten.
struct let_session_expire {
    std::string hash;
    wall_time until{};
    wall_time now{};
};

using call_write = std::variant<put_account, call_opened, call_answered, call_resumed, call_closed, call_not_begun,
                                media_began, room_gone, put_relation, put_pair, presence_shown, keep_untold,
                                drop_untold, change_sessions, let_session_expire>;

enum class write_outcome : std::uint8_t {
    ok,       ///< durable
    conflict, ///< a condition of the write did not hold: nothing was changed, and nothing ever will be by this write
    /// The store cannot write now: nothing was changed, and nothing ever will be by this write. Of an account or a
    /// relation whose commit a lost connection left in doubt: it may have been changed.
    unavailable
};

/// Moves coins without a call. The `key` makes it happen once: with a key that the account has used before nothing is
/// changed, and the entry of the first time is the answer, whatever else this one says.
struct coin_movement {
    account_id account;
    std::int64_t amount = 0; ///< below 0 takes away, at most what is there
    std::string reason;
    std::string key; ///< not empty
    wall_time at{};
};

/// No movement raises a balance above this, the greatest number that every JSON reader takes exactly.
inline constexpr std::int64_t max_balance = 9'007'199'254'740'991;

/// One movement of coins.
struct ledger_entry {
    std::int64_t id = 0;
    account_id account;
    std::optional<call_id> call; ///< nullopt: coins that came or went without a call
    std::int64_t amount = 0;     ///< that was moved; below 0: spent
    std::int64_t balance = 0;    ///< of the account, afterwards
    std::string reason;
    wall_time created_at{};

    friend bool operator==(ledger_entry const&, ledger_entry const&) = default;
};

// Reads --------------------------------------------------------------------------------------------------------------

/// A call as the store knows it.
struct stored_call {
    call::call_facts facts; ///< the parties' names and profiles are those of today
    call::call_status status = call::call_status::ringing;
    std::optional<call::end_reason> reason;
    std::optional<wall_time> accepted_at;
    std::optional<wall_time> media_started_at{}; ///< when both parties had reached the media; nullopt: not heard of
    std::optional<wall_time> ended_at;
    call::rates rates; ///< all 0 until accepted
    call::figures figures;
    std::int64_t coins_unpaid = 0;

    friend bool operator==(stored_call const&, stored_call const&) = default;
};

/// What a server that was lost left to the next one (contract section 6, promise 3).
struct inheritance {
    /// ACCEPTED, to go on when both parties come back.
    struct survivor {
        stored_call call;
        wall_time lost_at{};           ///< when a server that had it was last known to have been alive
        std::int64_t caller_coins = 0; ///< the balance of now
    };
    /// A party that is to be told of the end of its call.
    struct untold {
        stored_call call;
        call::side side = call::side::caller;
        wall_time until{};
    };
    struct session {
        std::string hash;
        account_id account;
    };
    std::vector<stored_call> missed; ///< were RINGING; their parties are among `untolds`
    std::vector<survivor> survivors;
    std::vector<untold> untolds;
    std::vector<session> sessions; ///< good until the moment that was given
};

/// What two accounts are to each other.
struct acquaintance {
    bool are_contacts = false; ///< each has put the other, or an ADMIN has put the pair
    bool is_blocked = false;   ///< by either

    friend bool operator==(acquaintance const&, acquaintance const&) = default;
};

/// An account in somebody's list of contacts or blocks.
struct related {
    call::display who;
    acquaintance between; ///< this account and whose list it is

    friend bool operator==(related const&, related const&) = default;
};

/// A page of a list. `next_cursor` continues it; empty at the end. Cursors are opaque texts of the store; one that it
/// did not make gives store_errc::bad_cursor.
template <typename Item>
struct page {
    std::vector<Item> items;
    std::string next_cursor;
};

struct page_request {
    std::uint32_t limit = 20; ///< 1 to 100
    std::string cursor;       ///< empty: from the start
};

/// Which calls a list is of.
struct call_filter {
    std::optional<account_id> account; ///< caller or callee
    std::optional<call::call_status> status;
};

enum class store_errc : std::uint8_t { unavailable, bad_cursor };

template <typename Result>
using read_result = std::expected<Result, store_errc>;

/// What outlives the process. Every function may be called from any thread and returns at once; completions run on the
/// store's own thread, must be short and must not throw: a shard posts the result to itself.
///
/// Group commit: the writes that are waiting when the store is free share one transaction, yet each has its own outcome
/// (a conflict of one does not undo another). Their completions run after the commit, in the order of submission. A
/// read sees every write that was submitted before it from the same thread.
///
/// A store that lost its database answers reads and writes `unavailable` at once until it has another connection, but
/// for closings, which it keeps, and for writes whose commit was not answered: those it answers when it knows.
///
/// Schema and migrations are the implementation's. Destruction writes what was submitted and answers it first.
class call_store {
public:
    virtual ~call_store() = default;

    virtual void write(call_write what, completion<write_outcome> done) = 0;

    /// The entry that this movement, or the first with its key, made; nullopt: no such account. The balance stays
    /// between 0 and max_balance, and the entry says what was really moved. The same transaction as for a write:
    /// durable, or `unavailable` and nothing was changed.
    virtual void add_coins(coin_movement what, completion<read_result<std::optional<ledger_entry>>> done) = 0;

    /// nullopt: no such account.
    virtual void find_account(account_id id, completion<read_result<std::optional<call::account>>> done) = 0;
    /// nullopt: no such call.
    virtual void find_call(call_id id, completion<read_result<std::optional<stored_call>>> done) = 0;
    /// All accounts, newest first.
    virtual void list_accounts(page_request page, completion<read_result<ports::page<call::account>>> done) = 0;
    /// The telecallers that are ACTIVE and APPROVED, newest first; `language` narrows the list unless it is empty.
    virtual void telecallers(std::string language, page_request page,
                             completion<read_result<ports::page<call::account>>> done) = 0;
    /// The calls in which the account is caller or callee, newest first.
    virtual void calls_of(account_id id, page_request page, completion<read_result<ports::page<stored_call>>> done) = 0;
    /// The calls that pass the filter, newest first.
    virtual void list_calls(call_filter filter, page_request page,
                            completion<read_result<ports::page<stored_call>>> done) = 0;
    /// The movements of an account's coins, newest first.
    virtual void ledger_of(account_id id, page_request page,
                           completion<read_result<ports::page<ledger_entry>>> done) = 0;
    /// What happened to a call, in the order in which it was written; empty for a call that is not known.
    virtual void timeline(call_id id, completion<read_result<std::vector<timeline_event>>> done) = 0;

    /// Up to `limit` calls that are over and whose rooms are not known to be gone, oldest first. In a cluster those of
    /// this node and of the lost ones that it took over.
    virtual void rooms_left(std::uint32_t limit, completion<read_result<std::vector<call_id>>> done) = 0;

    /// What accounts are to each other, seen from both. Of accounts that do not exist: nothing.
    virtual void acquaintance_of(account_id one, account_id other, completion<read_result<acquaintance>> done) = 0;
    /// The accounts that `id` has in this list, those that an ADMIN paired it with among the contacts; newest first.
    virtual void list_related(account_id id, relation list, page_request page,
                              completion<read_result<ports::page<related>>> done) = 0;
    /// The contacts of an account that neither has blocked, in no order.
    virtual void contacts_of(account_id id, completion<read_result<std::vector<call::display>>> done) = 0;
    /// Whom the account has blocked, or is blocked by, in no order.
    virtual void blocked_with(account_id id, completion<read_result<std::vector<account_id>>> done) = 0;

    /// The calls that are RINGING or ACCEPTED, of all nodes.
    virtual void count_active_calls(completion<read_result<std::size_t>> done) = 0;

    /// From any thread, at once.
    [[nodiscard]] virtual store_state state() const = 0;
};

} // namespace ringback::ports
