#include "websocket/deflate_pool.hpp"

#include <utility>

namespace ringback::websocket {
namespace {

constexpr std::size_t longest_to_deflate = std::size_t{1} << 30;
constexpr std::size_t kept_capacity = 64 * 1024;

} // namespace

frame_ptr deflate_pool::deflated(frame_ptr original, std::uint8_t window_bits) {
    auto size = original->payload().size();
    if (is_control(original->opcode()) || original->payload_is() != compression::none ||
        size < config_.threshold_bytes || size > longest_to_deflate)
        return original;
    auto const* known = original->find_deflated(window_bits);
    if (!known) known = original->keep_deflated(window_bits, make_deflated(*original, window_bits));
    return *known ? *known : original;
}

frame_ptr deflate_pool::make_deflated(frame const& original, std::uint8_t window_bits) {
    auto& with = deflaters_[window_bits];
    if (!with) with.emplace(window_bits, config_.level);
    frame_builder builder{original.payload().size() / 2};
    with->append(builder.out(), original.payload());
    if (builder.payload().size() >= original.payload().size()) return nullptr;
    return std::move(builder).finish(original.opcode(), compression::deflated);
}

std::expected<std::string_view, errc> deflate_pool::inflate(std::string_view payload, std::uint64_t max_bytes,
                                                            inflater* own) {
    if (inflated_.capacity() > kept_capacity) std::string{}.swap(inflated_);
    if (!own) {
        if (!inflater_) inflater_.emplace(max_deflate_window_bits, deflate_context::fresh);
        own = &*inflater_;
    }
    auto error = own->inflate(payload, max_bytes, inflated_);
    if (error != errc::none) return std::unexpected{error};
    return inflated_;
}

} // namespace ringback::websocket
