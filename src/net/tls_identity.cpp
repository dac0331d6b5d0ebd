#include "net/tls_identity.hpp"

#include "base/log.hpp"

#include <sys/stat.h>
#include <utility>

namespace ringback::net {

tls_identity::tls_identity(tls_config config, std::shared_ptr<tls_context const> context, stamp seen, mono_time now)
    : config_{std::move(config)},
      seen_{seen},
      last_look_{now},
      context_{std::move(context)} {}

std::expected<std::unique_ptr<tls_identity>, tls_error> tls_identity::open(tls_config config, mono_time now) {
    // Before the files are read: what is written meanwhile is found by the next look.
    auto seen = stamp_of(config);
    auto context = tls_context::load(config);
    if (!context) return std::unexpected{std::move(context.error())};
    return std::unique_ptr<tls_identity>{new tls_identity{std::move(config), *std::move(context), seen, now}};
}

tls_identity::stamp tls_identity::stamp_of(tls_config const& config) {
    stamp all{};
    auto* next = all.begin();
    for (auto const& file : {config.certificate, config.key}) {
        struct stat found{};
        if (::stat(file.c_str(), &found) != 0) found = {};
        for (std::int64_t part : {static_cast<std::int64_t>(found.st_dev), static_cast<std::int64_t>(found.st_ino),
                                  static_cast<std::int64_t>(found.st_size), std::int64_t{found.st_mtim.tv_sec},
                                  std::int64_t{found.st_mtim.tv_nsec}})
            *next++ = part;
    }
    return all;
}

std::shared_ptr<tls_context const> tls_identity::current(mono_time now) {
    if (now - last_look_.load(std::memory_order_relaxed) >= look_interval) {
        std::unique_lock lock{looking_, std::try_to_lock};
        if (lock) look(now);
    }
    std::scoped_lock lock{publishing_};
    return context_;
}

void tls_identity::look(mono_time now) {
    last_look_.store(now, std::memory_order_relaxed);
    auto found = stamp_of(config_);
    if (found == std::exchange(seen_, found)) return;
    auto loaded = tls_context::load(config_);
    if (!loaded) {
        auto const& file = loaded.error().of == tls_error::file::certificate ? config_.certificate : config_.key;
        return spdlog::warn("tls {}: {}; the former certificate stays", file.string(), loaded.error().what);
    }
    spdlog::info("tls {}: read again", config_.certificate.string());
    std::scoped_lock lock{publishing_};
    context_ = *std::move(loaded);
}

} // namespace ringback::net
