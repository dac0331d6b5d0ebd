#include "engineio/request.hpp"

#include <algorithm>

namespace ringback::engineio {
namespace {

// nullopt: the key is absent.
std::optional<std::string> joined_value(std::vector<query_parameter> const& parameters, std::string_view key) {
    std::optional<std::string> joined;
    for (query_parameter const& p : parameters) {
        if (p.key != key) continue;
        if (joined)
            *joined += ',' + p.value;
        else
            joined = p.value;
    }
    return joined;
}

} // namespace

std::expected<request_query, errc> parse_request(std::string_view target, std::string_view path_prefix) {
    if (!target.starts_with(path_prefix)) return std::unexpected{errc::foreign_path};
    std::size_t mark = std::min(target.find('?'), target.size());

    request_query query;
    query.parameters = split_query(target.substr(std::min(mark + 1, target.size())));
    if (joined_value(query.parameters, "EIO") == "4") query.revision = protocol_revision::v4;
    query.transport = transport_from(joined_value(query.parameters, "transport").value_or(""));
    query.sid = joined_value(query.parameters, "sid").value_or("");
    query.base64 = !joined_value(query.parameters, "b64").value_or("").empty();
    query.jsonp = joined_value(query.parameters, "j");
    if (query.jsonp) std::erase_if(*query.jsonp, [](char c) { return c < '0' || c > '9'; });
    return query;
}

} // namespace ringback::engineio
