#include "net/http_session.hpp"

#include "base/log.hpp"
#include "engineio/cors.hpp"
#include "engineio/jsonp.hpp"
#include "net/client_address.hpp"
#include "net/engine.hpp"
#include "net/http_routes.hpp"
#include "net/http_stream.hpp"
#include "net/poll_answer.hpp"
#include "net/reply_slot.hpp"
#include "net/server.hpp"
#include "net/shard.hpp"
#include "net/wire_reply.hpp"
#include "websocket/handshake.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <expected>
#include <limits>
#include <optional>
#include <sys/socket.h>
#include <tuple>

namespace ringback::net {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

namespace {

inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t drain_bytes = 16 * 1024;
using request_parser = http::request_parser<http::string_body>;
using http_fields = http::request<http::string_body>;

std::string_view view(boost::string_view s) { return {s.data(), s.size()}; }

/// One connection, for as long as it speaks HTTP.
class http_connection {
public:
    http_connection(http_connection const&) = delete;
    http_connection& operator=(http_connection const&) = delete;
    ~http_connection() { *self_ = nullptr; }
    http_connection(shard& on, tcp::socket socket) : shard_{on}, stream_{std::move(socket), on.of().new_tls_session()} {
        boost::system::error_code ec;
        address_ = stream_.socket().remote_endpoint(ec).address().to_string();
    }

    asio::awaitable<void> run();

private:
    enum class next { keep_reading, leave };

    asio::awaitable<void> drain();
    asio::awaitable<beast::error_code> read_body(request_parser& parser, shard* owner, engineio::session_id sid);
    asio::awaitable<next> serve_engine(request_parser& parser, engineio::request_query query);
    asio::awaitable<next> serve_route(request_parser& parser);
    asio::awaitable<std::expected<admission, http_reply>>
    admit(http_request const& request, engineio::request_query const& query, engineio::request_facts facts);
    asio::awaitable<std::optional<http_reply>> ask_hook(http_request const& request);
    asio::awaitable<std::optional<http_reply>> forward_get(http_request const& request,
                                                           engineio::request_query const& query, admission admitted);
    asio::awaitable<http_reply> forward_post(request_parser& parser, http_request const& request,
                                             engineio::request_query const& query);
    asio::awaitable<std::optional<http_reply>> wait_for(std::shared_ptr<reply_slot> slot);
    next hand_over_websocket(http_request request, engineio::request_query query, http_fields const& fields,
                             admission admitted);
    // A reply is always a named object before it is passed on: GCC 12 destroys a temporary that is initialised by
    // braces inside a co_await expression twice (server_test, RefusesWhatIsNotHttpOrTooLarge, shows it).
    asio::awaitable<next> write(http_reply reply, http_fields const& asked);
    asio::awaitable<void> refuse(unsigned status, http_fields const& asked);
    [[nodiscard]] std::string client_of(http_fields const& fields) const;
    [[nodiscard]] http_request describe(http_fields const& fields) const;
    [[nodiscard]] task resetter();
    [[nodiscard]] shard* owner_of(engineio::request_query const& query) const;

    shard& shard_;
    http_stream stream_;
    beast::flat_buffer buffer_;
    std::string address_; ///< of the other end: the client, or a proxy
    std::shared_ptr<http_connection*> self_ = std::make_shared<http_connection*>(this); ///< for who may outlive it
};

engineio::http_method method_of(http::verb verb) {
    switch (verb) {
    case http::verb::get: return engineio::http_method::get;
    case http::verb::post: return engineio::http_method::post;
    default: return engineio::http_method::other;
    }
}

bool asks_for_websocket(http_fields const& fields) {
    return http::token_list{fields[http::field::connection]}.exists("upgrade") &&
           http::token_list{fields[http::field::upgrade]}.exists("websocket");
}

/// Why an upgrade is none of Engine.IO's business; nullopt when it is.
std::optional<http_reply> refuse_upgrade(http_fields const& fields, engineio::request_facts const& facts,
                                         engineio::engine_config const& config) {
    if (!websocket::is_valid_key(view(fields[http::field::sec_websocket_key])) ||
        !websocket::is_supported_version(view(fields[http::field::sec_websocket_version])))
        return http_reply{400, {{"Sec-WebSocket-Version", "13"}}, {}};
    // Without a list nobody has said which pages are foreign; tokens, not origins, protect the namespaces then.
    if (!config.cors.origins.empty() &&
        !engineio::origin_allowed_for_websocket(config.cors, facts.origin, view(fields[http::field::host])))
        return to_reply(engineio::upgrade_error({engineio::refusal_code::forbidden}));
    return std::nullopt;
}

std::optional<std::string_view> field(http_fields const& fields, http::field name) {
    auto found = fields.find(name);
    return found == fields.end() ? std::nullopt : std::optional{view(found->value())};
}

/// What a request that could not be read is answered with; 0: nothing, because nobody listens any more.
unsigned status_for(beast::error_code ec) {
    if (!ec || ec == http::error::end_of_stream || ec == http::error::partial_message) return 0;
    if (ec == http::error::header_limit) return 431;
    if (ec == http::error::body_limit) return 413;
    return ec.category() == make_error_code(http::error::bad_method).category() ? 400 : 0;
}

/// Beast compares a Content-Length with the limit only while it reads the head.
bool limit_body(request_parser& parser, std::uint64_t bytes) {
    parser.body_limit(bytes);
    return !parser.content_length() || *parser.content_length() <= bytes;
}

asio::awaitable<void> http_connection::run() {
    for (;;) {
        request_parser parser;
        parser.header_limit(shard_.config().max_header_bytes);
        parser.body_limit(boost::none); // set when the head has told whose the body is
        stream_.expires_after(shard_.config().http_idle_timeout);
        auto [ec, n] = co_await http::async_read_header(stream_, buffer_, parser, as_result);
        if (auto status = status_for(ec)) co_await refuse(status, parser.get());
        if (ec) co_return;
        stream_.expires_after(shard_.config().http_read_timeout);
        auto query = engineio::parse_request(view(parser.get().target()), shard_.config().engine.path);
        next after = query ? co_await serve_engine(parser, std::move(*query)) : co_await serve_route(parser);
        if (after == next::leave) {
            if (!parser.is_done()) co_await drain();
            co_return;
        }
    }
}

/// Reads away the rest of a body that nobody wanted. Closing on it would reset the connection, and the answer that said
/// so could be lost with it.
asio::awaitable<void> http_connection::drain() {
    beast::error_code ec;
    stream_.expires_after(shard_.config().linger);
    buffer_.clear();
    while (!ec) {
        auto room = buffer_.prepare(drain_bytes);
        std::tie(ec, std::ignore) = co_await stream_.async_read_some(room, as_result);
    }
}

/// Of each request anew: a proxy sends those of many clients over one connection.
std::string http_connection::client_of(http_fields const& fields) const {
    auto const& trusted = shard_.config().trusted_proxies;
    if (trusted.empty()) return address_;
    std::string forwarded;
    for (auto [at, end] = fields.equal_range("X-Forwarded-For"); at != end; ++at)
        forwarded.append(forwarded.empty() ? "" : ",").append(view(at->value()));
    return client_address(address_, forwarded, trusted);
}

http_request http_connection::describe(http_fields const& fields) const {
    http_request r{std::string{view(fields.method_string())}, std::string{view(fields.target())}, {}, {}};
    r.opening.address = client_of(fields);
    if (auto at = r.target.find('?'); at != std::string::npos) r.opening.query = r.target.substr(at + 1);
    for (auto const& f : fields)
        r.opening.headers.append(view(f.name_string())).append(": ").append(view(f.value())).append("\r\n");
    r.opening.secure = stream_.is_secure();
    r.opening.at = shard_.clock().now().wall;
    return r;
}

// ---- plain routes

asio::awaitable<http_connection::next> http_connection::serve_route(request_parser& parser) {
    beast::error_code ec = http::error::body_limit;
    if (limit_body(parser, shard_.config().max_body_bytes))
        std::tie(ec, std::ignore) = co_await http::async_read(stream_, buffer_, parser, as_result);
    if (auto status = status_for(ec)) co_await refuse(status, parser.get());
    if (ec) co_return next::leave;
    http_request request = describe(parser.get());
    request.body = std::move(parser.get().body());
    auto slot = std::make_shared<reply_slot>(shard_);
    stream_.expires_never();
    shard_.routes().dispatch(shard_, request, reply_slot::handler(slot));
    co_await slot->ready();
    http_reply reply = slot->take();
    // Whoever wanted a WebSocket here waits for an end, not for another request.
    if (asks_for_websocket(parser.get())) reply.after = http_reply::connection::close;
    co_return co_await write(std::move(reply), parser.get());
}

// ---- Engine.IO

shard* http_connection::owner_of(engineio::request_query const& query) const {
    // Without a sid, or with one that names no shard of ours, this shard answers.
    auto named = query.sid.empty() ? std::nullopt : engineio::shard_of(query.sid);
    return named && *named < shard_.of().size() ? &shard_.of().at(*named) : &shard_;
}

asio::awaitable<http_connection::next> http_connection::serve_engine(request_parser& parser,
                                                                     engineio::request_query query) {
    http_fields const& fields = parser.get();
    auto const& config = shard_.config().engine;
    http_request request = describe(fields);
    auto method = method_of(fields.method());
    engineio::cors_request asked{fields.method() == http::verb::options ? engineio::cors_request::kind::preflight
                                                                        : engineio::cors_request::kind::actual,
                                 field(fields, http::field::origin),
                                 field(fields, http::field::access_control_request_headers)};
    auto cors = engineio::decide_cors(config.cors, asked);
    bool upgrade = asks_for_websocket(fields) && method == engineio::http_method::get;
    engineio::request_facts facts{
        method, upgrade ? engineio::connection_wish::websocket_upgrade : engineio::connection_wish::plain_http,
        asked.origin};
    http_reply reply;
    std::expected<admission, http_reply> admitted; // a request that names a session needs none
    if (cors.preflight_status) {
        reply = {*cors.preflight_status, {}, {}};
    } else if (auto refused = upgrade ? refuse_upgrade(fields, facts, config) : std::nullopt) {
        reply = std::move(*refused);
    } else if (query.sid.empty() && !(admitted = co_await admit(request, query, facts))) {
        reply = std::move(admitted.error());
    } else if (upgrade) {
        co_return hand_over_websocket(std::move(request), std::move(query), fields, std::move(*admitted));
    } else if (method == engineio::http_method::get) {
        auto answered = co_await forward_get(request, query, std::move(*admitted));
        if (!answered) co_return next::leave;
        reply = std::move(*answered);
    } else if (method == engineio::http_method::post) {
        reply = co_await forward_post(parser, request, query);
    } else {
        auto slot = std::make_shared<reply_slot>(shard_);
        shard* owner = owner_of(query);
        owner->post([owner, facts, query, answer = reply_slot::handler(slot)]() mutable {
            answer(owner->sessions().refuse(facts, query));
        });
        co_await slot->ready();
        reply = slot->take();
    }
    // A body that nobody has read may follow, or whoever asked waits for an end and not for another request.
    if (upgrade || !parser.is_done()) reply.after = http_reply::connection::close;
    dress(reply, query, request, config.http_compression, shard_.compressor());
    for (auto& h : cors.headers)
        reply.headers.emplace_back(h.name, std::move(h.value));
    co_return co_await write(std::move(reply), fields);
}

/// Lets a new session be made, or says why not. Nothing has been allocated for it so far.
asio::awaitable<std::expected<admission, http_reply>> http_connection::admit(http_request const& request,
                                                                             engineio::request_query const& query,
                                                                             engineio::request_facts facts) {
    auto const& config = shard_.config().engine;
    bool upgrade = facts.wish == engineio::connection_wish::websocket_upgrade;
    auto refusal = [upgrade](engineio::refusal why, std::string_view text = {}) {
        return std::unexpected{
            to_reply(upgrade ? engineio::upgrade_error(why, text) : engineio::http_error(why, text))};
    };
    auto step = engineio::verify_before_admission(facts, query, std::nullopt, config);
    if (!step) co_return refusal(step.error());
    mono_time now = shard_.clock().now().mono;
    // Below Socket.IO, where official clients go on trying: a refused namespace would stop them for good.
    if (shard_.of().gate() && !shard_.of().gate()(request.opening.address, now)) {
        http_reply too_many{429, {{"Retry-After", "60"}}, {}, http_reply::connection::close};
        co_return std::unexpected{std::move(too_many)};
    }
    auto ticket = shard_.of().handshakes().admit(now);
    if (!ticket) {
        http_reply busy{503, {{"Retry-After", std::to_string(ticket.error().count())}}, {}};
        busy.after = http_reply::connection::close;
        co_return std::unexpected{std::move(busy)};
    }
    admission admitted{std::move(*ticket), {}};
    if (shard_.of().allow_request()) {
        auto decided = co_await ask_hook(request);
        if (!decided) co_return refusal({engineio::refusal_code::bad_request}); // nobody reads it any more
        if (decided->status == 403) shard_.figures().handshakes_forbidden.add(1);
        if (decided->status == 403) co_return refusal({engineio::refusal_code::forbidden}, decided->body);
        if (decided->status == 400)
            co_return refusal({engineio::refusal_code::bad_request, engineio::refusal_context::middleware_failure});
        if (decided->status != 200) co_return std::unexpected{std::move(*decided)};
        admitted.headers = std::move(decided->headers);
    }
    auto spoken = engineio::verify_revision(query, config);
    if (!spoken) co_return refusal(spoken.error());
    co_return admitted;
}

/// What admission_decision tells, 400 when the hook throws, nullopt when the client went away first.
asio::awaitable<std::optional<http_reply>> http_connection::ask_hook(http_request const& request) {
    auto slot = std::make_shared<reply_slot>(shard_);
    try {
        shard_.of().allow_request()(request, admission_decision{reply_slot::handler(slot)});
    } catch (std::exception const& e) {
        spdlog::error("allow_request: {}", e.what());
        co_return http_reply{400, {}, {}};
    }
    stream_.expires_never();
    co_return co_await wait_for(slot);
}

asio::awaitable<std::optional<http_reply>>
http_connection::forward_get(http_request const& request, engineio::request_query const& query, admission admitted) {
    static thread_local std::uint64_t polls = 0;
    std::uint64_t poll_id = ++polls << 8 | (shard_.index() & 255); // unique among the connections that poll one session
    auto slot = std::make_shared<reply_slot>(shard_);
    shard* owner = owner_of(query);
    auto sid = engineio::session_id::parse(query.sid);
    if (owner == &shard_)
        owner->sessions().get(request, query, poll_id, reply_slot::handler(slot), std::move(admitted));
    else
        owner->post([owner, poll_id, request, query, answer = reply_slot::handler(slot)]() mutable {
            owner->sessions().get(request, query, poll_id, std::move(answer), {});
        });
    stream_.expires_never();
    auto reply = co_await wait_for(slot);
    if (!reply && sid) owner->post([owner, sid = *sid, poll_id] { owner->sessions().poll_aborted(sid, poll_id); });
    co_return reply;
}

/// The reply, or nullopt when the client went away first: a parked poll must notice at once.
asio::awaitable<std::optional<http_reply>> http_connection::wait_for(std::shared_ptr<reply_slot> slot) {
    using namespace asio::experimental::awaitable_operators;
    while (!slot->is_filled()) {
        auto outcome = co_await (slot->ready() || stream_.socket().async_wait(tcp::socket::wait_read, as_result));
        if (outcome.index() != 1 || slot->is_filled()) continue;
        auto client = stream_.look();
        if (client == http_stream::peer::gone) co_return std::nullopt;
        // The client pipelined its next request: it is still there.
        if (client == http_stream::peer::speaks) co_await slot->ready();
    }
    co_return slot->take();
}

/// A slow upload is a sign of life, long before it is a message.
asio::awaitable<beast::error_code> http_connection::read_body(request_parser& parser, shard* owner,
                                                              engineio::session_id sid) {
    beast::error_code ec;
    while (!ec && !parser.is_done()) {
        std::tie(ec, std::ignore) = co_await http::async_read_some(stream_, buffer_, parser, as_result);
        if (ec || parser.is_done()) break;
        if (owner == &shard_)
            owner->sessions().heard(sid);
        else
            owner->post([owner, sid] { owner->sessions().heard(sid); });
    }
    co_return ec;
}

asio::awaitable<http_reply> http_connection::forward_post(request_parser& parser, http_request const& request,
                                                          engineio::request_query const& query) {
    shard* owner = owner_of(query);
    auto begun = std::make_shared<reply_slot>(shard_);
    auto start = [owner, query, origin = std::string{request.header("origin")}, reset = resetter(),
                  answer = reply_slot::handler(begun)]() mutable {
        engineio::request_facts facts{engineio::http_method::post, engineio::connection_wish::plain_http, std::nullopt};
        if (!origin.empty()) facts.origin = origin;
        http_reply refusal;
        if (owner->sessions().begin_post(facts, query, std::move(reset), refusal) == engine::post_start::read_body)
            refusal.status = 100; // read on
        answer(std::move(refusal));
    };
    if (owner == &shard_)
        start();
    else
        owner->post(std::move(start));
    co_await begun->ready();
    http_reply first = begun->take();
    if (first.status != 100) co_return first; // its body stays unread
    auto sid = *engineio::session_id::parse(query.sid);
    if (request.header("expect") == "100-continue") {
        http::response<http::empty_body> go_on{http::status::continue_, 11};
        co_await http::async_write(stream_, go_on, as_result);
    }
    auto limit = shard_.config().engine.max_payload;
    beast::error_code ec = http::error::body_limit;
    if (limit_body(parser, limit ? limit : std::numeric_limits<std::uint64_t>::max()))
        ec = co_await read_body(parser, owner, sid);
    bool octets = request.header("content-type") == "application/octet-stream";
    bool v4 = query.revision == engineio::protocol_revision::v4;
    if (ec || (octets && v4)) {
        bool too_large = ec == http::error::body_limit; // the session survives that
        auto how = too_large ? engineio::request_end::answered : engineio::request_end::aborted;
        owner->post([owner, sid, how] { owner->sessions().post_failed(sid, how); });
        first.status = too_large ? 413 : 400;
        co_return first;
    }
    std::string body = query.jsonp ? engineio::jsonp_payload(parser.get().body()) : std::move(parser.get().body());
    auto form = v4       ? engineio::payload_form::v4
                : octets ? engineio::payload_form::v3_binary
                         : engineio::payload_form::v3_text;
    auto slot = std::make_shared<reply_slot>(shard_);
    if (owner == &shard_)
        owner->sessions().post(sid, request.opening, body, form, reply_slot::handler(slot));
    else
        owner->post([owner, sid, form, head = request.opening, body = std::move(body),
                     answer = reply_slot::handler(slot)]() mutable {
            owner->sessions().post(sid, head, body, form, std::move(answer));
        });
    co_await slot->ready();
    co_return slot->take();
}

/// Ends this connection under a body that is still coming; from any thread, and harmless when it has gone.
task http_connection::resetter() {
    return [self = self_, home = &shard_] {
        home->post([self] {
            if (*self) (*self)->stream_.close();
        });
    };
}

http_connection::next http_connection::hand_over_websocket(http_request request, engineio::request_query query,
                                                           http_fields const& fields, admission admitted) {
    websocket_request handshake;
    boost::system::error_code ec;
    // Asio lets go of the descriptor; from here on the session's shard owns it.
    handshake.connection = stream_.release(ec);
    if (ec) return next::leave;
    handshake.admitted = std::move(admitted);
    handshake.accept_key = websocket::accept_key(view(fields[http::field::sec_websocket_key]));
    handshake.protocol = websocket::first_protocol(view(fields[http::field::sec_websocket_protocol]));
    handshake.bytes_behind.assign(static_cast<char const*>(buffer_.data().data()), buffer_.size());
    handshake.opening = std::move(request.opening);
    handshake.query = std::move(query);
    shard* owner = owner_of(handshake.query);
    auto give = [owner, handshake = std::move(handshake)]() mutable {
        handshake.facts = {engineio::http_method::get, engineio::connection_wish::websocket_upgrade, std::nullopt};
        if (auto origin = handshake.opening.header("origin"); !origin.empty()) handshake.facts.origin = origin;
        owner->sessions().websocket(std::move(handshake));
    };
    if (owner == &shard_)
        give();
    else
        owner->post(std::move(give));
    return next::leave;
}

asio::awaitable<void> http_connection::refuse(unsigned status, http_fields const& asked) {
    http_reply reply;
    reply.status = status;
    reply.after = http_reply::connection::close;
    co_await write(std::move(reply), asked);
}

asio::awaitable<http_connection::next> http_connection::write(http_reply reply, http_fields const& asked) {
    http::response<http::string_body> response{static_cast<http::status>(reply.status), asked.version()};
    for (auto& [name, value] : reply.headers)
        response.insert(name, value);
    response.keep_alive(reply.after == http_reply::connection::as_asked && asked.keep_alive());
    bool is_head = asked.method() == http::verb::head;
    response.content_length(reply.body.size());
    if (!is_head) response.body() = std::move(reply.body);
    stream_.expires_after(shard_.config().http_read_timeout);
    beast::error_code ec;
    if (is_head) {
        http::response_serializer<http::string_body> head{response};
        std::tie(ec, std::ignore) = co_await http::async_write_header(stream_, head, as_result);
    } else {
        std::tie(ec, std::ignore) = co_await http::async_write(stream_, response, as_result);
    }
    if (ec) co_return next::leave;
    if (response.keep_alive()) co_return next::keep_reading;
    stream_.finish();
    co_return next::leave;
}

} // namespace

asio::awaitable<void> serve_http(shard& on, tcp::socket connection) {
    http_connection served{on, std::move(connection)};
    co_await served.run();
}

} // namespace ringback::net
