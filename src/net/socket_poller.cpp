#include "net/socket_poller.hpp"

#include <array>
#include <cerrno>
#include <sys/epoll.h>
#include <system_error>

namespace ringback::net {
namespace {

[[noreturn]] void throw_errno(char const* what) { throw std::system_error{errno, std::generic_category(), what}; }

int make_set() {
    int fd = ::epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0) throw_errno("epoll_create1");
    return fd;
}

} // namespace

socket_poller::socket_poller(boost::asio::io_context& loop) : set_{loop, make_set()} { wait(); }

void socket_poller::add(int fd, watcher& who) {
    epoll_event e{};
    e.events = EPOLLIN | EPOLLRDHUP;
    e.data.ptr = &who;
    if (::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, fd, &e) < 0) throw_errno("epoll_ctl");
}

void socket_poller::set_writability(int fd, watcher& who, writability w) {
    epoll_event e{};
    e.events = EPOLLIN | EPOLLRDHUP | (w == writability::wanted ? EPOLLOUT : 0u);
    e.data.ptr = &who;
    if (::epoll_ctl(set_.native_handle(), EPOLL_CTL_MOD, fd, &e) < 0) throw_errno("epoll_ctl");
}

void socket_poller::remove(int fd) noexcept { ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, fd, nullptr); }

void socket_poller::stop() {
    boost::system::error_code ignored;
    set_.cancel(ignored);
}

void socket_poller::wait() {
    set_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code ec) {
        if (ec) return;
        work_off();
        wait();
    });
}

// One batch per turn of the loop: what is still ready is reported again by the next wait.
void socket_poller::work_off() {
    std::array<epoll_event, 512> ready;
    int n = ::epoll_wait(set_.native_handle(), ready.data(), static_cast<int>(ready.size()), 0);
    for (int i = 0; i < n; ++i) {
        auto* who = static_cast<watcher*>(ready[static_cast<std::size_t>(i)].data.ptr);
        std::uint32_t events = ready[static_cast<std::size_t>(i)].events;
        if (events & EPOLLOUT) who->on_writable();
        if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) who->on_readable();
    }
}

} // namespace ringback::net
