#include "socketio/handshake.hpp"

#include "base/json_text.hpp"
#include "engineio/url_text.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace ringback::socketio {
namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

std::string object_of(pairs const& members) {
    std::string json = "{";
    for (auto const& [name, value] : members) {
        if (json.size() > 1) json += ',';
        append_json_string(json, name);
        json += ':';
        append_json_string(json, value);
    }
    return json += '}';
}

pairs headers_of(std::string_view lines) {
    pairs headers;
    while (!lines.empty()) {
        std::string_view line = lines.substr(0, lines.find("\r\n"));
        lines.remove_prefix(std::min(lines.size(), line.size() + 2));
        std::size_t colon = std::min(line.find(':'), line.size());
        std::string name{line.substr(0, colon)};
        for (char& c : name)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
        std::size_t value = std::min(line.find_first_not_of(' ', colon + 1), line.size());
        auto known = std::ranges::find(headers, name, &pairs::value_type::first);
        if (known == headers.end())
            headers.emplace_back(std::move(name), line.substr(value));
        else
            known->second.append(", ").append(line.substr(value));
    }
    return headers;
}

} // namespace

std::string query_json(std::string_view query) {
    pairs members;
    for (auto& [key, value] : engineio::split_query(query)) {
        std::erase_if(members, [&](auto const& m) { return m.first == key; });
        members.emplace_back(std::move(key), std::move(value));
    }
    return object_of(members);
}

std::string handshake_json(engineio::opening_request const& opening, std::string_view auth) {
    std::string json = R"({"headers":)" + object_of(headers_of(opening.headers));
    json += R"(,"time":)" + json_string(iso8601(opening.at));
    json += R"(,"address":)" + json_string(opening.address);
    json += R"(,"xdomain":)";
    json += opening.header("origin").empty() ? "false" : "true";
    json += R"(,"secure":)";
    json += opening.secure ? "true" : "false";
    json += R"(,"issued":)" + std::to_string(opening.at.time_since_epoch().count());
    json += R"(,"query":)" + query_json(opening.query);
    json += R"(,"auth":)";
    json += auth.empty() ? "{}" : auth;
    return json += '}';
}

} // namespace ringback::socketio
