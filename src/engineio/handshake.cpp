#include "engineio/handshake.hpp"

#include "engineio/packet.hpp"

namespace ringback::engineio {

std::string open_packet(session_id const& sid, transport_kind opened_on, engine_config const& config) {
    bool upgradable = opened_on == transport_kind::polling && config.transports.websocket && config.allow_upgrades;
    std::string out;
    append_packet(out, packet_type::open, R"({"sid":")");
    out += sid.text(); // its alphabet needs no escaping
    out += upgradable ? R"(","upgrades":["websocket"])" : R"(","upgrades":[])";
    out += R"(,"pingInterval":)" + std::to_string(config.ping_interval.count());
    out += R"(,"pingTimeout":)" + std::to_string(config.ping_timeout.count());
    out += R"(,"maxPayload":)" + std::to_string(config.max_payload);
    out += '}';
    return out;
}

} // namespace ringback::engineio
