#include "socketio/binary_assembler.hpp"

#include "socketio/binary_placeholders.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace ringback::socketio {

binary_packet::binary_packet(packet_view const& header)
    : text_{std::make_unique_for_overwrite<char[]>(header.nsp.size() + header.payload.size())},
      packet_{header} {
    char* nsp = text_.get();
    char* payload = std::ranges::copy(header.nsp, nsp).out;
    std::ranges::copy(header.payload, payload);
    auto moved = [&](std::string_view part) {
        return part.empty() ? part : std::string_view{payload + (part.data() - header.payload.data()), part.size()};
    };
    packet_.nsp = {nsp, header.nsp.size()};
    packet_.payload = {payload, header.payload.size()};
    packet_.raw_name = moved(header.raw_name);
    packet_.args = moved(header.args);
}

struct binary_assembler::partial {
    binary_packet packet;
    std::size_t bytes_left;
};

binary_assembler::binary_assembler() noexcept = default;
binary_assembler::binary_assembler(binary_assembler&&) noexcept = default;
binary_assembler& binary_assembler::operator=(binary_assembler&&) noexcept = default;
binary_assembler::~binary_assembler() = default;

std::expected<void, errc> binary_assembler::begin(packet_view const& header, std::size_t max_bytes) {
    assert(header.attachments > 0);
    if (partial_) return std::unexpected{errc::unexpected_text};
    std::size_t bytes = header.nsp.size() + header.payload.size();
    if (bytes > max_bytes) return std::unexpected{errc::too_large};
    if (!placeholders_fit(header.payload, header.attachments)) return std::unexpected{errc::bad_placeholder};
    partial_ = std::make_unique<partial>(binary_packet{header}, max_bytes - bytes);
    return {};
}

std::expected<std::optional<binary_packet>, errc> binary_assembler::add(std::string_view bytes) {
    if (!partial_) return std::unexpected{errc::unexpected_binary};
    if (bytes.size() > partial_->bytes_left) return std::unexpected{errc::too_large};
    partial_->packet.attachments.emplace_back(bytes);
    partial_->bytes_left -= bytes.size();
    if (!partial_->packet.is_complete()) return std::nullopt;
    auto whole = std::move(partial_->packet);
    partial_.reset();
    return whole;
}

} // namespace ringback::socketio
