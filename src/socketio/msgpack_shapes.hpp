#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace ringback::socketio {

/// What MessagePack says in front of an array or an object, JSON only by its end.
struct msgpack_shape {
    std::size_t items = 0;                   ///< of an array; members of an object
    std::size_t end = 0;                     ///< offset behind the closing bracket
    std::optional<std::uint32_t> attachment; ///< an object that is a placeholder: the index that it names

    friend bool operator==(msgpack_shape const&, msgpack_shape const&) = default;
};

/// The shapes of all arrays and objects in `raw_items`, in the order of their opening brackets, behind that of the
/// array which the items themselves make. What is inside of a placeholder is left out. `raw_items` is valid JSON
/// values with commas between them; one pass, no recursion.
[[nodiscard]] std::vector<msgpack_shape> msgpack_shapes(std::string_view raw_items, std::size_t attachments);

} // namespace ringback::socketio
