#pragma once

#include <atomic>
#include <cstdint>

namespace ringback::net {

/// What a server does, summed over its shards. Each figure is exact; together they are of almost the same moment.
struct server_statistics {
    std::uint64_t polling_sessions = 0;   ///< open now, on this transport
    std::uint64_t websocket_sessions = 0; ///< likewise
    std::uint64_t sessions_opened = 0;    ///< since the start
    std::uint64_t upgrades = 0;           ///< sessions that moved to a WebSocket since the start
    std::uint64_t buffered_bytes = 0;     ///< waiting in all outboxes now; of one session: connection::buffered_bytes()
    std::uint64_t slow_readers_closed = 0; ///< since the start, for a full outbox
    std::uint64_t handshakes_in_flight = 0;
    std::uint64_t handshakes_refused_open = 0;      ///< since the start, with 503: too many sessions
    std::uint64_t handshakes_refused_in_flight = 0; ///< since the start, with 503: too many at once
    std::uint64_t handshakes_refused_rate = 0;      ///< likewise: too many in a second
    std::uint64_t handshakes_forbidden = 0;         ///< since the start, by the allow_request hook
};

/// A number that one thread changes and any thread reads, without locked instructions.
class figure {
public:
    void add(std::uint64_t n) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    void subtract(std::uint64_t n) noexcept { add(0 - n); }
    [[nodiscard]] std::uint64_t read() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// What one shard counts, on a cache line that no other shard writes.
struct alignas(64) shard_figures {
    figure polling_sessions, websocket_sessions, sessions_opened, upgrades, buffered_bytes, slow_readers_closed,
        handshakes_forbidden;
};

} // namespace ringback::net
