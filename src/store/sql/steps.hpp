#pragma once

#include "ports/call_store.hpp"
#include "store/sql/account_rows.hpp"
#include "store/sql/call_lists.hpp"
#include "store/sql/call_rows.hpp"
#include "store/sql/duty_rows.hpp"
#include "store/sql/ledger_rows.hpp"
#include "store/sql/media_rows.hpp"
#include "store/sql/node_rows.hpp"
#include "store/sql/outage_rows.hpp"
#include "store/sql/relation_rows.hpp"
#include "store/sql/session_rows.hpp"
#include "store/sql/timeline_rows.hpp"
#include "store/sql/webhook_rows.hpp"

#include <soci/session.h>

#include <optional>

namespace ringback::store {

/// All tables of a session, and in whose name: what reads and steps work with.
struct tables {
    tables(soci::session& sql, outbox_memory& outbox)
        : accounts{sql},
          calls{sql},
          lists{sql},
          timeline{sql},
          ledger{sql},
          relations{sql},
          media{sql},
          nodes{sql},
          webhooks{sql, outbox},
          outages{sql},
          sessions{sql},
          duties{sql} {}

    account_rows accounts;
    call_rows calls;
    call_lists lists;
    timeline_rows timeline;
    ledger_rows ledger;
    relation_rows relations;
    media_rows media;
    node_rows nodes;
    webhook_rows webhooks;
    outage_rows outages;
    session_rows sessions;
    duty_rows duties;

    integer node = 0; ///< who works with them; 0: a server without a cluster
};

/// Carries out a write within the open transaction. false: a condition of the write did not hold; nothing was changed,
/// so that others may share the transaction. Throws what SQL throws; then the transaction is to be rolled back.
[[nodiscard]] bool carry_out(ports::call_write const& what, tables& in);

[[nodiscard]] bool close_call(ports::call_closed const& what, tables& in);

/// ports::call_store::add_coins, within the open transaction.
[[nodiscard]] std::optional<ports::ledger_entry> add_coins(ports::coin_movement const& what, tables& in);

} // namespace ringback::store
