#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringback::call {

enum class role : std::uint8_t { user, telecaller, admin };
enum class account_status : std::uint8_t { active, suspended };
enum class approval_status : std::uint8_t { pending, approved, rejected };

/// The texts of tokens, REST and the stores: USER, TELECALLER, ADMIN · ACTIVE, SUSPENDED · PENDING, APPROVED, REJECTED.
[[nodiscard]] std::string_view to_string(role r) noexcept;
[[nodiscard]] std::string_view to_string(account_status s) noexcept;
[[nodiscard]] std::string_view to_string(approval_status s) noexcept;
/// nullopt for every other text; upper and lower case differ.
[[nodiscard]] std::optional<role> parse_role(std::string_view text) noexcept;
[[nodiscard]] std::optional<account_status> parse_account_status(std::string_view text) noexcept;
[[nodiscard]] std::optional<approval_status> parse_approval_status(std::string_view text) noexcept;

/// The fields that a token's claims may refresh, as bits of `account::pinned`. The values are stored: never renumber.
enum class account_field : std::uint32_t { role = 1, name = 2, profile = 4, language = 8, about = 16 };

/// A person (contract, section 0). A value: the store holds the truth, everyone else a copy that may be old.
struct account {
    account_id id;
    call::role role = call::role::user;
    std::optional<std::string> name;
    std::optional<std::string> profile; ///< avatar identifier
    std::string language;
    std::string about;
    account_status status = account_status::active;
    std::optional<approval_status> approval; ///< set for every telecaller, empty for who never was one
    std::int64_t coins = 0;                  ///< never below 0
    wall_time created_at{};
    std::int64_t claims_iat =
        -1;                   ///< `iat` (Unix seconds) of the newest token that wrote here, 0 for one without, -1: none
    std::uint32_t pinned = 0; ///< account_field bits that an ADMIN wrote: tokens no longer change them

    [[nodiscard]] bool is_pinned(account_field f) const noexcept {
        return (pinned & static_cast<std::uint32_t>(f)) != 0;
    }
    friend bool operator==(account const&, account const&) = default;
};

/// What one party sees of another.
struct display {
    account_id id;
    std::optional<std::string> name;
    std::optional<std::string> profile;

    friend bool operator==(display const&, display const&) = default;
};

[[nodiscard]] display display_of(account const& a);
/// "Unknown" for an account without a name (or with an empty one).
[[nodiscard]] std::string_view name_in_payload(display const& d) noexcept;
/// "This person" for an account without a name: stands for {name} in the texts of refusal.hpp.
[[nodiscard]] std::string_view name_in_message(display const& d) noexcept;

/// Not a telecaller, or an APPROVED one.
[[nodiscard]] bool is_approved(account const& a) noexcept;
/// ACTIVE and approved: may connect, call and be called.
[[nodiscard]] bool is_available(account const& a) noexcept;

/// A partial write; an empty member leaves its field as it is.
struct account_patch {
    std::optional<call::role> role{};
    std::optional<std::optional<std::string>> name{};    ///< an inner nullopt removes it
    std::optional<std::optional<std::string>> profile{}; ///< an inner nullopt removes it
    std::optional<std::string> language{};
    std::optional<std::string> about{};
    std::optional<account_status> status{};
    std::optional<approval_status> approval{};

    friend bool operator==(account_patch const&, account_patch const&) = default;
};

/// Provisioning "claims" (contract, section 2): takes over what the token says of role, name, profile, language and
/// about, but for pinned fields; `status` and `approval` of the patch are not looked at. Only a token newer than the
/// last one writes: otherwise false is returned and nothing changed. `issued_at` is 0 for a token without `iat`. An
/// account that is a telecaller from now on and never had an approval gets `fresh_approval`.
bool refresh_from_claims(account& a, account_patch const& patch, std::int64_t issued_at,
                         approval_status fresh_approval);

/// The write of an ADMIN: every field of the patch, each pinned from now on. `fresh_approval` as above.
void write_by_admin(account& a, account_patch const& patch, approval_status fresh_approval);

} // namespace ringback::call
