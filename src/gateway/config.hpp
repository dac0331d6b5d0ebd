#pragma once

#include "base/secret.hpp"
#include "call/account.hpp"
#include "call/call_machine.hpp"
#include "call/tariff.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ringback::gateway {

/// Attempts per sliding minute: connections of an address, events of an account. 0 switches a limit off.
struct attempt_limits {
    std::uint32_t connections = 10;
    std::uint32_t initiate = 5;
    std::uint32_t cancel = 20;
    std::uint32_t end = 20;
    std::uint32_t accept = 20;
    std::uint32_t reject = 20;
};

enum class provisioning : std::uint8_t {
    claims, ///< a valid token creates and refreshes its account
    strict  ///< only accounts that exist may connect
};
enum class billing_mode : std::uint8_t {
    meter,  ///< never refuses a call for its coins
    prepaid ///< the balance must pay for `minimum_paid`, and ends the call when it is used up
};

/// Who sees and may call whom on `/`.
enum class peer_directory : std::uint8_t {
    contacts, ///< those who have each other among their contacts
    everyone
};
enum class peer_media : std::uint8_t { p2p, livekit };

/// The `peer.*` settings, and the limits of `/`. 0 switches a limit off.
struct peer_config {
    peer_directory directory = peer_directory::contacts;
    peer_media media = peer_media::p2p;
    std::chrono::milliseconds handshake_timeout{10'000}; ///< never 0
    std::chrono::milliseconds reconnect_grace{30'000};
    std::uint64_t max_signal_bytes = 64 * 1024;
    std::uint32_t signals_per_second = 50; ///< of one socket, beside bursts of 256
    std::uint64_t metadata_bytes = 4 * 1024;
};

/// What clients use to find a way to each other. TURN is offered with a secret only.
struct ice_config {
    std::vector<std::string> stun_urls;
    std::vector<std::string> turn_urls;
    secret turn_secret;
    std::chrono::milliseconds turn_ttl{3'600'000};
};

/// What the app has read from the settings (contract, section 7) for the namespaces.
struct gateway_config {
    call::call_config calls;
    call::tariff tariff;
    billing_mode billing = billing_mode::meter;
    std::chrono::seconds minimum_paid{10};
    gateway::provisioning provisioning = gateway::provisioning::claims;
    call::approval_status default_approval = call::approval_status::approved; ///< of a new telecaller
    std::vector<std::string> cors_origins; ///< from which the cookie counts, when named literally
    attempt_limits limits;
    peer_config peers;
    ice_config ice;
    bool tells_presence = false; ///< to the outbox of webhooks

    /// How long a session token of a server that was lost is good.
    [[nodiscard]] std::chrono::milliseconds session_grace() const noexcept {
        return std::max(peers.reconnect_grace, calls.recovery_grace);
    }

    std::chrono::milliseconds node_patience{12'000}; ///< what another node has to answer by then, or never will
    std::size_t cached_accounts = 100'000;           ///< beside those that somebody holds
    std::size_t watched_telecallers = 1000;          ///< that one socket may name in `presence:subscribe`
};

} // namespace ringback::gateway
