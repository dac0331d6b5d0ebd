#pragma once

#include "base/secret.hpp"

#include <filesystem>
#include <optional>
#include <string_view>

namespace ringback::app {

/// The directory in which a server keeps its files: the database, the demo's secret. All of it throws
/// std::system_error or std::runtime_error, with the path, when the file system does not do as it is told.

/// Creates it, for its owner alone, unless it is there.
void create_data_directory(std::filesystem::path const& directory);

/// The secret in the file `auth-secret`, by which the demo signs tokens; nullopt when there is none.
[[nodiscard]] std::optional<secret> stored_demo_secret(std::filesystem::path const& directory);

/// The same, made up at the first time: a server that starts again accepts the tokens it signed before. Two that start
/// at once get the same one.
[[nodiscard]] secret keep_demo_secret(std::filesystem::path const& directory);

/// The right of one process to change what is in a data directory, for as long as this object lives. A second server on
/// the same database would take the first one's calls for those of a server that was killed, and end them; and no
/// server would hear of the accounts that a command changes beside it.
class data_directory_lock {
public:
    /// Throws std::runtime_error when another process holds it, with the advice behind what is wrong.
    explicit data_directory_lock(std::filesystem::path const& directory, std::string_view advice = {});
    data_directory_lock(data_directory_lock const&) = delete;
    data_directory_lock& operator=(data_directory_lock const&) = delete;
    ~data_directory_lock();

private:
    int fd_;
};

} // namespace ringback::app
