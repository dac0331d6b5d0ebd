#pragma once

#include "engineio/connection.hpp"
#include "socketio/client.hpp"
#include "socketio/hub.hpp"
#include "socketio/json_value.hpp"
#include "socketio/json_view.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ringback::gateway::testing {

/// A member of a JSON object, raw; empty when it is not there.
inline std::string member(std::string_view object, std::string_view name) {
    return std::string{socketio::find_member(object, name).value_or("")};
}
inline std::string text(std::string_view object, std::string_view name) {
    return socketio::string_value(member(object, name)).value_or("");
}

/// A client on one namespace over a connection that records what it is sent.
class phone final : public engineio::connection {
public:
    phone(socketio::hub& hub, std::string nsp, engineio::opening_request request = {})
        : hub_{hub},
          nsp_{std::move(nsp)},
          request_{std::move(request)},
          client_{std::make_unique<socketio::client>(hub, *this, hub.now().mono)} {
        if (request_.address.empty()) request_.address = "192.0.2.1";
    }

    /// `auth`: the payload of CONNECT.
    void join(std::string_view auth) { client_->on_text("0" + nsp_ + "," + std::string{auth}); }
    void emit(std::string_view event, std::string_view args) { send_event("", event, args); }
    /// With a request for an acknowledgement, which asked() gives.
    void ask(std::string_view event, std::string_view args) { send_event(std::to_string(++acks_), event, args); }
    void leave() { client_->on_text("1" + nsp_ + ","); }
    void drop() { close_transport(engineio::close_reason::transport_close, hub_.now()); }
    void close_transport(engineio::close_reason why, moment lost_at) {
        if (!std::exchange(is_open_, false)) return;
        client_->on_closed(why, lost_at);
    }

    /// The payload of the next event; empty when the next packet is another one, which stays.
    std::string next(std::string_view event) { return take("42" + nsp_ + ",[\"" + std::string{event} + "\",", "]"); }
    /// The acknowledgement of the last ask().
    std::string acknowledgement() { return take("43" + nsp_ + "," + std::to_string(acks_) + "[", "]"); }
    std::string connect_error() { return take("44" + nsp_ + ",", ""); }
    bool joined() { return !take("40" + nsp_ + ",", "").empty(); }
    bool was_disconnected() {
        if (packets_.empty() || packets_.front() != "41" + nsp_ + ",") return false;
        packets_.pop_front();
        return true;
    }
    /// What came and was not taken, for the message of a failed test too.
    [[nodiscard]] std::string rest() const {
        std::string all;
        for (auto const& p : packets_)
            all += p + "\n";
        return all;
    }
    void forget() { packets_.clear(); }
    [[nodiscard]] std::optional<engineio::close_reason> closed_for() const { return closing_; }

    void send(websocket::frame_ptr message) override {
        if (!closing_) packets_.emplace_back(message->payload());
    }
    void close(engineio::close_reason why) override { closing_ = why; }
    [[nodiscard]] bool is_idle() const override { return true; }
    [[nodiscard]] std::string_view sid() const override { return "engine-sid-012345678"; }
    [[nodiscard]] std::size_t buffered_bytes() const override { return 0; }
    [[nodiscard]] engineio::opening_request const& request() const override { return request_; }

private:
    void send_event(std::string const& ack, std::string_view event, std::string_view args) {
        std::string packet = "2" + nsp_ + "," + ack + "[\"" + std::string{event} + "\"";
        if (!args.empty()) packet.append(",").append(args);
        client_->on_text(packet + "]");
    }
    std::string take(std::string const& start, std::string_view end) {
        if (packets_.empty() || !packets_.front().starts_with(start)) return {};
        std::string packet = std::move(packets_.front());
        packets_.pop_front();
        return packet.substr(start.size(), packet.size() - start.size() - end.size());
    }

    socketio::hub& hub_;
    std::string nsp_;
    engineio::opening_request request_;
    std::deque<std::string> packets_;
    std::optional<engineio::close_reason> closing_;
    bool is_open_ = true;
    int acks_ = 0;
    std::unique_ptr<socketio::client> client_;
};

} // namespace ringback::gateway::testing
