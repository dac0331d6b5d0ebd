#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace ringback::net {

/// Readiness of a shard's WebSocket sockets, level-triggered: an epoll set of our own that Asio watches as one
/// descriptor. Asio's own wait costs an allocation while idle and a system call to arm it for each message; here an
/// idle socket costs nothing in this process, and one call serves all sockets that became ready together
/// (docs/decisions/0004-readiness.md).
class socket_poller {
public:
    class watcher {
    public:
        /// The socket has bytes or an end to read. Runs on the shard's thread. A watcher that was removed while a batch
        /// of events is worked off may still be called once, so it must live until the end of the loop's turn.
        virtual void on_readable() = 0;
        virtual void on_writable() = 0;

    protected:
        ~watcher() = default;
    };

    explicit socket_poller(boost::asio::io_context& loop);

    /// Watches for input. Throws std::system_error when the kernel refuses (its limit of watches).
    void add(int fd, watcher& who);
    enum class writability { ignored, wanted };
    void set_writability(int fd, watcher& who, writability w);
    void remove(int fd) noexcept;

    /// Stops waiting, so that the loop can run dry.
    void stop();

private:
    void wait();
    void work_off();

    boost::asio::posix::stream_descriptor set_;
};

} // namespace ringback::net
