#include "auth/key_ring.hpp"

#include "base/log.hpp"

#include <utility>

namespace ringback::auth {
namespace {

key_list shared(std::vector<jws_key> keys) { return std::make_shared<std::vector<jws_key> const>(std::move(keys)); }

std::vector<jws_key> secret_keys(key_config const& config) {
    std::vector<jws_key> keys;
    for (auto algorithm : config.algorithms)
        if (!config.secret.empty() && is_symmetric(algorithm))
            if (auto key = jws_key::from_secret(config.secret, algorithm)) keys.push_back(*std::move(key));
    return keys;
}

} // namespace

key_ring::key_ring(std::vector<jws_key> keys) : key_ring{{}, shared(std::move(keys)), {}, wall_time{}} {}

key_ring::key_ring(std::vector<jws_algorithm> algorithms, key_list fixed, std::vector<key_file> files, wall_time now)
    : algorithms_{std::move(algorithms)},
      fixed_{std::move(fixed)},
      follows_files_{!files.empty()},
      files_{std::move(files)},
      last_look_{now} {
    publish();
}

std::expected<std::unique_ptr<key_ring>, key_error> key_ring::open(key_config config, wall_time now) {
    if (!config.secret.empty() && config.secret.size() < min_secret_bytes)
        return std::unexpected{key_error{{}, errc::secret_too_short}};
    std::vector<key_file> files;
    for (auto const& path : config.files) {
        auto file = key_file::open(path, config.algorithms);
        if (!file) return std::unexpected{key_error{path, file.error()}};
        files.push_back(*std::move(file));
    }
    auto secrets = shared(secret_keys(config));
    return std::unique_ptr<key_ring>{
        new key_ring{std::move(config.algorithms), std::move(secrets), std::move(files), now}};
}

std::shared_ptr<key_set const> key_ring::keys(wall_time now) {
    if (is_due(now, look_interval)) {
        std::unique_lock lock{looking_, std::try_to_lock};
        if (lock && is_due(now, look_interval)) look(now);
    }
    return current();
}

std::shared_ptr<key_set const> key_ring::keys_after(std::shared_ptr<key_set const> const& tried, wall_time now) {
    if (!follows_files_) return nullptr;
    {
        // Not try_lock: the key that this token needs may be the one that another thread is reading.
        std::lock_guard lock{looking_};
        if (is_due(now, miss_interval)) look(now);
    }
    auto keys = current();
    return keys == tried ? nullptr : keys;
}

bool key_ring::is_due(wall_time now, std::chrono::seconds interval) const noexcept {
    if (!follows_files_) return false;
    auto elapsed = now - last_look_.load(std::memory_order_relaxed);
    return elapsed >= interval || elapsed.count() < 0; // the wall clock can be set back
}

void key_ring::look(wall_time now) {
    last_look_.store(now, std::memory_order_relaxed);
    bool has_changed = false;
    for (auto& file : files_) {
        auto changed = file.look_again(algorithms_);
        if (!changed)
            spdlog::warn("auth.keys {}: {}; its former keys stay", file.path().string(), describe(changed.error()));
        else if (*changed)
            spdlog::info("auth.keys {}: read again, keys: {}", file.path().string(), file.keys()->size());
        has_changed |= changed.value_or(false);
    }
    if (has_changed) publish();
}

void key_ring::publish() {
    std::vector<key_list> sources{fixed_};
    for (auto const& file : files_)
        sources.push_back(file.keys());
    auto set = std::make_shared<key_set const>(std::move(sources)); // declared first: the former set ends unlocked
    std::lock_guard lock{publishing_};
    current_.swap(set);
}

std::shared_ptr<key_set const> key_ring::current() const {
    std::lock_guard lock{publishing_};
    return current_;
}

} // namespace ringback::auth
