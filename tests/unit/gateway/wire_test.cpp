// What goes over the wire, field by field.
#include "gateway/error_to_wire.hpp"
#include "gateway/event_payload.hpp"
#include "gateway/json_object.hpp"
#include "gateway/payloads.hpp"
#include "gateway/request_kind.hpp"

#include <gtest/gtest.h>

namespace ringback::gateway {
namespace {

call::call_facts facts() {
    call::call_facts f;
    f.id = *call_id::parse("507f1f77bcf86cd799439081");
    f.type = call::call_type::video;
    f.caller.who = {*account_id::parse("uma"), std::nullopt, std::nullopt};
    f.callee.who = {*account_id::parse("507f1f77bcf86cd799439031"), "Jane \"J\" Smith", "avatar-3"};
    f.callee.realm = call::realm::telecaller;
    f.expires_at = wall_time{std::chrono::milliseconds{1'800'000'000'007}};
    return f;
}
constexpr std::string_view media = R"({"token":"t","url":"wss://l","roomName":"507f1f77bcf86cd799439081"})";

struct notice_row {
    call::notice what;
    call::side to;
    std::string_view event;
    std::string_view args;
};

TEST(Payloads, EachNoticeHasTheFieldsOfTheSeedInItsOrder) {
    using enum call::side;
    notice_row const rows[] = {
        {call::incoming{}, callee, "call:incoming",
         R"({"callId":"507f1f77bcf86cd799439081","callType":"VIDEO","caller":{"_id":"uma","name":"Unknown","profile":null},"expiresAt":"2027-01-15T08:00:00.007Z"})"},
        {call::ringing{}, caller, "call:ringing",
         R"({"callId":"507f1f77bcf86cd799439081","telecaller":{"_id":"507f1f77bcf86cd799439031","name":"Jane \"J\" Smith","profile":"avatar-3"}})"},
        {call::accepted{}, caller, "call:accepted",
         R"({"callId":"507f1f77bcf86cd799439081","livekit":{"token":"t","url":"wss://l","roomName":"507f1f77bcf86cd799439081"}})"},
        {call::accepted{}, callee, "call:accepted",
         R"({"callId":"507f1f77bcf86cd799439081","callType":"VIDEO","caller":{"_id":"uma","name":"Unknown","profile":null},"livekit":{"token":"t","url":"wss://l","roomName":"507f1f77bcf86cd799439081"}})"},
        {call::rejected{"rejected"}, caller, "call:rejected",
         R"({"callId":"507f1f77bcf86cd799439081","reason":"rejected"})"},
        {call::missed{call::end_reason::timeout}, callee, "call:missed",
         R"({"callId":"507f1f77bcf86cd799439081","reason":"timeout"})"},
        {call::cancelled{.why = call::cancelled::because::answered_elsewhere}, callee, "call:cancelled",
         R"({"callId":"507f1f77bcf86cd799439081","reason":"answered_elsewhere"})"},
        {call::ended{call::end_reason::hangup, {61, 122, 61}}, caller, "call:ended",
         R"({"callId":"507f1f77bcf86cd799439081","reason":"hangup","durationInSeconds":61,"coinsSpent":122})"},
        {call::ended{call::end_reason::hangup, {61, 122, 61}}, callee, "call:ended",
         R"({"callId":"507f1f77bcf86cd799439081","reason":"hangup","durationInSeconds":61,"coinsEarned":61})"},
    };
    for (auto const& row : rows) {
        auto got = render_notice(row.what, facts(), row.to, media);
        EXPECT_EQ(got.name, row.event);
        EXPECT_EQ(got.args, row.args);
        if (!is_final(row.what)) continue;
        EXPECT_EQ(render_final(row.what, facts().id, row.to).args, row.args);
    }
}

TEST(Payloads, EachAcknowledgementHasTheFieldsOfTheContract) {
    auto f = facts();
    EXPECT_EQ(render_ok(call::ack_opened{f.expires_at}, f, ""),
              R"({"ok":true,"callId":"507f1f77bcf86cd799439081","expiresAt":"2027-01-15T08:00:00.007Z"})");
    EXPECT_EQ(
        render_ok(call::ack_accepted{}, f, "null"),
        R"({"ok":true,"callId":"507f1f77bcf86cd799439081","callType":"VIDEO","role":"callee","peer":{"_id":"uma","name":"Unknown","profile":null},"livekit":null})");
    EXPECT_EQ(render_ok(call::ack_done{}, f, ""), R"({"ok":true,"callId":"507f1f77bcf86cd799439081"})");
    EXPECT_EQ(render_ok(call::ack_ended{call::side::callee, {5, 10, 5}}, f, ""),
              R"({"ok":true,"callId":"507f1f77bcf86cd799439081","durationInSeconds":5,"coinsEarned":5})");
    EXPECT_EQ(render_refreshed_ok(f.id, media),
              R"({"ok":true,"callId":"507f1f77bcf86cd799439081","livekit":)" + std::string{media} + "}");
    EXPECT_EQ(render_media({secret{"t"}, "wss://l", f.id.text()}), media);
}

TEST(Payloads, PresenceHasTheDetailsWhenOnlineAndNullOtherwise) {
    call::account jane;
    jane.id = *account_id::parse("507f1f77bcf86cd799439031");
    jane.name = "Jane Smith";
    jane.profile = "avatar-3";
    jane.language = "hindi";
    jane.about = "Experienced.";
    EXPECT_EQ(
        render_presence(jane.id, call::presence::online, &jane),
        R"({"telecallerId":"507f1f77bcf86cd799439031","presence":"ONLINE","telecaller":{"_id":"507f1f77bcf86cd799439031","name":"Jane Smith","profile":"avatar-3","language":"hindi","about":"Experienced."}})");
    EXPECT_EQ(render_presence(jane.id, call::presence::on_call, nullptr),
              R"({"telecallerId":"507f1f77bcf86cd799439031","presence":"ON_CALL","telecaller":null})");
    call::account nobody;
    nobody.id = jane.id;
    std::string item;
    append_listed_telecaller(item, nobody, call::presence::offline, {});
    EXPECT_EQ(
        item,
        R"({"_id":"507f1f77bcf86cd799439031","name":"Unknown","profile":null,"language":"","about":"","presence":"OFFLINE","rates":{"audio":2,"video":3}})");
}

TEST(ErrorToWire, EachRefusalOfAConnectionHasItsMessageAndCode) {
    using enum connect_refusal;
    struct {
        connect_refusal r;
        std::string_view message, code;
    } const rows[] = {
        {rate_limited, "Too many connection attempts. Please wait.", "RATE_LIMITED"},
        {token_required, "Authentication token required", "UNAUTHORIZED"},
        {token_invalid, "Invalid or expired token", "UNAUTHORIZED"},
        {access_denied, "Access denied", "ACCESS_DENIED"},
        {account_not_found, "Account not found", "ACCOUNT_NOT_FOUND"},
        {account_suspended, "Account suspended. Please contact support.", "ACCOUNT_SUSPENDED"},
        {not_approved, "Account not approved. Please wait for admin approval.", "NOT_APPROVED"},
    };
    for (auto const& row : rows) {
        EXPECT_EQ(wire_of(row.r).message, row.message);
        EXPECT_EQ(wire_of(row.r).code, row.code);
        EXPECT_EQ(render_connect_data(row.r), R"({"code":")" + std::string{row.code} + "\"}");
    }
}

TEST(ErrorToWire, ARefusedRequestIsToldByItsErrorEvent) {
    call_id id = facts().id;
    EXPECT_EQ(render_refused(call::refusal_code::call_not_found, "m"),
              R"({"ok":false,"error":{"code":"CALL_NOT_FOUND","message":"m"}})");
    EXPECT_EQ(render_error(call::refusal_code::call_not_found, "m", id),
              R"({"message":"m","code":"CALL_NOT_FOUND","callId":"507f1f77bcf86cd799439081"})");
    EXPECT_EQ(render_error(call::refusal_code::internal, "m", {}), R"({"message":"m","code":"INTERNAL"})");
    using enum request_kind;
    EXPECT_EQ(rules_of(initiate).error_event, "call:error");
    for (request_kind k : {cancel, end, accept, reject, refresh_token, presence_list, presence_subscribe})
        EXPECT_EQ(rules_of(k).error_event, "error") << rules_of(k).event;
}

TEST(JsonObject, WritesEveryKindOfMemberEscaped) {
    std::string out = object_text(0, [](json_object& o) {
        o.text("a", "x\"\n")
            .number("b", INT64_MIN)
            .boolean("c", true)
            .text_or_null("d", std::nullopt)
            .object("e", [](json_object&) {})
            .raw("f", "[1]");
    });
    EXPECT_EQ(out, R"({"a":"x\"\n","b":-9223372036854775808,"c":true,"d":null,"e":{},"f":[1]})");
}

TEST(EventPayload, ReadsTheFieldsOfAnInitiate) {
    account_id uma = *account_id::parse("uma");
    using enum call::refusal_code;
    struct {
        std::string_view payload;
        std::optional<call::refusal_code> refused;
    } const rows[] = {
        {R"({"telecallerId":"tess","callType":"AUDIO"})", std::nullopt},
        {R"({"callType":"VIDEO","telecallerId":"t\u0065ss","more":1})", std::nullopt},
        {"", invalid_request},
        {"null", invalid_request},
        {R"(["tess","AUDIO"])", invalid_request},
        {R"({"callType":"AUDIO"})", invalid_request},
        {R"({"telecallerId":null,"callType":"AUDIO"})", invalid_request},
        {R"({"telecallerId":"","callType":"AUDIO"})", invalid_request},
        {R"({"telecallerId":7,"callType":"AUDIO"})", invalid_request},
        {R"({"telecallerId":"uma","callType":"AUDIO"})", invalid_request},
        {R"({"telecallerId":"tess"})", invalid_request},
        {R"({"telecallerId":"tess","callType":null})", invalid_request},
        {R"({"telecallerId":"tess","callType":""})", invalid_request},
        {R"({"telecallerId":"tess","callType":"audio"})", invalid_call_type},
        {R"({"telecallerId":"tess","callType":1})", invalid_call_type},
        {R"({"telecallerId":"tess","callType":{}})", invalid_call_type},
    };
    for (auto const& row : rows) {
        auto got = read_initiate(row.payload, uma);
        EXPECT_EQ(got ? std::nullopt : std::optional{got.error()}, row.refused) << row.payload;
        if (!got) continue;
        EXPECT_EQ(got->telecaller, "tess");
    }
}

TEST(EventPayload, ReadsCallIdsAndLists) {
    EXPECT_EQ(call_id_member(R"({"callId":"507f1f77bcf86cd799439081"})"), facts().id);
    EXPECT_EQ(call_id_member(R"({"callId":"507f1f77bcf86cd79943908\u0031"})"), facts().id);
    for (std::string_view bad : {"", "{}", "7", R"({"callId":7})", R"({"callId":"507F1F77BCF86CD799439081"})"})
        EXPECT_EQ(call_id_member(bad), std::nullopt) << bad;
    EXPECT_EQ(read_telecaller_ids(R"({"telecallerIds":["a",7,"b c","d"]})"), (std::vector<std::string>{"a", "d"}));
    EXPECT_TRUE(read_telecaller_ids(R"({"telecallerIds":"a"})").empty());
    EXPECT_TRUE(read_telecaller_ids("").empty());
}

} // namespace
} // namespace ringback::gateway
