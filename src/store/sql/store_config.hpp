#pragma once

#include "ports/webhook_outbox.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace ringback::store {

/// What is the same for every SQL store.
struct store_config {
    std::string node{}; ///< names this server in timeline events that the store itself writes
    /// How often a running server stamps that it is alive, once it has called take_over(). Contract section 6 allows 5
    /// s between stamps; the rest is for a commit that takes its time.
    std::chrono::milliseconds liveness_interval{4000};
    /// Writes that share a transaction, at most: bounds how long the first of a flood waits for its answer.
    std::size_t max_group = 1024;
    /// Operations that wait, at most. Beyond it reads and writes are answered `unavailable` unread, but for closings.
    std::size_t max_waiting = 100'000;
    /// An opening or an answer that waited longer is answered `unavailable` unread: its caller has been refused by
    /// then, and to write it would only make those behind it late too.
    std::chrono::milliseconds longest_wait{1000};
    /// Closings that could not be written and are kept, at most. One beyond it is logged as lost and answered
    /// `unavailable`; the next take_over() finds its call.
    std::size_t max_kept_closings = 10'000;
    /// How long a server may take for one statement before its connection counts as lost. Contract section 6 allows a
    /// second until final states are announced; that the store does not answer is visible that soon (`state()`).
    std::chrono::milliseconds answer_timeout{1500};
    /// Connections for the reading of lists, beside the one that writes. 0: that one reads them.
    std::size_t readers = 0;
    /// How long a list may take there, and how many may wait for a reader.
    std::chrono::milliseconds list_timeout{6000};
    std::size_t max_waiting_reads = 1000;
    /// The first wait before kept closings are tried again, and before another connection is tried. Doubled after each
    /// failure, up to the longest.
    std::chrono::milliseconds retry_first{50};
    std::chrono::milliseconds retry_longest{1000};
    ports::webhook_terms webhooks{}; ///< what is written into the outbox beside the changes
};

} // namespace ringback::store
