#include "base/random.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sys/random.h>

namespace ringback {
namespace {

void read_kernel(std::span<std::byte> out) {
    while (!out.empty()) {
        ssize_t n = ::getrandom(out.data(), out.size(), 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) std::abort();
        out = out.subspan(static_cast<std::size_t>(n));
    }
}

} // namespace

void fill_random(std::span<std::byte> out) {
    // A system call per id would show in a reconnect storm, so each thread draws from a page of its own. Spent bytes
    // are wiped: a later memory disclosure must not reveal ids that are in use.
    thread_local std::array<std::byte, 1024> page;
    thread_local std::size_t left = 0;
    if (out.size() > page.size()) return read_kernel(out);
    if (left < out.size()) {
        read_kernel(page);
        left = page.size();
    }
    auto* from = page.data() + (page.size() - left);
    std::memcpy(out.data(), from, out.size());
    std::memset(from, 0, out.size());
    left -= out.size();
}

} // namespace ringback
