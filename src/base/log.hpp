#pragma once

#include <spdlog/spdlog.h>

#include <string_view>

namespace ringback {

enum class log_format { text, json };

/// Sets up the process' log on standard error. Once, by main, before other threads start. `level` is one of spdlog's
/// names (trace, debug, info, warn, error, off). Afterwards `spdlog::info(…)` and its sisters may be used anywhere but
/// in PURE layers, from any thread. Never pass a token, an SDP, a candidate or a payload.
void start_logging(std::string_view level, log_format format);

} // namespace ringback
