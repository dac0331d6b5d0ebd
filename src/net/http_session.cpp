#include "net/http_session.hpp"

#include "engineio/cors.hpp"
#include "engineio/jsonp.hpp"
#include "net/client_address.hpp"
#include "net/engine.hpp"
#include "net/http_routes.hpp"
#include "net/poll_answer.hpp"
#include "net/reply_slot.hpp"
#include "net/server.hpp"
#include "net/shard.hpp"
#include "websocket/handshake.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

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
using request_parser = http::request_parser<http::string_body>;
using http_fields = http::request<http::string_body>;

std::string_view view(boost::string_view s) { return {s.data(), s.size()}; }

/// One connection, for as long as it speaks HTTP.
class http_connection {
public:
    http_connection(http_connection const&) = delete;
    http_connection& operator=(http_connection const&) = delete;
    ~http_connection() { *self_ = nullptr; }
    http_connection(shard& on, tcp::socket socket) : shard_{on}, stream_{std::move(socket)} {
        boost::system::error_code ec;
        address_ = stream_.socket().remote_endpoint(ec).address().to_string();
    }

    asio::awaitable<void> run();

private:
    enum class next { keep_reading, leave };

    asio::awaitable<next> serve_engine(request_parser& parser, engineio::request_query query);
    asio::awaitable<next> serve_route(request_parser& parser);
    asio::awaitable<std::optional<http_reply>> forward_get(http_request const& request,
                                                           engineio::request_query const& query);
    asio::awaitable<http_reply> forward_post(request_parser& parser, http_request const& request,
                                             engineio::request_query const& query);
    asio::awaitable<std::optional<http_reply>> wait_for(std::shared_ptr<reply_slot> slot);
    next hand_over_websocket(http_request request, engineio::request_query query, http_fields const& fields);
    // A reply is always a named object before it is passed on: GCC 12 destroys a temporary that is initialised by
    // braces inside a co_await expression twice (server_test, RefusesWhatIsNotHttpOrTooLarge, shows it).
    asio::awaitable<next> write(http_reply reply, http_fields const& asked);
    asio::awaitable<void> refuse(unsigned status, http_fields const& asked);
    [[nodiscard]] std::string client_of(http_fields const& fields) const;
    [[nodiscard]] http_request describe(http_fields const& fields) const;
    [[nodiscard]] task resetter();
    [[nodiscard]] shard* owner_of(engineio::request_query const& query) const;

    shard& shard_;
    beast::tcp_stream stream_;
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
        auto query = engineio::parse_request(view(parser.get().target()), shard_.config().engine_path);
        next after = query ? co_await serve_engine(parser, std::move(*query)) : co_await serve_route(parser);
        if (after == next::leave) co_return;
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
    http_reply reply;
    if (cors.preflight_status) {
        reply = {*cors.preflight_status, {}, {}};
    } else if (query.sid.empty() && shard_.of().gate() &&
               !shard_.of().gate()(request.opening.address, shard_.clock().now().mono)) {
        // Below Socket.IO, where official clients go on trying: a refused namespace would stop them for good.
        reply = {429, {{"Retry-After", "60"}}, {}, http_reply::connection::close};
    } else if (asks_for_websocket(fields) && method == engineio::http_method::get) {
        co_return hand_over_websocket(std::move(request), std::move(query), fields);
    } else if (method == engineio::http_method::get) {
        auto answered = co_await forward_get(request, query);
        if (!answered) co_return next::leave;
        reply = std::move(*answered);
    } else if (method == engineio::http_method::post) {
        reply = co_await forward_post(parser, request, query);
    } else {
        engineio::request_facts facts{method, engineio::connection_wish::plain_http, asked.origin};
        auto slot = std::make_shared<reply_slot>(shard_);
        shard* owner = owner_of(query);
        owner->post([owner, facts, query, answer = reply_slot::handler(slot)]() mutable {
            answer(owner->sessions().refuse(facts, query));
        });
        co_await slot->ready();
        reply = slot->take();
        reply.after = http_reply::connection::close; // a body may follow that nobody reads
    }
    dress(reply, query, request);
    for (auto& h : cors.headers)
        reply.headers.emplace_back(h.name, std::move(h.value));
    co_return co_await write(std::move(reply), fields);
}

asio::awaitable<std::optional<http_reply>> http_connection::forward_get(http_request const& request,
                                                                        engineio::request_query const& query) {
    static thread_local std::uint64_t polls = 0;
    std::uint64_t poll_id = ++polls << 8 | (shard_.index() & 255); // unique among the connections that poll one session
    auto slot = std::make_shared<reply_slot>(shard_);
    shard* owner = owner_of(query);
    auto sid = engineio::session_id::parse(query.sid);
    if (owner == &shard_)
        owner->sessions().get(request, query, poll_id, reply_slot::handler(slot));
    else
        owner->post([owner, poll_id, request, query, answer = reply_slot::handler(slot)]() mutable {
            owner->sessions().get(request, query, poll_id, std::move(answer));
        });
    stream_.expires_never();
    auto reply = co_await wait_for(slot);
    if (!reply && sid) owner->post([owner, sid = *sid, poll_id] { owner->sessions().poll_aborted(sid, poll_id); });
    co_return reply;
}

/// The reply, or nullopt when the client went away first: a parked poll must notice at once.
asio::awaitable<std::optional<http_reply>> http_connection::wait_for(std::shared_ptr<reply_slot> slot) {
    using namespace asio::experimental::awaitable_operators;
    if (!slot->is_filled()) {
        auto outcome = co_await (slot->ready() || stream_.socket().async_wait(tcp::socket::wait_read, as_result));
        if (outcome.index() == 1 && !slot->is_filled()) {
            char byte;
            ssize_t n = ::recv(stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
            if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)) co_return std::nullopt;
            co_await slot->ready(); // the client pipelined its next request: it is still there
        }
    }
    co_return slot->take();
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
    if (first.status != 100) {
        first.after = http_reply::connection::close; // its body stays unread
        co_return first;
    }
    auto sid = *engineio::session_id::parse(query.sid);
    if (request.header("expect") == "100-continue") {
        http::response<http::empty_body> go_on{http::status::continue_, 11};
        co_await http::async_write(stream_, go_on, as_result);
    }
    auto limit = shard_.config().engine.max_payload;
    beast::error_code ec = http::error::body_limit;
    if (limit_body(parser, limit ? limit : std::numeric_limits<std::uint64_t>::max()))
        std::tie(ec, std::ignore) = co_await http::async_read(stream_, buffer_, parser, as_result);
    bool octets = request.header("content-type") == "application/octet-stream";
    bool v4 = query.revision == engineio::protocol_revision::v4;
    if (ec || (octets && v4)) {
        bool too_large = ec == http::error::body_limit; // the session survives that
        auto how = too_large ? engineio::request_end::answered : engineio::request_end::aborted;
        owner->post([owner, sid, how] { owner->sessions().post_failed(sid, how); });
        first.status = too_large ? 413 : 400;
        first.after = http_reply::connection::close;
        co_return first;
    }
    std::string body = query.jsonp ? engineio::jsonp_payload(parser.get().body()) : std::move(parser.get().body());
    auto form = v4       ? engineio::payload_form::v4
                : octets ? engineio::payload_form::v3_binary
                         : engineio::payload_form::v3_text;
    auto slot = std::make_shared<reply_slot>(shard_);
    auto deliver = [owner, sid, form, body = std::move(body), answer = reply_slot::handler(slot)]() mutable {
        owner->sessions().post(sid, body, form, std::move(answer));
    };
    if (owner == &shard_)
        deliver();
    else
        owner->post(std::move(deliver));
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
                                                           http_fields const& fields) {
    websocket_request handshake;
    auto key = view(fields[http::field::sec_websocket_key]);
    bool valid = websocket::is_valid_key(key) &&
                 websocket::is_supported_version(view(fields[http::field::sec_websocket_version]));
    boost::system::error_code ec;
    // Asio lets go of the descriptor; from here on the session's shard owns it.
    handshake.connection = unique_fd{stream_.release_socket().release(ec)};
    if (ec) return next::leave;
    if (!valid) {
        std::string_view refusal = "HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13\r\nConnection: close\r\n"
                                   "Content-Length: 0\r\n\r\n";
        (void)::send(handshake.connection.get(), refusal.data(), refusal.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        return next::leave;
    }
    handshake.accept_key = websocket::accept_key(key);
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
    stream_.socket().shutdown(tcp::socket::shutdown_send, ec);
    co_return next::leave;
}

} // namespace

asio::awaitable<void> serve_http(shard& on, tcp::socket connection) {
    http_connection served{on, std::move(connection)};
    co_await served.run();
}

} // namespace ringback::net
