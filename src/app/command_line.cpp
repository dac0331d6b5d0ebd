#include "app/command_line.hpp"

#include "app/commands.hpp"
#include "app/log_start.hpp"
#include "app/serve.hpp"
#include "base/clock.hpp"

#include <iostream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace ringback::app {
namespace {

std::vector<std::pair<std::string, std::string>> read_environment() {
    std::vector<std::pair<std::string, std::string>> variables;
    for (char** entry = ::environ; entry && *entry; ++entry) {
        std::string_view text{*entry};
        auto equals = text.find('=');
        if (equals != text.npos) variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

} // namespace

int run_command_line(int argc, char const* const* argv) {
    system_clock_source clock;
    command_context context{.environment = read_environment(),
                            .clock = clock,
                            .out = std::cout,
                            .err = std::cerr,
                            .serve = [](settings const& s) {
                                start_logging(s.log);
                                return serve(s);
                            }};
    return run_command({argv + 1, argv + argc}, context);
}

} // namespace ringback::app
