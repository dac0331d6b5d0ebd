#pragma once

#include "engineio/connection.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ringback::testing {

/// An Engine.IO session without a transport: remembers what the layer above sends.
class recording_connection final : public engineio::connection {
public:
    void send(websocket::frame_ptr message) override {
        compressions.push_back(message->payload_is());
        bool is_text = message->opcode() == websocket::opcode::text;
        sent.push_back(is_text ? std::string{message->payload()} : "<" + std::string{message->payload()} + ">");
    }
    void close(engineio::close_reason why) override { closed = why; }
    [[nodiscard]] bool is_idle() const override { return idle; }
    [[nodiscard]] std::size_t buffered_bytes() const override { return 0; }
    [[nodiscard]] engineio::opening_request const& request() const override { return opening; }

    [[nodiscard]] std::string_view sid() const override { return "engine-sid-012345678"; }

    /// What was sent since the last call.
    std::vector<std::string> take() {
        compressions.clear();
        return std::exchange(sent, {});
    }

    engineio::opening_request opening{.address = "127.0.0.1", .query = {}, .headers = {}, .at = {}, .secure = false};
    std::vector<std::string> sent;
    std::vector<websocket::compression> compressions; ///< of each in sent
    std::optional<engineio::close_reason> closed;
    bool idle = true;
};

} // namespace ringback::testing
