#pragma once

#include <filesystem>

namespace ringback::store {

/// Copies a database, also one that a server works on: the copy holds what was committed when the copying began, and
/// the server goes on meanwhile. The copy is checked, is on the disk, and has its name only then; a copy that failed
/// leaves nothing. Throws std::runtime_error, with a message that names the file at fault, also when `to` exists.
void back_up_sqlite(std::filesystem::path const& from, std::filesystem::path const& to);

} // namespace ringback::store
