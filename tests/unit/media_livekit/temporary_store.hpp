#pragma once

#include "base/clock.hpp"
#include "store/sqlite/sqlite_store.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace ringback::test {

/// A real store in a folder of its own, which goes with it.
class temporary_store {
public:
    temporary_store() : folder_{make_folder()}, store_{folder_ / "test.db", {}, machine_clock()} {}
    temporary_store(temporary_store const&) = delete;
    temporary_store& operator=(temporary_store const&) = delete;

    [[nodiscard]] store::sqlite_store& get() { return store_; }

private:
    struct folder_guard {
        std::filesystem::path path;
        ~folder_guard() { std::filesystem::remove_all(path); }
    };
    static std::filesystem::path make_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "ringback-media-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error{"no temporary folder"};
        return name;
    }

    std::filesystem::path folder_;
    folder_guard guard_{folder_};
    store::sqlite_store store_;
};

/// For tests that care for no store: one for all of them.
[[nodiscard]] inline store::sqlite_store& any_store() {
    static temporary_store shared;
    return shared.get();
}

} // namespace ringback::test
