#include "socketio/msgpack_shapes.hpp"

#include "socketio/json_scan.hpp"
#include "socketio/json_value.hpp"
#include "socketio/json_view.hpp"

namespace ringback::socketio {
namespace {

enum class member : std::uint8_t { other, placeholder, number };

struct open_container {
    std::size_t shape; // its index
    bool object = false;
    bool at_key = false;
    member current = member::other;
    bool placeholder = false;
    std::string_view number{};
};

// Of members with the same name the last one counts.
void take_member(open_container& in, std::string_view raw) {
    if (in.current == member::placeholder) in.placeholder = raw == "true";
    if (in.current == member::number) in.number = raw;
}

} // namespace

std::vector<msgpack_shape> msgpack_shapes(std::string_view raw, std::size_t attachments) {
    std::vector<msgpack_shape> shapes(1);
    std::vector<open_container> open{{.shape = 0}};
    auto begin_value = [&](std::string_view value) {
        auto& in = open.back();
        if (in.object) return take_member(in, value);
        ++shapes[in.shape].items;
    };
    for (std::size_t pos = skip_space(raw, 0); pos < raw.size(); pos = skip_space(raw, pos)) {
        char c = raw[pos];
        switch (c) {
        case ',':
        case ':':
            ++pos;
            open.back().at_key = c == ',' && open.back().object;
            continue;
        case '[':
        case '{':
            ++pos;
            begin_value({});
            open.push_back({.shape = shapes.size(), .object = c == '{', .at_key = c == '{'});
            shapes.emplace_back();
            continue;
        case ']':
        case '}': {
            ++pos;
            if (open.size() == 1) return shapes;
            auto closed = open.back();
            open.pop_back();
            shapes[closed.shape].end = pos;
            auto index = closed.placeholder ? integer_value(closed.number) : std::nullopt;
            if (!index || *index < 0 || static_cast<std::uint64_t>(*index) >= attachments) continue;
            shapes[closed.shape].attachment = static_cast<std::uint32_t>(*index);
            shapes.resize(closed.shape + 1);
            continue;
        }
        default: break;
        }
        std::size_t end = end_of_value(raw, pos);
        auto scalar = raw.substr(pos, end - pos);
        pos = end;
        auto& in = open.back();
        if (!in.at_key) {
            begin_value(scalar);
            continue;
        }
        ++shapes[in.shape].items;
        in.current = key_equals(scalar, "_placeholder") ? member::placeholder
                     : key_equals(scalar, "num")        ? member::number
                                                        : member::other;
    }
    return shapes;
}

} // namespace ringback::socketio
