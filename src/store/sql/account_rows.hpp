#pragma once

#include "call/account.hpp"
#include "store/sql/columns.hpp"
#include "store/sql/cursor.hpp"

#include <soci/session.h>
#include <soci/statement.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ringback::store {

/// The table `accounts`. Coins are only read here: what moves them is an entry in the ledger.
class account_rows {
public:
    explicit account_rows(soci::session& sql);
    account_rows(account_rows const&) = delete; // the statements hold the addresses of members
    account_rows& operator=(account_rows const&) = delete;

    [[nodiscard]] std::optional<call::account> find(account_id const& id);
    /// Within a transaction: nobody else writes this account before its end.
    [[nodiscard]] std::optional<call::account> find_to_write(account_id const& id);
    void insert(call::account const& a); ///< with 0 coins
    void update(call::account const& a); ///< all but coins and createdAt

    /// All accounts after `from`, newest first.
    [[nodiscard]] std::vector<call::account> all(account_position const& from, std::uint32_t limit);
    /// The ACTIVE and APPROVED telecallers after `from`, newest first.
    [[nodiscard]] std::vector<call::account> telecallers(std::string const& language, account_position const& from,
                                                         std::uint32_t limit);

private:
    struct row {
        std::string id, role, language, about, status;
        nullable<std::string> name, profile, approval;
        integer coins = 0, created_at = 0, claims_iat = 0, pinned = 0;

        void take(call::account const& a);
        [[nodiscard]] call::account read() const;
        void define(soci::statement& query);
        void bind(soci::statement& write);
    };
    struct list_range {
        std::string language, id;
        integer created_at = 0, limit = 0;

        void bind(soci::statement& query);
    };

    [[nodiscard]] std::optional<call::account> read_one(soci::statement& query, account_id const& id);
    [[nodiscard]] std::vector<call::account> read_page(soci::statement& list);

    row in_, out_;
    list_range range_;
    soci::statement find_, find_to_write_, insert_, update_, all_, telecallers_, telecallers_of_language_;
};

} // namespace ringback::store
