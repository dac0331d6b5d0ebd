#include "engine_fixtures.hpp"

#include "base/json_text.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace conformance {

using namespace ringback;
using namespace std::chrono_literals;

namespace {

class echo : public engineio::session_handler {
public:
    explicit echo(engineio::connection& session) : session_{session} {}
    void on_text(std::string_view message) override { send_text(message); }
    void on_binary(std::string_view message) override {
        session_.send(websocket::make_frame(websocket::opcode::binary, message));
    }
    void on_closed(engineio::close_reason, moment) override {}
    [[nodiscard]] mono_time deadline() const override { return mono_time::max(); }
    void on_deadline(mono_time) override {}

protected:
    void send_text(std::string_view message) {
        session_.send(websocket::make_frame(websocket::opcode::text, "4" + std::string{message}));
    }
    engineio::connection& session_;
};

/// A request's headers as a JSON object with names in lower case, as Node.js shows them.
std::string json_of(engineio::opening_request const& request) {
    std::string json = "{";
    std::string_view rest = request.headers;
    while (!rest.empty()) {
        std::string_view line = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(std::min(rest.size(), line.size() + 2));
        std::size_t colon = std::min(line.find(": "), line.size());
        std::string name{line.substr(0, colon)};
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
        if (json.size() > 1) json += ',';
        append_json_string(json, name);
        json += ':';
        append_json_string(json, line.substr(std::min(line.size(), colon + 2)));
    }
    return json += '}';
}

class client_suite final : public echo {
public:
    explicit client_suite(engineio::connection& session) : echo{session} { send_text("hi"); }
    void on_text(std::string_view message) override {
        if (message == "give binary") return on_binary({"\0\1\2\3\4", 5});
        if (message == "give utf8") return send_text("пойду спать всем спокойной ночи");
        if (message == "sendHeaders" && session_.carrier()) return send_text(json_of(*session_.carrier()));
        send_text(message);
    }
};

template <class Session>
void serve(net::server& server) {
    for (std::uint32_t i = 0; i < server.size(); ++i)
        server.at(i).set_session_factory([](engineio::connection& c) { return std::make_unique<Session>(c); });
}

} // namespace

void serve_engine_echo(net::server& server) { serve<echo>(server); }

void configure_engine_client_suite(net::server_config& config) {
    config.engine.ping_interval = 500ms;
    config.engine.ping_timeout = 20s;
    config.engine.max_payload = 100;
    config.engine.cors = {};
}

void serve_engine_client_suite(net::server& server) {
    serve<client_suite>(server);
    server.set_allow_request([](net::http_request const& request, net::admission_decision decision) {
        if (request.opening.query.find("deny") != std::string::npos) return decision.refuse();
        decision.allow({{"Set-Cookie", "1=1; Max-Age=86400"},
                        {"Set-Cookie", "2=2; Path=/; HttpOnly; Secure; SameSite=Strict"},
                        {"Set-Cookie", "3=3; Max-Age=0"},
                        {"Set-Cookie", "4=4; Expires=Thu, 01 Jan 2026 00:00:00 GMT"}});
    });
}

} // namespace conformance
