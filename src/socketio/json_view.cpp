#include "socketio/json_view.hpp"

#include "socketio/json_scan.hpp"
#include "socketio/json_value.hpp"

namespace ringback::socketio {
namespace {

std::string_view between(std::string_view raw, char opening, char closing) noexcept {
    if (raw.size() < 2 || raw.front() != opening || raw.back() != closing) return {};
    return raw.substr(1, raw.size() - 2);
}

// From behind one item to the first character of the next, over the comma between them.
std::size_t next_item(std::string_view items, std::size_t pos) noexcept {
    pos = skip_space(items, pos);
    if (pos < items.size() && items[pos] == ',') pos = skip_space(items, pos + 1);
    return pos;
}

} // namespace

json_array_view::json_array_view(std::string_view raw_array) noexcept : items_{between(raw_array, '[', ']')} {}

json_array_view json_array_view::of_items(std::string_view items) noexcept {
    json_array_view view;
    view.items_ = items;
    return view;
}

json_array_view::iterator json_array_view::begin() const noexcept { return iterator{items_}; }

std::string_view json_array_view::item(std::size_t index) const noexcept {
    for (auto raw : *this)
        if (index-- == 0) return raw;
    return {};
}

json_array_view::iterator::iterator(std::string_view items) noexcept
    : items_{items},
      first_{skip_space(items, 0)},
      last_{end_of_value(items, first_)} {}

json_array_view::iterator& json_array_view::iterator::operator++() noexcept {
    first_ = next_item(items_, last_);
    last_ = end_of_value(items_, first_);
    return *this;
}

json_object_view::json_object_view(std::string_view raw_object) noexcept : members_{between(raw_object, '{', '}')} {}

json_object_view::iterator json_object_view::begin() const noexcept { return iterator{members_}; }

json_object_view::iterator::iterator(std::string_view members) noexcept : members_{members} {
    read(skip_space(members_, 0));
}

json_object_view::iterator& json_object_view::iterator::operator++() noexcept {
    read(next_item(members_, last_));
    return *this;
}

void json_object_view::iterator::read(std::size_t pos) noexcept {
    std::size_t key_end = end_of_value(members_, pos);
    std::size_t value = skip_space(members_, key_end);
    if (value < members_.size()) value = skip_space(members_, value + 1); // over the colon
    last_ = end_of_value(members_, value);
    member_ = {members_.substr(pos, key_end - pos), members_.substr(value, last_ - value)};
}

bool key_equals(std::string_view raw_key, std::string_view name) {
    if (raw_key.size() < 2) return false;
    auto inside = raw_key.substr(1, raw_key.size() - 2);
    if (inside == name) return inside.find('\\') == std::string_view::npos;
    // An escape is never shorter than what it stands for.
    if (inside.size() < name.size() || inside.find('\\') == std::string_view::npos) return false;
    return string_value(raw_key) == name;
}

std::optional<std::string_view> find_member(std::string_view raw, std::string_view name) {
    std::optional<std::string_view> found;
    for (auto member : json_object_view{raw})
        if (key_equals(member.key, name)) found = member.value;
    return found;
}

} // namespace ringback::socketio
