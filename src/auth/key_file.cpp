#include "auth/key_file.hpp"

#include "auth/public_key.hpp"

#include <fstream>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace ringback::auth {
namespace {

std::expected<std::string, errc> read_text(std::filesystem::path const& path) {
    std::ifstream in{path, std::ios::binary};
    std::string text(max_key_file_bytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    auto size = static_cast<std::size_t>(in.gcount());
    if (in.bad() || !in.eof() || size > max_key_file_bytes) return std::unexpected{errc::unreadable};
    text.resize(size);
    return text;
}

std::expected<key_list, errc> read_keys(std::filesystem::path const& path, std::span<jws_algorithm const> algorithms) {
    auto text = read_text(path);
    if (!text) return std::unexpected{text.error()};
    auto found = read_public_keys(*text);
    if (!found) return std::unexpected{found.error()};
    std::vector<jws_key> keys;
    for (auto const& key : *found)
        for (auto algorithm : algorithms)
            if (auto usable = jws_key::from_public(key, algorithm)) keys.push_back(*std::move(usable));
    if (keys.empty()) return std::unexpected{errc::no_usable_key};
    return std::make_shared<std::vector<jws_key> const>(std::move(keys));
}

} // namespace

std::expected<key_file, errc> key_file::open(std::filesystem::path path, std::span<jws_algorithm const> algorithms) {
    key_file file{std::move(path)};
    if (auto read = file.look_again(algorithms); !read) return std::unexpected{read.error()};
    if (!file.keys_) return std::unexpected{errc::unreadable}; // there is none
    return file;
}

std::expected<bool, errc> key_file::look_again(std::span<jws_algorithm const> algorithms) {
    // The stamp is older than the text: what changes while it is read, or was only half written, is seen next time.
    auto now = stamp_of(path_);
    if (now == seen_) return false;
    seen_ = now;
    if (!now) return std::unexpected{errc::unreadable};
    auto keys = read_keys(path_, algorithms);
    if (!keys) return std::unexpected{keys.error()};
    keys_ = *std::move(keys);
    return true;
}

std::optional<key_file::stamp> key_file::stamp_of(std::filesystem::path const& path) {
    struct stat s;
    if (::stat(path.c_str(), &s) != 0 || !S_ISREG(s.st_mode)) return std::nullopt;
    return stamp{s.st_dev, s.st_ino, s.st_size, s.st_mtim.tv_sec, s.st_mtim.tv_nsec};
}

} // namespace ringback::auth
