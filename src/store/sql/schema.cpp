#include "store/sql/schema.hpp"

#include <array>
#include <string_view>

namespace ringback::store {

namespace {

// Version 1: accounts, calls, their timeline and the ledger. Strict, so that a column holds what it says.
//
// Kept cheap on purpose, by measurement: no trigger on a table of the hot path (a statement with triggers keeps a
// journal of its own, a copy of each page that it changes) and no `IN` of more than two words in a CHECK (SQLite builds
// a tree for it at every write). Together they had made a call half again as expensive.
constexpr std::string_view first[] = {
    // Found by its text: a table that is its own index saves every look-up a second search.
    R"sql(CREATE TABLE accounts (
        id {key_text} NOT NULL PRIMARY KEY,
        role TEXT NOT NULL CHECK (role = 'USER' OR role = 'TELECALLER' OR role = 'ADMIN'),
        name TEXT,
        profile TEXT,
        language TEXT NOT NULL,
        about TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('ACTIVE', 'SUSPENDED')),
        approval TEXT CHECK (approval = 'PENDING' OR approval = 'APPROVED' OR approval = 'REJECTED'),
        coins {integer} NOT NULL CHECK (coins >= 0),
        created_at {integer} NOT NULL,
        claims_iat {integer} NOT NULL,
        pinned {integer} NOT NULL
    ) {strict_by_key})sql",
    R"sql(CREATE INDEX telecallers ON accounts (created_at, id)
        WHERE role = 'TELECALLER' AND status = 'ACTIVE' AND approval = 'APPROVED')sql",
    R"sql(CREATE INDEX telecallers_of_language ON accounts (language, created_at, id)
        WHERE role = 'TELECALLER' AND status = 'ACTIVE' AND approval = 'APPROVED')sql",

    // `number` follows the order of insertion: new calls stand together at the end of the table, where the pages are
    // that
    // the next steps of these calls change, and it makes the keys of the lists unique.
    R"sql(CREATE TABLE calls (
        number {number_key},
        id {key_text} NOT NULL UNIQUE,
        type TEXT NOT NULL CHECK (type IN ('AUDIO', 'VIDEO')),
        caller_id {key_text} NOT NULL REFERENCES accounts (id),
        caller_realm TEXT NOT NULL,
        callee_id {key_text} NOT NULL REFERENCES accounts (id),
        callee_realm TEXT NOT NULL,
        status TEXT NOT NULL
            CHECK (status = 'RINGING' OR status = 'ACCEPTED' OR status = 'COMPLETED' OR status = 'REJECTED'
                OR status = 'MISSED' OR status = 'CANCELLED'),
        reason TEXT,
        created_at {integer} NOT NULL,
        expires_at {integer} NOT NULL,
        accepted_at {integer},
        ended_at {integer},
        user_rate {integer} NOT NULL DEFAULT 0,
        telecaller_rate {integer} NOT NULL DEFAULT 0,
        duration_s {integer} NOT NULL DEFAULT 0,
        coins_spent {integer} NOT NULL DEFAULT 0,
        coins_earned {integer} NOT NULL DEFAULT 0,
        coins_unpaid {integer} NOT NULL DEFAULT 0
    ) {strict})sql",
    "CREATE INDEX calls_made ON calls (caller_id, created_at)",
    "CREATE INDEX calls_got ON calls (callee_id, created_at)",

    // One active call per account, whichever side it is on. Two partial unique indexes over calls would not see that
    // the
    // caller of one row is the callee of another, and cost two trees instead of this small one.
    R"sql(CREATE TABLE active_parties (
        account_id {key_text} NOT NULL PRIMARY KEY,
        call_id {key_text} NOT NULL
    ) {strict_by_key})sql",
    R"sql(CREATE TABLE call_events (
        number {number_key},
        call_id {key_text} NOT NULL,
        at {integer} NOT NULL,
        type TEXT NOT NULL,
        by_account TEXT NOT NULL,
        device TEXT NOT NULL,
        node TEXT NOT NULL,
        details TEXT NOT NULL
    ) {strict})sql",
    "CREATE INDEX events_of_call ON call_events (call_id)",

    // `call_id` is NULL for coins that come or go without a call.
    R"sql(CREATE TABLE ledger (
        entry_id {number_key},
        account_id {key_text} NOT NULL REFERENCES accounts (id),
        call_id {key_text} REFERENCES calls (id),
        amount {integer} NOT NULL,
        balance {integer} NOT NULL,
        reason TEXT NOT NULL,
        created_at {integer} NOT NULL,
        UNIQUE (call_id, account_id)
    ) {strict})sql",
    R"sql({sqlite}CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger
    BEGIN
        SELECT RAISE(ABORT, 'the ledger is only appended to');
    END)sql",
    R"sql({sqlite}CREATE TRIGGER ledger_is_not_deleted BEFORE DELETE ON ledger
    BEGIN
        SELECT RAISE(ABORT, 'the ledger is only appended to');
    END)sql",
    R"sql({postgres}CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        RAISE EXCEPTION 'the % is only appended to', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END $body$)sql",
    R"sql({postgres}CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE OR DELETE ON ledger
        FOR EACH ROW EXECUTE FUNCTION refuse_change())sql",

    "CREATE TABLE liveness (id {integer} NOT NULL PRIMARY KEY CHECK (id = 1), alive_at {integer} NOT NULL) {strict}",
};

// Version 2: what operators do. Coins without a call name the request that moved them, so that a repeated one moves
// nothing; and the lists of accounts, of a ledger and of the calls with one outcome cost the same however long they
// are.
constexpr std::string_view second[] = {
    "ALTER TABLE ledger ADD COLUMN idempotency_key TEXT",
    R"sql(CREATE UNIQUE INDEX ledger_keys ON ledger (account_id, idempotency_key)
        WHERE idempotency_key IS NOT NULL)sql",
    "CREATE INDEX ledger_of_account ON ledger (account_id, entry_id)",
    "CREATE INDEX accounts_by_age ON accounts (created_at, id)",
    "CREATE INDEX calls_over ON calls (status) WHERE ended_at IS NOT NULL", // written once in the life of a call
};

// Version 3: peers. What one account says of another; a PAIR is an ADMIN's word, in both directions.
constexpr std::string_view third[] = {
    R"sql(CREATE TABLE relations (
        number {number_key},
        owner_id {key_text} NOT NULL REFERENCES accounts (id),
        kind TEXT NOT NULL CHECK (kind = 'CONTACT' OR kind = 'BLOCK' OR kind = 'PAIR'),
        other_id {key_text} NOT NULL REFERENCES accounts (id),
        created_at {integer} NOT NULL,
        UNIQUE (owner_id, kind, other_id)
    ) {strict})sql",
    "CREATE INDEX relations_to ON relations (other_id, kind)",
};

// Version 4: media servers. When both parties had reached the media, and the rooms that are not known to be gone.
constexpr std::string_view media[] = {
    "ALTER TABLE calls ADD COLUMN media_started_at {integer}",
    "CREATE TABLE media_rooms (call_id {key_text} NOT NULL PRIMARY KEY) {strict_by_key}",
};

// Version 5: the outbox of webhooks. Of the events of one subject (a call, or the presence of an account) only the
// first has a `due_at`; those behind it get theirs when it is gone. So what can be sent is found by one index, however
// much waits. A dead letter has a `died_at` and waits for nothing.
constexpr std::string_view webhooks[] = {
    R"sql(CREATE TABLE webhooks (
        number {number_key},
        id {key_text} NOT NULL UNIQUE,
        subject {key_text} NOT NULL,
        type TEXT NOT NULL,
        body TEXT NOT NULL,
        created_at {integer} NOT NULL,
        since {integer} NOT NULL,
        attempts {integer} NOT NULL DEFAULT 0,
        due_at {integer},
        died_at {integer},
        reason TEXT NOT NULL DEFAULT ''
    ) {strict})sql",
    "CREATE INDEX webhooks_due ON webhooks (due_at, number) WHERE due_at IS NOT NULL",
    "CREATE INDEX webhooks_waiting ON webhooks (subject, number) WHERE died_at IS NULL",
    "CREATE INDEX webhooks_dead ON webhooks (number) WHERE died_at IS NOT NULL",
};

// Version 6: a server can be lost. Since when an ACCEPTED call is without one, who has not been told of the end of a
// call, which devices may come back; and the other side of each entry, so that the ledger proves itself.
constexpr std::string_view losses[] = {
    "ALTER TABLE calls ADD COLUMN lost_at {integer}",
    R"sql(CREATE TABLE untold (
        call_id {key_text} NOT NULL REFERENCES calls (id),
        side TEXT NOT NULL,
        tell_until {integer} NOT NULL,
        PRIMARY KEY (call_id, side)
    ) {strict_by_key})sql",
    R"sql(CREATE TABLE sessions (
        hash {key_text} NOT NULL PRIMARY KEY,
        account_id {key_text} NOT NULL,
        good_until {integer}
    ) {strict_by_key})sql",
    "CREATE INDEX sessions_over ON sessions (good_until) WHERE good_until IS NOT NULL",

    "ALTER TABLE ledger ADD COLUMN house_account TEXT NOT NULL DEFAULT 'coins'",
    "{sqlite}DROP TRIGGER ledger_is_not_changed",
    "{postgres}ALTER TABLE ledger DISABLE TRIGGER ledger_is_not_changed",
    "UPDATE ledger SET house_account = 'calls' WHERE call_id IS NOT NULL",
    R"sql({sqlite}CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger
    BEGIN
        SELECT RAISE(ABORT, 'the ledger is only appended to');
    END)sql",
    "{postgres}ALTER TABLE ledger ENABLE TRIGGER ledger_is_not_changed",
    "CREATE TABLE house_accounts (name {key_text} NOT NULL PRIMARY KEY, balance {integer} NOT NULL) {strict_by_key}",
    R"sql(INSERT INTO house_accounts (name, balance)
        SELECT 'calls', COALESCE(-SUM(amount), 0) FROM ledger WHERE house_account = 'calls')sql",
    R"sql(INSERT INTO house_accounts (name, balance)
        SELECT 'coins', COALESCE(-SUM(amount), 0) FROM ledger WHERE house_account = 'coins')sql",
};

// Version 7: several nodes share the store. Each has a row: when it was last known to be alive, and whether it was
// declared lost and by whom its calls were taken over; a server without a cluster is the row 0, which the row of
// `liveness` becomes. The indexes have no rows as long as there is no cluster, so that it pays nothing for them.
constexpr std::string_view cluster[] = {
    R"sql(CREATE TABLE nodes (
        number {number_key},
        name TEXT NOT NULL,
        joined_at {integer} NOT NULL,
        alive_at {integer} NOT NULL,
        lost_at {integer},
        taken_by {integer}
    ) {strict})sql",
    R"sql({sqlite}INSERT INTO nodes (number, name, joined_at, alive_at)
        SELECT 0, '', 0, COALESCE(MAX(alive_at), 0) FROM liveness)sql",
    R"sql({postgres}INSERT INTO nodes (number, name, joined_at, alive_at) OVERRIDING SYSTEM VALUE
        SELECT 0, '', 0, COALESCE(MAX(alive_at), 0) FROM liveness)sql",
    "DROP TABLE liveness",
    "CREATE INDEX nodes_taken ON nodes (taken_by) WHERE taken_by IS NOT NULL",

    "ALTER TABLE calls ADD COLUMN home_node {integer} NOT NULL DEFAULT 0",
    "CREATE INDEX calls_of_node ON calls (home_node, number) WHERE ended_at IS NULL AND home_node <> 0",
    "ALTER TABLE sessions ADD COLUMN home_node {integer} NOT NULL DEFAULT 0",
    "CREATE INDEX sessions_of_node ON sessions (home_node) WHERE good_until IS NULL AND home_node <> 0",

    R"sql(CREATE TABLE duties (
        name {key_text} NOT NULL PRIMARY KEY,
        node {integer} NOT NULL,
        beat {integer} NOT NULL
    ) {strict_by_key})sql",

    // Nodes that name the same Redis and different databases find out by it.
    "CREATE TABLE store_identity (id TEXT NOT NULL) {strict}",
    "{sqlite}INSERT INTO store_identity (id) VALUES (lower(hex(randomblob(16))))",
    "{postgres}INSERT INTO store_identity (id) VALUES (replace(CAST(gen_random_uuid() AS TEXT), '-', ''))",
};

constexpr std::array<migration, 7> steps{migration{first},    migration{second}, migration{third},  migration{media},
                                         migration{webhooks}, migration{losses}, migration{cluster}};

} // namespace

std::span<migration const> schema_steps() noexcept { return steps; }

} // namespace ringback::store
