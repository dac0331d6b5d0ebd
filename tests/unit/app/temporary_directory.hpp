#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace ringback::test {

/// A directory of its own for one test, gone with it.
class temporary_directory {
public:
    temporary_directory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "ringback-test-XXXXXX").string();
        if (!::mkdtemp(pattern.data())) throw std::runtime_error{"no temporary directory"};
        path_ = pattern;
    }
    ~temporary_directory() { std::filesystem::remove_all(path_); }
    temporary_directory(temporary_directory const&) = delete;
    temporary_directory& operator=(temporary_directory const&) = delete;

    [[nodiscard]] std::filesystem::path const& path() const { return path_; }

    /// Writes a file and returns its path.
    std::filesystem::path file(std::string_view name, std::string_view content) const {
        auto target = path_ / name;
        std::ofstream{target, std::ios::binary} << content;
        return target;
    }

private:
    std::filesystem::path path_;
};

} // namespace ringback::test
