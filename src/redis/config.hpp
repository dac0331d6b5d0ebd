#pragma once

#include "base/secret.hpp"
#include "redis/outage_log.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::redis {

struct endpoint {
    std::string host; ///< a name or an address, the latter without brackets
    std::uint16_t port = 6379;

    friend bool operator==(endpoint const&, endpoint const&) = default;
};

/// `host:port`, an IPv6 address in brackets.
[[nodiscard]] std::string to_string(endpoint const& e);

/// Files in PEM. They are read at each connection, so that they may be renewed while the program runs.
struct tls_files {
    std::string authorities; ///< whom to believe; empty: those of the system
    std::string certificate; ///< our own, with its chain; empty: none is shown
    std::string key;         ///< of `certificate`

    friend bool operator==(tls_files const&, tls_files const&) = default;
};

/// Which of the files cannot be used, and why: `ca "FILE": …`, `certificate …`, `key …`; none: all can.
[[nodiscard]] std::optional<std::string> why_not_usable(tls_files const& files);

/// Where Redis is and how to talk to it.
struct config {
    std::vector<endpoint> servers; ///< of Redis, or of Sentinel; the first that answers is used
    std::string sentinel_master;   ///< what the Sentinels call the master; empty: no Sentinel
    std::string user;              ///< of the ACL; empty: the default user
    secret password;               ///< empty: none
    std::uint32_t database = 0;
    bool tls = false; ///< to the Sentinels too
    tls_files files;
    std::string server_name; ///< whose certificate is expected; empty: the host's

    std::chrono::milliseconds connect_timeout{1000}; ///< for all that is done until a server takes commands
    std::chrono::milliseconds command_timeout{2000}; ///< an answer that is later costs the connection
    std::chrono::milliseconds backoff_first{50}, backoff_longest{1000}; ///< between attempts: doubled each time
    std::size_t max_waiting = 65'536; ///< commands without an answer; those beyond are refused

    /// Copies of a config share it: the connections of one program tell of one outage together.
    std::shared_ptr<outage_log> outages = std::make_shared<outage_log>();
    std::shared_ptr<outage_log> sentinel_outages = std::make_shared<outage_log>("redis: Sentinel");
};

/// Reads `redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]`, and `redis+sentinel://…HOST[:PORT],…/MASTER[/DATABASE]`
/// with the addresses of Sentinels; `rediss` instead of `redis` is TLS. User and password are percent-decoded. The
/// error says what is wrong and what is allowed, in words that name no part of the text.
[[nodiscard]] std::expected<config, std::string> parse_url(std::string_view text);

} // namespace ringback::redis
