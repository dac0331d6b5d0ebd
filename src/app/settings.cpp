#include "app/settings.hpp"

#include <algorithm>
#include <thread>

namespace ringback::app {

bool listen_address::is_loopback() const { return host.starts_with("127.") || host == "::1"; }

std::uint32_t default_shards() { return std::clamp(std::thread::hardware_concurrency(), 1u, 256u); }

bool is_sqlite(settings const& s) { return s.store.url.starts_with("sqlite:"); }

std::filesystem::path database_file(settings const& s) {
    // Joining with an absolute path yields that path.
    return s.data_directory / s.store.url.substr(std::string_view{"sqlite:"}.size());
}

} // namespace ringback::app
