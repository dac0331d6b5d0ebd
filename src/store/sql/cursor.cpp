#include "store/sql/cursor.hpp"

#include "base/base64.hpp"
#include "base/ids.hpp"

#include <fmt/format.h>

#include <charconv>
#include <system_error>
#include <utility>

namespace ringback::store {

namespace {

std::optional<integer> whole_number(std::string_view text) {
    integer value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// `<kind><number>`
std::optional<integer> marked_number(char kind, std::string_view cursor) {
    auto text = base64url_decode(cursor);
    if (!text || !text->starts_with(kind)) return std::nullopt;
    return whole_number(std::string_view{*text}.substr(1));
}

struct parts {
    wall_time created_at;
    std::string rest;
};

// `<kind><milliseconds>.<rest>`, encoded so that nobody is tempted to build one.
std::optional<parts> split(char kind, std::string_view cursor) {
    auto text = base64url_decode(cursor);
    if (!text || text->empty() || text->front() != kind) return std::nullopt;
    auto dot = text->find('.');
    if (dot == std::string::npos) return std::nullopt;
    auto at = whole_number(std::string_view{*text}.substr(1, dot - 1));
    if (!at) return std::nullopt;
    return parts{time_of(*at), text->substr(dot + 1)};
}

} // namespace

std::string cursor_of(account_position const& at) {
    return base64url_encode(fmt::format("a{}.{}", to_column(at.created_at), at.id));
}

std::string cursor_of(call_position const& at) {
    return base64url_encode(fmt::format("c{}.{}", to_column(at.created_at), at.number));
}

std::string cursor_of(entry_position const& at) { return base64url_encode(fmt::format("e{}", at.entry)); }

std::string cursor_of(relation_position const& at) { return base64url_encode(fmt::format("r{}", at.number)); }

std::string cursor_of(webhook_position const& at) { return base64url_encode(fmt::format("w{}", at.number)); }

std::optional<account_position> account_position_of(std::string_view cursor) {
    auto found = split('a', cursor);
    if (!found || !account_id::parse(found->rest)) return std::nullopt;
    return account_position{found->created_at, std::move(found->rest)};
}

std::optional<call_position> call_position_of(std::string_view cursor) {
    auto found = split('c', cursor);
    if (!found) return std::nullopt;
    auto number = whole_number(found->rest);
    if (!number) return std::nullopt;
    return call_position{found->created_at, *number};
}

std::optional<entry_position> entry_position_of(std::string_view cursor) {
    return marked_number('e', cursor).transform([](integer n) { return entry_position{n}; });
}

std::optional<relation_position> relation_position_of(std::string_view cursor) {
    return marked_number('r', cursor).transform([](integer n) { return relation_position{n}; });
}

std::optional<webhook_position> webhook_position_of(std::string_view cursor) {
    return marked_number('w', cursor).transform([](integer n) { return webhook_position{n}; });
}

} // namespace ringback::store
