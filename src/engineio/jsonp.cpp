#include "engineio/jsonp.hpp"

#include "base/json_text.hpp"
#include "engineio/url_text.hpp"

#include <algorithm>

namespace ringback::engineio {

std::string jsonp_script(std::string_view index, std::string_view payload) {
    std::string quoted;
    quoted.reserve(payload.size() + payload.size() / 8 + 2);
    append_json_string(quoted, payload);

    std::string script = "___eio[";
    script.reserve(quoted.size() + 16);
    script.append(index) += "](";
    std::string_view rest = quoted;
    for (;;) {
        std::size_t at = std::min(rest.find("\xE2\x80"), rest.size());
        script += rest.substr(0, at);
        rest.remove_prefix(at);
        if (rest.empty()) break;
        std::string_view sequence = rest.substr(0, 3);
        if (sequence == "\xE2\x80\xA8")
            script += "\\u2028";
        else if (sequence == "\xE2\x80\xA9")
            script += "\\u2029";
        else
            script += sequence;
        rest.remove_prefix(sequence.size());
    }
    return script += ");";
}

std::string jsonp_payload(std::string_view form) {
    auto fields = split_query(form);
    auto d = std::ranges::find(fields, "d", &query_parameter::key);
    if (d == fields.end()) return {};
    std::string payload;
    std::string_view rest = d->value;
    while (!rest.empty()) {
        if (rest.starts_with("\\\\n")) {
            payload += "\\n";
            rest.remove_prefix(3);
        } else if (rest.starts_with("\\n")) {
            payload += '\n';
            rest.remove_prefix(2);
        } else {
            payload += rest.front();
            rest.remove_prefix(1);
        }
    }
    return payload;
}

} // namespace ringback::engineio
