#pragma once

#include <string>
#include <string_view>

namespace ringback::store {

/// What a database says, for a line of the log.
[[nodiscard]] inline std::string one_line(std::string_view text) {
    std::string made;
    for (char c : text) {
        bool const is_space = c == '\n' || c == '\t' || c == ' ';
        if (!is_space)
            made.push_back(c);
        else if (!made.empty() && made.back() != ' ')
            made.push_back(' ');
    }
    while (made.ends_with(' '))
        made.pop_back();
    return made;
}

} // namespace ringback::store
