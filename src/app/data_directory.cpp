#include "app/data_directory.hpp"

#include "auth/jws_key.hpp"
#include "base/base64.hpp"
#include "base/random.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace ringback::app {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(std::string const& what, fs::path const& path) {
    throw std::system_error{errno, std::generic_category(), what + " " + path.string()};
}

fs::path secret_file(fs::path const& directory) { return directory / "auth-secret"; }

std::string random_text() {
    std::array<std::byte, 32> bytes;
    fill_random(bytes);
    return base64url_encode({reinterpret_cast<char const*>(bytes.data()), bytes.size()});
}

void write_private_file(fs::path const& file, std::string const& text) {
    int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) fail("cannot create", file);
    bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
    int why = errno;
    ::close(fd);
    errno = why;
    if (!written) fail("cannot write", file);
}

} // namespace

void create_data_directory(fs::path const& directory) {
    if (fs::is_directory(directory)) return;
    if (directory.has_parent_path()) fs::create_directories(directory.parent_path());
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) fail("cannot create the data directory", directory);
    if (!fs::is_directory(directory))
        throw std::runtime_error{"the data directory is no directory: " + directory.string()};
}

std::optional<secret> stored_demo_secret(fs::path const& directory) {
    auto file = secret_file(directory);
    if (!fs::exists(file)) return std::nullopt;
    std::ifstream in{file, std::ios::binary};
    std::string text;
    if (!std::getline(in, text)) throw std::runtime_error{"cannot read " + file.string()};
    if (text.size() < auth::min_secret_bytes)
        throw std::runtime_error{file.string() + " holds less than 32 bytes; remove it to get a new secret"};
    return secret{std::move(text)};
}

secret keep_demo_secret(fs::path const& directory) {
    if (auto stored = stored_demo_secret(directory)) return *std::move(stored);
    // Written aside and linked into place: nobody reads half a secret, and of two servers that start at once the second
    // finds the name taken and reads what the first one wrote.
    auto aside = directory / ("auth-secret." + std::to_string(::getpid()));
    write_private_file(aside, random_text() + '\n');
    bool placed = ::link(aside.c_str(), secret_file(directory).c_str()) == 0 || errno == EEXIST;
    int why = errno;
    ::unlink(aside.c_str());
    errno = why;
    if (!placed) fail("cannot create", secret_file(directory));
    return stored_demo_secret(directory).value();
}

data_directory_lock::data_directory_lock(fs::path const& directory, std::string_view advice)
    : fd_{::open((directory / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)} {
    if (fd_ < 0) fail("cannot open", directory / "lock");
    // The kernel lets go of it with the process, however that ends.
    if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
    ::close(fd_);
    throw std::runtime_error{"another server uses the data directory " + directory.string() + std::string{advice}};
}

data_directory_lock::~data_directory_lock() { ::close(fd_); }

} // namespace ringback::app
