#include "base/log.hpp"

#include "base/log_line.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace ringback {
namespace {

/// %* in the JSON pattern: the message as members of the object, because spdlog's own %v escapes nothing.
class json_message_flag final : public spdlog::custom_flag_formatter {
public:
    void format(spdlog::details::log_msg const& msg, std::tm const&, spdlog::memory_buf_t& dest) override {
        std::string members = log_members({msg.payload.data(), msg.payload.size()});
        dest.append(members.data(), members.data() + members.size());
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return spdlog::details::make_unique<json_message_flag>();
    }
};

} // namespace

void start_logging(std::string_view level, log_format format) {
    std::shared_ptr<spdlog::logger> logger;
    if (format == log_format::json) {
        logger = std::make_shared<spdlog::logger>("ringback", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
        formatter->add_flag<json_message_flag>('*').set_pattern(
            R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","thread":%t,%*})");
        logger->set_formatter(std::move(formatter));
    } else {
        logger = std::make_shared<spdlog::logger>("ringback", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
        logger->set_pattern("%H:%M:%S.%e %^%-5l%$ %v");
    }
    logger->set_level(spdlog::level::from_str(std::string{level}));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
}

} // namespace ringback
