#pragma once

#include "engineio/config.hpp"
#include "engineio/errors.hpp"
#include "engineio/url_text.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::engineio {

/// What the query of an Engine.IO request says. A repeated `EIO`, `transport` or `sid` counts as its values joined by
/// commas, which match nothing: no one can hide a second meaning behind the first.
struct request_query {
    protocol_revision revision = protocol_revision::v3; ///< `EIO`: 4 is v4, anything else or nothing is v3
    std::optional<transport_kind> transport;            ///< nullopt: missing or not one we know
    std::string sid;                                    ///< empty: a handshake
    bool base64 = false;                                ///< `b64`: binary goes out as text, on WebSocket too
    std::optional<std::string> jsonp;                   ///< `j`: digits only, safe to print into a script
    /// Every parameter in the order of the target, those above and `t` too: what applications see as the handshake's
    /// query.
    std::vector<query_parameter> parameters;
};

/// Reads a raw request target. It is ours when it begins with `path_prefix`, byte for byte: what stands between the
/// prefix and the `?` does not matter. Percent sequences and `+` are decoded in keys and values; a `%` without two hex
/// digits stands for itself. The only error is errc::foreign_path.
[[nodiscard]] std::expected<request_query, errc> parse_request(std::string_view target, std::string_view path_prefix);

enum class http_method : std::uint8_t { get, post, other };
enum class connection_wish : std::uint8_t { plain_http, websocket_upgrade };

/// What verification needs of the request besides its query.
struct request_facts {
    http_method method = http_method::get;
    connection_wish wish = connection_wish::plain_http;
    std::optional<std::string_view> origin; ///< the raw `Origin` header
};

/// The session that the query's sid names. One that is closing is still known, one that has closed is not.
struct known_session {
    transport_kind transport = transport_kind::polling; ///< the current one
    protocol_revision revision = protocol_revision::v4;
};

/// What to do with a request that passed.
enum class request_step : std::uint8_t {
    open_polling,      ///< create a session, answer with the open packet
    open_websocket,    ///< create a session, complete the WebSocket handshake, send the open packet
    poll,              ///< session_machine::begin_poll
    post,              ///< session_machine::begin_post
    attach_websocket,  ///< session_machine::begin_upgrade
    method_not_served, ///< of a known session: 500 with an empty body
};

/// The checks before the application's own admission hook, in the protocol's order: transport offered, Origin made of
/// legal bytes; with a sid: known, on the transport it names, of the same revision; without: GET, and websocket only
/// on an upgrade. The hook is asked for new sessions only. `session` is what the sid names, nullopt when nothing.
[[nodiscard]] std::expected<request_step, refusal> verify_before_admission(request_facts const& facts,
                                                                           request_query const& query,
                                                                           std::optional<known_session> session,
                                                                           engine_config const& config);

/// The check after that hook: v4 opens a session, and v3 where engine_config::allow_eio3 says so.
[[nodiscard]] std::expected<void, refusal> verify_revision(request_query const& query, engine_config const& config);

/// Both in one, for a server without such a hook.
[[nodiscard]] std::expected<request_step, refusal> verify(request_facts const& facts, request_query const& query,
                                                          std::optional<known_session> session,
                                                          engine_config const& config);

} // namespace ringback::engineio
