#include "gateway/json_object.hpp"

#include "base/json_text.hpp"

#include <array>
#include <charconv>

namespace ringback::gateway {

void json_object::open_member(std::string_view key) {
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += key;
    out_ += "\":";
}

json_object& json_object::raw(std::string_view name, std::string_view value) {
    open_member(name);
    out_ += value;
    return *this;
}

json_object& json_object::text(std::string_view name, std::string_view value) {
    open_member(name);
    append_json_string(out_, value);
    return *this;
}

json_object& json_object::text_or_null(std::string_view name, std::optional<std::string> const& value) {
    return value ? text(name, *value) : raw(name, "null");
}

json_object& json_object::number(std::string_view name, std::int64_t value) {
    std::array<char, 20> digits; // the longest is -2^63
    auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return raw(name, {digits.data(), static_cast<std::size_t>(end - digits.data())});
}

json_object& json_object::boolean(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }

json_object& json_object::id(std::string_view name, call_id const& value) {
    open_member(name);
    out_ += '"';
    out_ += value.text();
    out_ += '"';
    return *this;
}

} // namespace ringback::gateway
