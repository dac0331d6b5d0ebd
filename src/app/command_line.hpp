#pragma once

namespace ringback::app {

/// The program `ringback`: runs the command that the arguments and the environment ask for, and returns the exit code:
/// 0 done, 1 failed, 2 the arguments or settings are wrong (each error a line on standard error).
[[nodiscard]] int run_command_line(int argc, char const* const* argv);

} // namespace ringback::app
