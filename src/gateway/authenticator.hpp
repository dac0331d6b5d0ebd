#pragma once

#include "auth/claims.hpp"
#include "gateway/account_directory.hpp"
#include "gateway/device.hpp"
#include "gateway/error_to_wire.hpp"
#include "socketio/nsp.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace ringback::gateway {

class station;

/// Whether the role may use the namespace: USER `/user`, TELECALLER `/telecaller`, anyone `/`, and ADMIN `/admin`,
/// which is no realm of calls (nullopt).
[[nodiscard]] bool role_fits(call::role role, std::optional<call::realm> where) noexcept;
/// The checks of an account behind a valid token, in the contract's order; null: it does not exist.
[[nodiscard]] std::optional<connect_refusal> check_account(call::account const* account, auth::claims const& who);
/// Why a device of this account may not stay in the namespace; nullopt: it may.
[[nodiscard]] std::optional<connect_refusal> reason_to_leave(call::account const& account,
                                                             std::optional<call::realm> where) noexcept;

/// Decides who may join a namespace (contract, section 2): the limit of the address, the token, its role, the account.
/// The first check that fails is the CONNECT_ERROR. When the store does not answer, the transport is closed instead:
/// after a CONNECT_ERROR official clients would not try again.
class authenticator {
public:
    explicit authenticator(station& at) noexcept : at_{at} {}
    authenticator(authenticator const&) = delete;
    authenticator& operator=(authenticator const&) = delete;

    /// Stands before the namespace; whoever passes has a `device`.
    void guard(socketio::nsp& where, std::optional<call::realm> realm);
    /// `auth:handshake` of a stranger on `/`; peers::welcome() or peers::turn_away() has the answer.
    void identify(socketio::socket& s, std::string token);

private:
    /// A connection that is being decided. Kept here and not in the callbacks, which may outlive the shard's sockets.
    struct attempt {
        socket_ref from;
        std::optional<call::realm> realm;
        std::optional<socketio::admission> admission; ///< nullopt: it has joined, and now says who it is
        std::string address;                          ///< what the limit counts
        std::string token;                            ///< empty: none
        std::optional<auth::claims> who;
    };

    void begin(socketio::socket& s, std::optional<call::realm> realm, socketio::admission admission);
    void spare_returning(std::uint64_t number);
    void count(std::uint64_t number);
    void check_token(std::uint64_t number);
    void judge(std::uint64_t number, account_directory::found const& account);
    [[nodiscard]] bool verify(attempt& a);
    void admit(attempt a, account_ptr account);
    void let_in(attempt a, std::unique_ptr<device> d);
    void refuse(std::uint64_t number, connect_refusal why);
    [[nodiscard]] attempt take(std::uint64_t number);

    station& at_;
    std::unordered_map<std::uint64_t, attempt> attempts_;
    std::uint64_t next_ = 0;
};

} // namespace ringback::gateway
