#pragma once

#include "base/ids.hpp"
#include "call/call_types.hpp"
#include "call/refusal.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reads the payloads of client events: the raw first argument, which may be any JSON value or be missing (empty).
namespace ringback::gateway {

/// The member, when it is a string.
[[nodiscard]] std::optional<std::string> text_member(std::string_view payload, std::string_view name);

/// `{callId}`; nullopt when it is missing or no call id.
[[nodiscard]] std::optional<call_id> call_id_member(std::string_view payload);

/// `call:initiate`.
struct initiate_payload {
    std::string telecaller; ///< any text that is not empty
    call::call_type type = call::call_type::audio;
};
/// INVALID_REQUEST when a field is missing, null or empty, `telecallerId` is no string or names the sender; else
/// INVALID_CALL_TYPE when `callType` is neither AUDIO nor VIDEO.
[[nodiscard]] std::expected<initiate_payload, call::refusal_code> read_initiate(std::string_view payload,
                                                                                account_id const& sender);

/// `call:request`.
struct peer_request {
    std::string to; ///< any text that is not empty
    call::call_type type = call::call_type::audio;
    std::string metadata; ///< a JSON object, as it was sent; empty without
};
/// As read_initiate, with `to`; INVALID_REQUEST also when `metadata` is no object, PAYLOAD_TOO_LARGE when it has more
/// than `max_metadata` bytes (0: no limit).
[[nodiscard]] std::expected<peer_request, call::refusal_code>
read_peer_request(std::string_view payload, account_id const& sender, std::uint64_t max_metadata);

/// `{telecallerIds: […]}`: the account ids in it; what is none is passed over.
[[nodiscard]] std::vector<std::string> read_telecaller_ids(std::string_view payload);

} // namespace ringback::gateway
