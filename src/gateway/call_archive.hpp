#pragma once

#include "call/call_effect.hpp"
#include "call/call_event.hpp"
#include "gateway/request_kind.hpp"
#include "ports/call_store.hpp"

#include <expected>
#include <optional>

namespace ringback::gateway {

class station;

/// What a request comes to whose call ended so long ago that only the store remembers it.
struct archived_answer {
    std::expected<call::acknowledgement, call::refusal_code> result;
    std::optional<call::notice> notice; ///< for the sender's device, behind the answer
};
/// As call_machine answers for a call that is over. A stranger does not learn that the call exists.
[[nodiscard]] archived_answer answer_from_archive(std::optional<ports::stored_call> const& stored,
                                                  account_id const& sender, request_kind kind);

/// Answers requests about calls that no shard knows any more.
class call_archive {
public:
    explicit call_archive(station& at) noexcept : at_{at} {}

    void answer(call_id const& call, account_id const& sender, call::device_ref device, request_kind kind,
                call::request_token token);

private:
    station& at_;
};

} // namespace ringback::gateway
