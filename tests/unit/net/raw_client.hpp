#pragma once

#include "net/unique_fd.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace ringback::testing {

/// A TCP client that sends exactly the bytes it is told to. Waits up to five seconds for what is expected.
class raw_client {
public:
    explicit raw_client(std::uint16_t port) : fd_{::socket(AF_INET, SOCK_STREAM, 0)} {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_port = htons(port);
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd_.get(), reinterpret_cast<sockaddr*>(&at), sizeof at)) throw std::runtime_error{"connect"};
    }

    void send(std::string_view bytes) {
        if (::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
            throw std::runtime_error{"send"};
    }
    /// Everything up to and including `end`; what follows stays for the next call.
    std::string read_until(std::string_view end) {
        for (std::size_t searched = 0;;) {
            if (auto at = held_.find(end, searched); at != held_.npos) {
                std::string taken = held_.substr(0, at + end.size());
                held_.erase(0, at + end.size());
                return taken;
            }
            searched = held_.size() > end.size() ? held_.size() - end.size() : 0;
            if (!read_some()) throw std::runtime_error{"closed after: " + held_.substr(0, 200)};
        }
    }
    std::string read_to_end() {
        while (read_some()) {
        }
        return std::exchange(held_, {});
    }
    /// What has come, at least one byte; empty at the end.
    std::string read_available() {
        if (held_.empty()) (void)read_some();
        return std::exchange(held_, {});
    }
    void close() { fd_ = net::unique_fd{}; }
    void reset() { // the next close destroys what is in flight
        linger hard{1, 0};
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close();
    }

    std::string get(std::string_view target, std::string_view headers = {}) {
        send("GET " + std::string{target} + " HTTP/1.1\r\nHost: x\r\n" + std::string{headers} + "\r\n");
        return read_reply();
    }
    std::string post(std::string_view target, std::string_view body) {
        send("POST " + std::string{target} + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
             "\r\n\r\n" + std::string{body});
        return read_reply();
    }
    /// Head and body of one reply with Content-Length.
    std::string read_reply() {
        std::string head = read_until("\r\n\r\n");
        auto at = head.find("Content-Length: ");
        std::size_t size = at == head.npos ? 0 : std::stoul(head.substr(at + 16));
        while (held_.size() < size)
            if (!read_some()) throw std::runtime_error{"body cut"};
        head += held_.substr(0, size);
        held_.erase(0, size);
        return head;
    }

private:
    bool read_some() {
        pollfd wait{fd_.get(), POLLIN, 0};
        if (::poll(&wait, 1, 5000) <= 0) throw std::runtime_error{"nothing came after: " + held_.substr(0, 200)};
        char piece[65536];
        ssize_t n = ::recv(fd_.get(), piece, sizeof piece, 0);
        if (n > 0) held_.append(piece, static_cast<std::size_t>(n));
        return n > 0;
    }
    net::unique_fd fd_;
    std::string held_;
};

} // namespace ringback::testing
