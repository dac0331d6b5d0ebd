#include "engineio/close_reason.hpp"
#include "engineio/errors.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace ringback::engineio {
namespace {

TEST(Errors, EveryCodeHasItsStatusAndBody) {
    struct row {
        refusal_code code;
        unsigned status;
        std::string_view body;
        std::string_view upgrade_body;
    };
    row const rows[] = {
        {refusal_code::unknown_transport, 400, R"({"code":0,"message":"Transport unknown"})", "Transport unknown"},
        {refusal_code::unknown_sid, 400, R"({"code":1,"message":"Session ID unknown"})", "Session ID unknown"},
        {refusal_code::bad_handshake_method, 400, R"({"code":2,"message":"Bad handshake method"})",
         "Bad handshake method"},
        {refusal_code::bad_request, 400, R"({"code":3,"message":"Bad request"})", "Bad request"},
        {refusal_code::forbidden, 403, R"({"code":4,"message":"Forbidden"})", "Forbidden"},
        {refusal_code::unsupported_protocol_version, 400, R"({"code":5,"message":"Unsupported protocol version"})",
         "Unsupported protocol version"},
    };
    for (row const& r : rows) {
        EXPECT_EQ(http_error({r.code}), (wire_error{r.status, "application/json", std::string{r.body}}));
        EXPECT_EQ(upgrade_error({r.code}), (wire_error{400, "text/html", std::string{r.upgrade_body}}));
        EXPECT_EQ(message_of(r.code), r.upgrade_body);
    }
}

TEST(Errors, OnlyForbiddenTakesTheApplicationsWords) {
    EXPECT_EQ(http_error({refusal_code::forbidden}, "Thou \"shalt\" not").body,
              R"({"code":4,"message":"Thou \"shalt\" not"})");
    EXPECT_EQ(upgrade_error({refusal_code::forbidden}, "no").body, "no");
    EXPECT_EQ(http_error({refusal_code::bad_request}, "no").body, R"({"code":3,"message":"Bad request"})");
    EXPECT_EQ(upgrade_error({refusal_code::bad_request}, "no").body, "Bad request");
}

TEST(Errors, ContextsReadAsInTheReferenceAndStayOffTheWire) {
    std::pair<refusal_context, std::string_view> const rows[] = {
        {refusal_context::none, ""},
        {refusal_context::transport_handshake_error, "TRANSPORT_HANDSHAKE_ERROR"},
        {refusal_context::invalid_origin, "INVALID_ORIGIN"},
        {refusal_context::transport_mismatch, "TRANSPORT_MISMATCH"},
        {refusal_context::protocol_mismatch, "PROTOCOL_MISMATCH"},
        {refusal_context::id_generation_error, "ID_GENERATION_ERROR"},
        {refusal_context::middleware_failure, "MIDDLEWARE_FAILURE"},
    };
    for (auto [context, name] : rows) {
        EXPECT_EQ(to_string(context), name);
        EXPECT_EQ(http_error({refusal_code::bad_request, context}), http_error({refusal_code::bad_request}));
    }
}

TEST(CloseReason, ReadsAsInTheReference) {
    std::pair<close_reason, std::string_view> const rows[] = {
        {close_reason::transport_error, "transport error"},
        {close_reason::transport_close, "transport close"},
        {close_reason::peer_closed, "transport close"},
        {close_reason::ping_timeout, "ping timeout"},
        {close_reason::parse_error, "parse error"},
        {close_reason::forced_close, "forced close"},
        {close_reason::forced_server_close, "forced server close"},
        {close_reason::server_shutting_down, "server shutting down"},
    };
    for (auto [reason, text] : rows)
        EXPECT_EQ(to_string(reason), text);
}

TEST(CloseReason, AParkedPollIsToldToCloseUnlessItsClientSaidSoItself) {
    EXPECT_EQ(parked_poll_body(close_reason::peer_closed), "6");
    EXPECT_EQ(parked_poll_body(close_reason::ping_timeout), "1");
    EXPECT_EQ(parked_poll_body(close_reason::server_shutting_down), "1");
}

} // namespace
} // namespace ringback::engineio
