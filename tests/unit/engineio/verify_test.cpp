#include "engineio/request.hpp"

#include <gtest/gtest.h>

namespace ringback::engineio {
namespace {

using enum request_step;
using outcome = std::expected<request_step, refusal>;

outcome refused(refusal_code code, refusal_context context = refusal_context::none) {
    return std::unexpected{refusal{code, context}};
}

request_query query_of(std::string_view text) { return parse_request("/?" + std::string{text}, "/").value(); }

constexpr request_facts a_get{};
constexpr request_facts a_post{http_method::post, connection_wish::plain_http, {}};
constexpr request_facts an_options{http_method::other, connection_wish::plain_http, {}};
constexpr request_facts an_upgrade{http_method::get, connection_wish::websocket_upgrade, {}};
constexpr known_session on_polling{transport_kind::polling, protocol_revision::v4};
constexpr known_session on_websocket{transport_kind::websocket, protocol_revision::v4};

struct row {
    std::string_view name;
    request_facts facts;
    std::string_view query;
    std::optional<known_session> session;
    outcome expected;
};

TEST(Verify, EveryRequestMeetsItsStepOrItsRefusal) {
    auto const mismatch = refused(refusal_code::bad_request, refusal_context::transport_mismatch);
    auto const revision_mismatch = refused(refusal_code::bad_request, refusal_context::protocol_mismatch);
    auto const handshake_error = refused(refusal_code::bad_request, refusal_context::transport_handshake_error);
    row const rows[] = {
        {"polling handshake", a_get, "EIO=4&transport=polling", {}, open_polling},
        {"websocket handshake", an_upgrade, "EIO=4&transport=websocket", {}, open_websocket},
        {"no transport", a_get, "EIO=4", {}, refused(refusal_code::unknown_transport)},
        {"bad transport on upgrade", an_upgrade, "EIO=4&transport=tobi", {}, refused(refusal_code::unknown_transport)},
        {"handshake by POST", a_post, "EIO=4&transport=polling", {}, refused(refusal_code::bad_handshake_method)},
        {"handshake by OPTIONS",
         an_options,
         "EIO=4&transport=polling",
         {},
         refused(refusal_code::bad_handshake_method)},
        {"websocket without upgrade", a_get, "EIO=4&transport=websocket", {}, handshake_error},
        {"upgrade on polling", an_upgrade, "EIO=4&transport=polling", {}, handshake_error},
        {"revision 3", a_get, "EIO=3&transport=polling", {}, refused(refusal_code::unsupported_protocol_version)},
        {"no revision", an_upgrade, "transport=websocket", {}, refused(refusal_code::unsupported_protocol_version)},
        {"unknown sid", a_get, "EIO=4&transport=polling&sid=x", {}, refused(refusal_code::unknown_sid)},
        {"unknown sid on upgrade",
         an_upgrade,
         "EIO=4&transport=websocket&sid=x",
         {},
         refused(refusal_code::unknown_sid)},
        {"poll", a_get, "EIO=4&transport=polling&sid=x", on_polling, poll},
        {"post", a_post, "EIO=4&transport=polling&sid=x", on_polling, post},
        {"put", an_options, "EIO=4&transport=polling&sid=x", on_polling, method_not_served},
        {"upgrade", an_upgrade, "EIO=4&transport=websocket&sid=x", on_polling, attach_websocket},
        {"second upgrade", an_upgrade, "EIO=4&transport=websocket&sid=x", on_websocket, attach_websocket},
        {"poll after upgrade", a_get, "EIO=4&transport=polling&sid=x", on_websocket, mismatch},
        {"post after upgrade", a_post, "EIO=4&transport=polling&sid=x", on_websocket, mismatch},
        {"plain websocket, polling session", a_get, "EIO=4&transport=websocket&sid=x", on_polling, mismatch},
        {"plain websocket, websocket session", a_get, "EIO=4&transport=websocket&sid=x", on_websocket, mismatch},
        {"upgrade that says polling", an_upgrade, "EIO=4&transport=polling&sid=x", on_polling, mismatch},
        {"other revision", a_get, "EIO=3&transport=polling&sid=x", on_polling, revision_mismatch},
        {"missing revision on upgrade", an_upgrade, "transport=websocket&sid=x", on_polling, revision_mismatch},
        {"empty sid is a handshake", a_get, "EIO=4&transport=polling&sid=", {}, open_polling},
    };
    engine_config const config;
    for (row const& r : rows)
        EXPECT_EQ(verify(r.facts, query_of(r.query), r.session, config), r.expected) << r.name;
}

// Each request is wrong in everything from its row on; the first wrong thing decides.
TEST(Verify, ChecksRunInTheOrderOfTheProtocol) {
    request_facts bad_get = a_get;
    bad_get.origin = "http://a\r\nb";
    request_facts bad_post = a_post;
    bad_post.origin = "\x01";
    row const rows[] = {
        {"transport before Origin", bad_post, "EIO=3&transport=x&sid=x", {}, refused(refusal_code::unknown_transport)},
        {"Origin before sid",
         bad_post,
         "EIO=3&transport=websocket&sid=x",
         {},
         refused(refusal_code::bad_request, refusal_context::invalid_origin)},
        {"Origin before method",
         bad_post,
         "EIO=3&transport=websocket",
         {},
         refused(refusal_code::bad_request, refusal_context::invalid_origin)},
        {"Origin on a poll", bad_get, "EIO=4&transport=polling&sid=x", on_polling,
         refused(refusal_code::bad_request, refusal_context::invalid_origin)},
        {"sid before transport match",
         a_get,
         "EIO=3&transport=websocket&sid=x",
         {},
         refused(refusal_code::unknown_sid)},
        {"transport match before revision", a_get, "EIO=3&transport=websocket&sid=x", on_polling,
         refused(refusal_code::bad_request, refusal_context::transport_mismatch)},
        {"revision before method", an_options, "EIO=3&transport=polling&sid=x", on_polling,
         refused(refusal_code::bad_request, refusal_context::protocol_mismatch)},
        {"method before upgrade", a_post, "EIO=3&transport=websocket", {}, refused(refusal_code::bad_handshake_method)},
        {"upgrade before revision",
         a_get,
         "EIO=3&transport=websocket",
         {},
         refused(refusal_code::bad_request, refusal_context::transport_handshake_error)},
    };
    engine_config const config;
    for (row const& r : rows)
        EXPECT_EQ(verify(r.facts, query_of(r.query), r.session, config), r.expected) << r.name;
}

TEST(Verify, TheRevisionOfANewSessionIsCheckedAfterTheAdmissionHook) {
    auto query = query_of("EIO=3&transport=polling");
    EXPECT_EQ(verify_before_admission(a_get, query, {}, {}), open_polling);
    EXPECT_EQ(verify_revision(query, {}).error(), refusal{refusal_code::unsupported_protocol_version});
    EXPECT_TRUE(verify_revision(query_of("EIO=4&transport=polling"), {}));
}

TEST(Verify, RevisionThreeOpensASessionWhereItIsAllowed) {
    engine_config config;
    EXPECT_EQ(verify(a_get, query_of("EIO=3&transport=polling"), {}, config),
              refused(refusal_code::unsupported_protocol_version));
    config.allow_eio3 = true;
    EXPECT_EQ(verify(a_get, query_of("EIO=3&transport=polling"), {}, config), open_polling);
    EXPECT_EQ(verify(a_get, query_of("transport=polling"), {}, config), open_polling);
    EXPECT_EQ(verify(a_get, query_of("EIO=4&transport=polling"), {}, config), open_polling);
}

TEST(Verify, ARequestSpeaksTheRevisionOfItsSession) {
    engine_config config;
    config.allow_eio3 = true;
    known_session const v3{transport_kind::polling, protocol_revision::v3};
    auto mismatch = refused(refusal_code::bad_request, refusal_context::protocol_mismatch);
    EXPECT_EQ(verify(a_get, query_of("EIO=3&transport=polling&sid=x"), v3, config), request_step::poll);
    EXPECT_EQ(verify(a_get, query_of("transport=polling&sid=x"), v3, config), request_step::poll);
    EXPECT_EQ(verify(a_get, query_of("EIO=4&transport=polling&sid=x"), v3, config), mismatch);
    EXPECT_EQ(verify(a_post, query_of("EIO=3&transport=polling&sid=x"), on_polling, config), mismatch);
    EXPECT_EQ(verify(an_upgrade, query_of("transport=websocket&sid=x"), on_polling, config), mismatch);
}

TEST(Verify, UpgradesCanBeSwitchedOff) {
    engine_config config;
    config.allow_upgrades = false;
    EXPECT_EQ(verify(an_upgrade, query_of("EIO=4&transport=websocket&sid=x"), on_polling, config),
              refused(refusal_code::bad_request, refusal_context::transport_mismatch));
    EXPECT_EQ(verify(an_upgrade, query_of("EIO=4&transport=websocket"), {}, config), open_websocket);
}

TEST(Verify, TransportsThatAreSwitchedOffAreUnknown) {
    engine_config config;
    config.transports = {.polling = false, .websocket = true};
    EXPECT_EQ(verify(a_get, query_of("EIO=4&transport=polling"), {}, config), refused(refusal_code::unknown_transport));
    EXPECT_EQ(verify(an_upgrade, query_of("EIO=4&transport=websocket"), {}, config), open_websocket);
    config.transports = {.polling = true, .websocket = false};
    EXPECT_EQ(verify(an_upgrade, query_of("EIO=4&transport=websocket&sid=x"), on_polling, config),
              refused(refusal_code::unknown_transport));
}

TEST(Verify, AnOriginOfLegalBytesPasses) {
    for (std::string_view origin : {"https://example.com:8443", "null", "", "a\tb \xE4"}) {
        request_facts facts = a_get;
        facts.origin = origin;
        EXPECT_EQ(verify(facts, query_of("EIO=4&transport=polling"), {}, {}), open_polling) << origin;
    }
}

} // namespace
} // namespace ringback::engineio
