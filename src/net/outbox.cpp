#include "net/outbox.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>

namespace ringback::net {

void outbox::push(websocket::frame_ptr frame) {
    bytes_ += frame->wire().size();
    frames_.push_back(std::move(frame));
}

outbox::write_result outbox::write_to(int fd) {
    while (!empty()) {
        std::array<iovec, 256> pieces;
        std::size_t count = std::min(packets(), pieces.size()), wanted = 0;
        for (std::size_t i = 0; i < count; ++i) {
            std::string_view wire = frames_[first_ + i]->wire();
            if (i == 0) wire.remove_prefix(first_offset_);
            pieces[i] = {const_cast<char*>(wire.data()), wire.size()};
            wanted += wire.size();
        }
        msghdr message{};
        message.msg_iov = pieces.data();
        message.msg_iovlen = count;
        ssize_t n = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT); // writev without SIGPIPE
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? write_result::blocked : write_result::failed;
        advance(static_cast<std::size_t>(n));
        if (static_cast<std::size_t>(n) < wanted) return write_result::blocked;
    }
    return write_result::done;
}

std::size_t outbox::copy_front(std::span<char> into) const noexcept {
    std::size_t copied = 0, offset = first_offset_;
    for (auto const& frame : frames()) {
        if (copied == into.size()) break;
        copied += frame->wire().copy(into.data() + copied, into.size() - copied, std::exchange(offset, 0));
    }
    return copied;
}

void outbox::advance(std::size_t written) {
    bytes_ -= written;
    written += first_offset_;
    while (first_ < frames_.size() && written >= frames_[first_]->wire().size()) {
        written -= frames_[first_]->wire().size();
        frames_[first_++].reset();
    }
    first_offset_ = written;
    if (empty()) clear();
}

void outbox::drop_front(std::size_t count) {
    for (; count && !empty(); --count) {
        bytes_ -= frames_[first_]->wire().size();
        frames_[first_++].reset();
    }
    if (empty()) clear();
}

void outbox::clear() noexcept {
    // A busy socket keeps its few places; what a burst took is given back.
    if (frames_.capacity() > 8) frames_ = {};
    frames_.clear();
    first_ = first_offset_ = bytes_ = 0;
}

} // namespace ringback::net
