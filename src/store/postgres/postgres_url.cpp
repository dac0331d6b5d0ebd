#include "store/postgres/postgres_url.hpp"

#include <fmt/format.h>

#include <libpq-fe.h>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace ringback::store {

namespace {

using options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

options parsed(std::string const& url) {
    char* message = nullptr; // not shown: it quotes the text
    options found{PQconninfoParse(url.c_str(), &message), &PQconninfoFree};
    PQfreemem(message);
    if (!found)
        throw std::runtime_error("store.url is none that libpq understands (postgresql://USER:PASSWORD@HOST/DATABASE)");
    return found;
}

bool says(options const& given, std::string_view keyword) {
    for (auto const* option = given.get(); option->keyword != nullptr; ++option)
        if (option->keyword == keyword) return option->val != nullptr;
    return false;
}

std::string percent_encoded(std::string_view text) {
    std::string made;
    for (char c : text) {
        bool const is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        is_plain ? made.append(1, c) : made.append(fmt::format("%{:02X}", static_cast<unsigned char>(c)));
    }
    return made;
}

} // namespace

std::string complete_url(postgres_config const& config) {
    auto const given = parsed(config.url);
    auto const seconds = config.connect_timeout.count();
    std::pair<std::string_view, std::string> const wanted[] = {
        {"connect_timeout", fmt::to_string(seconds)},
        {"keepalives_idle", fmt::to_string(seconds)},
        {"keepalives_interval", "1"},
        {"keepalives_count", "3"},
        {"tcp_user_timeout", fmt::to_string(seconds * 1000)},
        {"target_session_attrs", "read-write"},
        {"client_encoding", "UTF8"},
        {"application_name", percent_encoded("ringback " + config.node)},
    };
    std::string url = config.url;
    char separator = url.find('?') == std::string::npos ? '?' : '&';
    for (auto const& [keyword, value] : wanted) {
        if (says(given, keyword)) continue;
        url.append(1, std::exchange(separator, '&')).append(keyword).append(1, '=').append(value);
    }
    return url;
}

} // namespace ringback::store
