#pragma once

#include "app/settings.hpp"
#include "base/clock.hpp"

#include <functional>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace ringback::app {

/// What a command gets from the process around it, so that a test can be that process.
struct command_context {
    std::vector<std::pair<std::string, std::string>> environment;
    clock_source const& clock;
    std::ostream& out;
    std::ostream& err;
    std::function<int(settings const&)> serve; ///< gets settings as serve.hpp promises them
};

/// Runs one command. `arguments` are those behind the program's name. Returns the exit code; never throws.
[[nodiscard]] int run_command(std::vector<std::string> arguments, command_context const& context);

} // namespace ringback::app
