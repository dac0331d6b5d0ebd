#include "engineio/request.hpp"

#include <algorithm>

namespace ringback::engineio {
namespace {

std::unexpected<refusal> refuse(refusal_code code, refusal_context context = refusal_context::none) noexcept {
    return std::unexpected{refusal{code, context}};
}

// The bytes of a field value: RFC 9110, section 5.5.
bool is_legal_header(std::string_view value) noexcept {
    return std::ranges::all_of(value, [](char c) {
        auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
    });
}

std::expected<request_step, refusal> verify_known(request_facts const& facts, request_query const& query,
                                                  known_session const& session, engine_config const& config) {
    bool upgrade = facts.wish == connection_wish::websocket_upgrade;
    // On an upgrade the transport may differ from the current one: that is what an upgrade is. It must be websocket
    // though, and a plain request must be a poll, because nothing here could answer the other two combinations.
    bool fits = upgrade ? query.transport == transport_kind::websocket
                        : query.transport == transport_kind::polling && session.transport == transport_kind::polling;
    if (upgrade && !config.allow_upgrades && session.transport == transport_kind::polling) fits = false;
    if (!fits) return refuse(refusal_code::bad_request, refusal_context::transport_mismatch);
    if (query.revision != session.revision)
        return refuse(refusal_code::bad_request, refusal_context::protocol_mismatch);
    if (upgrade) return request_step::attach_websocket;
    switch (facts.method) {
    case http_method::get: return request_step::poll;
    case http_method::post: return request_step::post;
    case http_method::other: break;
    }
    return request_step::method_not_served;
}

} // namespace

std::expected<request_step, refusal> verify_before_admission(request_facts const& facts, request_query const& query,
                                                             std::optional<known_session> session,
                                                             engine_config const& config) {
    if (!query.transport || !config.transports.contains(*query.transport))
        return refuse(refusal_code::unknown_transport);
    if (facts.origin && !is_legal_header(*facts.origin))
        return refuse(refusal_code::bad_request, refusal_context::invalid_origin);
    if (!query.sid.empty()) {
        if (!session) return refuse(refusal_code::unknown_sid);
        return verify_known(facts, query, *session, config);
    }
    if (facts.method != http_method::get) return refuse(refusal_code::bad_handshake_method);
    bool upgrade = facts.wish == connection_wish::websocket_upgrade;
    if (upgrade != (query.transport == transport_kind::websocket))
        return refuse(refusal_code::bad_request, refusal_context::transport_handshake_error);
    return upgrade ? request_step::open_websocket : request_step::open_polling;
}

std::expected<void, refusal> verify_revision(request_query const& query, engine_config const& config) {
    if (query.revision != protocol_revision::v4 && !config.allow_eio3)
        return refuse(refusal_code::unsupported_protocol_version);
    return {};
}

std::expected<request_step, refusal> verify(request_facts const& facts, request_query const& query,
                                            std::optional<known_session> session, engine_config const& config) {
    auto step = verify_before_admission(facts, query, session, config);
    if (step != request_step::open_polling && step != request_step::open_websocket) return step;
    auto revision = verify_revision(query, config);
    if (!revision) return std::unexpected{revision.error()};
    return step;
}

} // namespace ringback::engineio
