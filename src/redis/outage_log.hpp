#pragma once

#include <cstddef>
#include <mutex>
#include <set>
#include <string>

namespace ringback::redis {

/// Writes into the log that Redis is not available, once for each reason however often it is tried again and however
/// many connections find it out, and that it is available again when the last of these has come back. Thread-safe.
class outage_log {
public:
    explicit outage_log(std::string what = "redis") : what_{std::move(what)} {}

    /// A connection was lost, or the first attempt to make it failed. `reason` holds no secret.
    void begin(std::string const& reason);
    /// A later attempt failed.
    void go_on(std::string const& reason);
    /// A connection that said begin() is back.
    void end();
    /// A connection that said begin() is no longer wanted.
    void leave();

private:
    void write_once(std::string const& reason);

    std::string const what_; ///< begins each line

    std::mutex mutex_;
    std::size_t away_ = 0;          ///< guarded by mutex_
    std::set<std::string> reasons_; ///< of this outage; guarded by mutex_
};

} // namespace ringback::redis
