#pragma once

#include "base/ids.hpp"
#include "ports/call_store.hpp"
#include "store/sql/columns.hpp"

#include <soci/session.h>
#include <soci/statement.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::store {

/// An account in a list, and its place there.
struct listed_relation {
    ports::related item;
    integer number = 0;
};

/// The table `relations`: what one account says of another. A pair that an ADMIN made is two rows.
class relation_rows {
public:
    explicit relation_rows(soci::session& sql);
    relation_rows(relation_rows const&) = delete; // the statements hold the addresses of members
    relation_rows& operator=(relation_rows const&) = delete;

    void put(account_id const& from, ports::relation what, account_id const& to, wall_time at);
    void remove(account_id const& from, ports::relation what, account_id const& to);
    void put_pair(account_id const& one, account_id const& other, wall_time at);
    void remove_pair(account_id const& one, account_id const& other);

    [[nodiscard]] ports::acquaintance between(account_id const& one, account_id const& other);
    /// The list of an account before the row of this number, newest first.
    [[nodiscard]] std::vector<listed_relation> of(account_id const& owner, ports::relation list, integer before,
                                                  std::uint32_t limit);
    [[nodiscard]] std::vector<call::display> contacts_of(account_id const& owner);
    [[nodiscard]] std::vector<account_id> blocked_with(account_id const& owner);

private:
    void put(account_id const& from, std::string_view kind, account_id const& to, wall_time at);
    void remove(account_id const& from, std::string_view kind, account_id const& to);

    struct row {
        std::string owner, kind, other;
        nullable<std::string> name, profile;
        integer number = 0, created_at = 0, are_contacts = 0, is_blocked = 0;

        [[nodiscard]] call::display display() const;
        [[nodiscard]] ports::acquaintance acquaintance() const;
    };

    row in_, out_;
    integer limit_ = 0;
    soci::statement put_, remove_, between_, contact_list_, block_list_, contacts_, blocked_;
};

} // namespace ringback::store
