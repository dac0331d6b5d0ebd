#pragma once

#include <spdlog/common.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace ringback {

/// One event for programs that read the log: names and values. As text it is written `event=ACCEPTED call=… ms=0.65`,
/// in the JSON log each field is a member of the line's object. Ids, words and numbers only: never a token, an SDP, a
/// candidate or a payload.
class log_line {
public:
    /// `event` and the names are words of letters, digits, `_`, `-` and `:`.
    explicit log_line(std::string_view event);

    log_line& text(std::string_view name, std::string_view value);
    log_line& number(std::string_view name, std::int64_t value);
    log_line& milliseconds(std::string_view name, double value); ///< to the hundredth

    [[nodiscard]] std::string const& str() const noexcept { return line_; }
    void write(spdlog::level::level_enum level) const;

private:
    std::string& field(std::string_view name);

    std::string line_;
};

/// What the JSON log has of a message beside time, level and thread: `"message":"…"`, or the fields of a log_line.
[[nodiscard]] std::string log_members(std::string_view message);

} // namespace ringback
