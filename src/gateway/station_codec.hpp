#pragma once

#include "base/clock.hpp"
#include "gateway/station_message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ringback::gateway {

/// A message as bytes, from one node to another of the same version (station_wire_version). Moments travel as their
/// age, because monotonic clocks of two machines have nothing in common.
void append_encoded(std::string& to, station_message const& m, moment now);

/// nullopt: not what append_encoded() makes. Never reads beyond the text and never makes a value that its type has not.
[[nodiscard]] std::optional<station_message> decode_station_message(std::string_view text, moment now);

/// Part of the names of the channels: nodes of different versions do not hear each other. To be raised with every
/// change of station_message.hpp or of a type in it.
inline constexpr unsigned station_wire_version = 2;

} // namespace ringback::gateway
