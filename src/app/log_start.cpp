#include "app/log_start.hpp"

#include "base/log.hpp"

#include <string_view>
#include <unistd.h>

namespace ringback::app {
namespace {

std::string_view name_of(log_level level) {
    switch (level) {
    case log_level::trace: return "trace";
    case log_level::debug: return "debug";
    case log_level::info: return "info";
    case log_level::warn: return "warn";
    case log_level::error: return "error";
    case log_level::off: return "off";
    }
    return "info";
}

} // namespace

void start_logging(log_settings const& s) {
    bool text = s.format == log_shape::text || (s.format == log_shape::automatic && ::isatty(STDERR_FILENO));
    ringback::start_logging(name_of(s.level), text ? log_format::text : log_format::json);
}

} // namespace ringback::app
