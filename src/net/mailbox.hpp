#pragma once

#include <boost/asio/io_context.hpp>

#include <exception>
#include <functional>
#include <mutex>
#include <vector>

namespace ringback::net {

using task = std::move_only_function<void()>;

/// How other threads reach a shard. Tasks run on the shard's thread in the order in which they were posted; the loop is
/// woken once for all that gather until it looks, not once for each.
class mailbox {
public:
    /// `on_error` gets what a task threw, so that one bad task does not end the thread.
    mailbox(boost::asio::io_context& loop, std::function<void(std::exception_ptr)> on_error);
    mailbox(mailbox const&) = delete;
    mailbox& operator=(mailbox const&) = delete;

    /// Thread-safe.
    void post(task what);
    /// When the loop has stopped: what still waits, and what is posted from now on, is destroyed without having run.
    void close();

private:
    void drain();

    boost::asio::io_context& loop_;
    std::function<void(std::exception_ptr)> on_error_;
    std::mutex mutex_;
    std::vector<task> waiting_; ///< guarded by mutex_
    bool woken_ = false;        ///< guarded by mutex_
    bool closed_ = false;       ///< guarded by mutex_
    std::vector<task> running_; ///< the shard's thread only
};

} // namespace ringback::net
