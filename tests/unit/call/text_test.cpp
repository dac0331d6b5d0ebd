// Texts that clients compare: byte for byte those of the contract.
#include "call/account.hpp"
#include "call/call_effect.hpp"
#include "call/presence.hpp"
#include "call/refusal.hpp"

#include <gtest/gtest.h>

using namespace ringback;
using namespace ringback::call;

TEST(CallText, EveryStatusAndReasonIsReadBack) {
    for (int i = 0; i < 6; ++i) {
        auto s = static_cast<call_status>(i);
        ASSERT_FALSE(to_string(s).empty());
        EXPECT_EQ(parse_call_status(to_string(s)), s);
    }
    for (int i = 0; i < 16; ++i) {
        auto r = static_cast<end_reason>(i);
        ASSERT_FALSE(to_string(r).empty());
        EXPECT_EQ(parse_end_reason(to_string(r)), r);
    }
    EXPECT_EQ(parse_call_type("AUDIO"), call_type::audio);
    EXPECT_EQ(parse_call_type("VIDEO"), call_type::video);
    EXPECT_EQ(parse_call_type("audio"), std::nullopt);
    EXPECT_EQ(parse_realm(to_string(realm::peer)), realm::peer);
    EXPECT_EQ(to_string(presence::on_call), "ON_CALL");
    EXPECT_EQ(to_string(side::callee), "callee");
}

TEST(CallText, RefusalsHaveTheCodesAndMessagesOfTheTable) {
    using enum refusal_code;
    struct {
        refusal_code code;
        std::string_view text, message;
    } const table[] = {
        {invalid_request, "INVALID_REQUEST", "Invalid call request"},
        {invalid_call_type, "INVALID_CALL_TYPE", "Invalid call type"},
        {invalid_call_id, "INVALID_CALL_ID", "Invalid call ID"},
        {rate_limited, "RATE_LIMITED", "Too many requests. Please wait."},
        {account_unavailable, "ACCOUNT_UNAVAILABLE", "Your account is not available. Please contact support."},
        {callee_not_found, "CALLEE_NOT_FOUND", "This person is no longer available for calls."},
        {callee_offline, "CALLEE_OFFLINE", "Bob is currently offline. Please try again later."},
        {callee_busy, "CALLEE_BUSY", "Bob is busy on another call. Please try again later."},
        {callee_unavailable, "CALLEE_UNAVAILABLE", "Bob is currently unavailable. Please try again later."},
        {already_in_call, "ALREADY_IN_CALL", "You already have an active call."},
        {insufficient_coins, "INSUFFICIENT_COINS", "You do not have enough coins for this call."},
        {call_not_found, "CALL_NOT_FOUND", "Call not found or already ended."},
        {call_not_ringing, "CALL_NOT_RINGING", "Call is no longer available."},
        {call_not_active, "CALL_NOT_ACTIVE", "Call is not active."},
        {payload_too_large, "PAYLOAD_TOO_LARGE", "Payload too large."},
        {unauthorized, "UNAUTHORIZED", "Authentication required."},
        {internal, "INTERNAL", "Something went wrong. Please try again."},
    };
    for (auto const& row : table) {
        EXPECT_EQ(to_string(row.code), row.text);
        EXPECT_EQ(message_of(row.code, refusal_channel::call_error, "Bob"), row.message);
    }
}

TEST(CallText, TwoRefusalsHaveASecondText) {
    EXPECT_EQ(message_of(refusal_code::rate_limited, refusal_channel::attempt),
              "Too many call attempts. Please wait a moment.");
    EXPECT_EQ(message_of(refusal_code::internal, refusal_channel::general_error), "An error occurred");
    EXPECT_EQ(message_of(refusal_code::rate_limited, refusal_channel::general_error),
              "Too many requests. Please wait.");
    EXPECT_EQ(message_of(refusal_code::internal, refusal_channel::attempt), "Something went wrong. Please try again.");
}

TEST(CallText, ANameIsPutInLiterally) {
    EXPECT_EQ(message_of(refusal_code::callee_busy, refusal_channel::attempt, "{name} $& \\1"),
              "{name} $& \\1 is busy on another call. Please try again later.");
}

TEST(CallText, CancelledSaysElsewhereOrWhyTheCallIsOver) {
    using because = cancelled::because;
    EXPECT_EQ(reason_text({because::answered_elsewhere, end_reason::hangup}), "answered_elsewhere");
    EXPECT_EQ(reason_text({because::rejected_elsewhere, end_reason::rejected}), "rejected_elsewhere");
    EXPECT_EQ(reason_text({because::call_is_over, end_reason::caller_disconnected}), "caller_disconnected");
}

TEST(CallText, OnlyTheLastEventsOfACallFreeTheScreen) {
    EXPECT_FALSE(is_final(incoming{}));
    EXPECT_FALSE(is_final(ringing{}));
    EXPECT_FALSE(is_final(accepted{}));
    EXPECT_TRUE(is_final(rejected{}));
    EXPECT_TRUE(is_final(missed{}));
    EXPECT_TRUE(is_final(cancelled{}));
    EXPECT_TRUE(is_final(ended{}));
}

TEST(Presence, IsDerivedFromTheCallThenFromTheDevices) {
    EXPECT_EQ(derive_presence(true, reachability::gone), presence::on_call);
    EXPECT_EQ(derive_presence(true, reachability::connected), presence::on_call);
    EXPECT_EQ(derive_presence(false, reachability::connected), presence::online);
    EXPECT_EQ(derive_presence(false, reachability::lingering), presence::online);
    EXPECT_EQ(derive_presence(false, reachability::gone), presence::offline);
}
