#pragma once

#include "base/clock.hpp"
#include "engineio/connection.hpp"
#include "net/server.hpp"
#include "net/shard.hpp"
#include "unit/net/raw_client.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::testing {

/// A server that speaks Engine.IO alone, on a free port of the loopback interface. Its sessions send back what they
/// get, unless a test says otherwise, and keep what happened to them.
class engine_server {
public:
    explicit engine_server(std::function<void(net::server_config&)> adjust = nullptr)
        : server{config(std::move(adjust)), clock} {
        for (std::uint32_t i = 0; i < server.size(); ++i)
            server.at(i).set_session_factory(
                [this](engineio::connection& c) { return std::make_unique<session>(*this, c); });
    }
    ~engine_server() { server.stop(); }

    std::uint16_t port() {
        if (server.bound().empty()) server.start();
        return server.bound()[0].port;
    }
    /// Why sessions ended, in the order of their ends; waits up to five seconds for the first `count`.
    std::vector<engineio::close_reason> ends(std::size_t count) {
        return wait([&] { return ends_.size() >= count; }), std::scoped_lock{mutex_}, ends_;
    }
    /// What sessions got; likewise.
    std::vector<std::string> messages(std::size_t count) {
        return wait([&] { return messages_.size() >= count; }), std::scoped_lock{mutex_}, messages_;
    }

    std::function<void(engineio::connection&)> on_open = [](engineio::connection&) {};
    std::function<void(engineio::connection&, std::string_view)> on_text =
        [](engineio::connection& c, std::string_view text) { c.send(text_message(text)); };
    std::function<void(engineio::connection&, std::string_view)> on_binary = [](engineio::connection& c,
                                                                                std::string_view bytes) {
        c.send(websocket::make_frame(websocket::opcode::binary, bytes));
    };

    static websocket::frame_ptr text_message(std::string_view text) {
        return websocket::make_frame(websocket::opcode::text, "4" + std::string{text});
    }

    system_clock_source clock;
    net::server server;

private:
    class session final : public engineio::session_handler {
    public:
        session(engine_server& of, engineio::connection& below) : of_{of}, below_{below} { of.on_open(below); }
        void on_text(std::string_view text) override {
            of_.keep(text);
            of_.on_text(below_, text);
        }
        void on_binary(std::string_view bytes) override {
            of_.keep(bytes);
            of_.on_binary(below_, bytes);
        }
        void on_closed(engineio::close_reason why, moment) override {
            std::scoped_lock lock{of_.mutex_};
            of_.ends_.push_back(why);
        }
        [[nodiscard]] mono_time deadline() const override { return mono_time::max(); }
        void on_deadline(mono_time) override {}

    private:
        engine_server& of_;
        engineio::connection& below_;
    };

    static net::server_config config(std::function<void(net::server_config&)> adjust) {
        net::server_config c;
        c.listen = {{"127.0.0.1", 0}};
        c.engine.path = "/engine.io/";
        c.engine.ping_interval = std::chrono::minutes{1};
        if (adjust) adjust(c);
        return c;
    }
    void keep(std::string_view message) {
        std::scoped_lock lock{mutex_};
        messages_.emplace_back(message);
    }
    template <class Condition>
    void wait(Condition met) {
        auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{5};
        while (std::chrono::steady_clock::now() < deadline) {
            if (std::scoped_lock lock{mutex_}; met()) return;
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
    }

    std::mutex mutex_;
    std::vector<engineio::close_reason> ends_;
    std::vector<std::string> messages_;
};

/// A client's frame. The mask is 0, which leaves the bytes as they are.
inline std::string masked_frame(char opcode, std::string_view payload) {
    std::string f{static_cast<char>(0x80 | opcode)};
    if (payload.size() < 126) {
        f += static_cast<char>(0x80 | payload.size());
    } else if (payload.size() < 65'536) {
        f += "\xfe";
        f += static_cast<char>(payload.size() >> 8);
        f += static_cast<char>(payload.size());
    } else {
        f += "\xff";
        for (int shift = 56; shift >= 0; shift -= 8)
            f += static_cast<char>(payload.size() >> shift);
    }
    return f.append(4, '\0').append(payload);
}
inline std::string text_frame(std::string_view payload) { return masked_frame(1, payload); }
inline std::string binary_frame(std::string_view payload) { return masked_frame(2, payload); }
/// A short frame as the server sends it.
inline std::string from_server(char opcode, std::string_view payload) {
    return std::string{static_cast<char>(0x80 | opcode)} + static_cast<char>(payload.size()) + std::string{payload};
}

inline std::string upgrade_request(std::string_view target, std::string_view headers = {}) {
    return "GET " + std::string{target} +
           " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
           std::string{headers} + "\r\n";
}

/// The sid in an open packet, however that is packed.
inline std::string sid_in(std::string_view reply) {
    auto at = reply.find("\"sid\":\"");
    if (at == reply.npos) throw std::runtime_error{"no sid in: " + std::string{reply}};
    return std::string{reply.substr(at + 7, 20)};
}
inline std::string body_of(std::string_view reply) { return std::string{reply.substr(reply.find("\r\n\r\n") + 4)}; }

} // namespace ringback::testing
