#include "websocket/deflate_terms.hpp"

#include "websocket/header_list.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace ringback::websocket {
namespace {

/// An offer as it is written; a window of 0 was not named.
struct deflate_offer {
    bool server_no_context_takeover = false;
    bool client_no_context_takeover = false;
    std::uint8_t server_window_bits = 0;
    std::uint8_t client_window_bits = 0;
    bool client_window_welcome = false; ///< `client_max_window_bits`, with a value or without
};

// 8 to 15 in decimal without a leading zero; 0 for anything else.
std::uint8_t window_bits(std::string_view text) noexcept {
    std::uint8_t bits = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
    bool whole = error == std::errc{} && end == text.data() + text.size() && !text.starts_with('0');
    return whole && bits >= 8 && bits <= max_deflate_window_bits ? bits : std::uint8_t{0};
}

// False when the parameter is none of RFC 7692, has a wrong value or comes again.
bool take(deflate_offer& offer, header_parameter const& parameter) noexcept {
    auto flag = [&](bool& seen) { return !parameter.value && !std::exchange(seen, true); };
    if (parameter.name == "server_no_context_takeover") return flag(offer.server_no_context_takeover);
    if (parameter.name == "client_no_context_takeover") return flag(offer.client_no_context_takeover);
    if (parameter.name == "server_max_window_bits") {
        if (offer.server_window_bits || !parameter.value) return false;
        return (offer.server_window_bits = window_bits(*parameter.value)) != 0;
    }
    if (parameter.name == "client_max_window_bits") {
        if (std::exchange(offer.client_window_welcome, true)) return false;
        return !parameter.value || (offer.client_window_bits = window_bits(*parameter.value)) != 0;
    }
    return false;
}

std::optional<deflate_offer> read_offer(std::string_view element) noexcept {
    header_parameters parameters{element};
    if (parameters.name() != "permessage-deflate") return std::nullopt;
    deflate_offer offer;
    while (auto parameter = parameters.next())
        if (!take(offer, *parameter)) return std::nullopt;
    if (!parameters.well_formed()) return std::nullopt;
    return offer;
}

std::optional<deflate_terms> accept(deflate_offer const& offer, deflate_config const& config) noexcept {
    deflate_terms terms;
    terms.names_server_window = offer.server_window_bits != 0;
    terms.server_window_bits = config.server_window_bits;
    if (terms.names_server_window)
        terms.server_window_bits = std::min(offer.server_window_bits, config.server_window_bits);
    if (terms.server_window_bits < min_deflate_window_bits) return std::nullopt;

    // A client that does not welcome a window may use the greatest, and a hint of its own binds nobody but itself.
    terms.names_client_window = offer.client_window_welcome && config.client_window_bits < max_deflate_window_bits;
    if (terms.names_client_window) terms.client_window_bits = config.client_window_bits;
    if (terms.names_client_window && offer.client_window_bits)
        terms.client_window_bits = std::min(offer.client_window_bits, config.client_window_bits);
    terms.client_context_takeover = config.client_context_takeover && !offer.client_no_context_takeover;
    return terms;
}

} // namespace

std::optional<deflate_terms> accept_deflate(std::string_view offers, deflate_config const& config) {
    while (!offers.empty()) {
        auto offer = read_offer(take_list_element(offers));
        auto terms = offer ? accept(*offer, config) : std::nullopt;
        if (terms) return terms;
    }
    return std::nullopt;
}

std::string to_header(deflate_terms const& terms) {
    std::string out = "permessage-deflate; server_no_context_takeover";
    // Also to who did not ask for it: it forbids the client what nobody made it do (RFC 7692 section 7.1.1.2).
    if (!terms.client_context_takeover) out += "; client_no_context_takeover";
    if (terms.names_server_window) out += "; server_max_window_bits=" + std::to_string(terms.server_window_bits);
    if (terms.names_client_window) out += "; client_max_window_bits=" + std::to_string(terms.client_window_bits);
    return out;
}

} // namespace ringback::websocket
