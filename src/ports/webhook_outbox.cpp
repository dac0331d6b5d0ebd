#include "ports/webhook_outbox.hpp"

#include <array>
#include <utility>

namespace ringback::ports {

namespace {

constexpr std::array<std::pair<webhook_type, std::string_view>, 4> names{{
    {webhook_type::call_ringing, "call.ringing"},
    {webhook_type::call_accepted, "call.accepted"},
    {webhook_type::call_ended, "call.ended"},
    {webhook_type::account_presence, "account.presence"},
}};

} // namespace

std::string_view to_string(webhook_type t) noexcept { return names[static_cast<std::size_t>(t)].second; }

std::optional<webhook_type> parse_webhook_type(std::string_view text) noexcept {
    for (auto const& [type, name] : names)
        if (name == text) return type;
    return std::nullopt;
}

} // namespace ringback::ports
