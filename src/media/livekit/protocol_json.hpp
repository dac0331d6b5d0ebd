#pragma once

#include "ports/media_server.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <string_view>

/// LiveKit's messages in the JSON mapping of Protocol Buffers: members that have their default are left out, 64-bit
/// numbers are texts, enums are names.
namespace ringback::media {

/// nullopt: no JSON object.
[[nodiscard]] std::optional<boost::json::object> parse_message(std::string_view body);

/// Empty without one. A view into `of`.
[[nodiscard]] std::string_view text_member(boost::json::object const& of, std::string_view name);
/// The message or list in a member, or an empty one.
[[nodiscard]] boost::json::object const& message_member(boost::json::object const& of, std::string_view name);
[[nodiscard]] boost::json::array const& list_member(boost::json::object const& of, std::string_view name);

/// A ParticipantInfo.
[[nodiscard]] ports::media_participant read_participant(boost::json::object const& info);

} // namespace ringback::media
