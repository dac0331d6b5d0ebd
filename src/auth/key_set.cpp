#include "auth/key_set.hpp"

#include <algorithm>

namespace ringback::auth {

std::expected<void, errc> key_set::verify(jws_message& message) const {
    auto keys = candidates(message);
    if (keys.empty()) return std::unexpected{errc::algorithm_not_allowed};
    if (!message.kid().empty()) {
        auto is_named = [&](jws_key const* key) { return key->kid() == message.kid(); };
        bool is_known = std::ranges::any_of(keys, is_named);
        std::erase_if(keys, [&](jws_key const* key) { return is_known ? !is_named(key) : !key->kid().empty(); });
        if (keys.empty()) return std::unexpected{errc::unknown_key};
    }
    auto verifies = [&](jws_key const* key) { return message.verified_by(*key); };
    if (std::ranges::none_of(keys, verifies)) return std::unexpected{errc::bad_signature};
    return {};
}

std::vector<jws_key const*> key_set::candidates(jws_message const& message) const {
    std::vector<jws_key const*> keys;
    for (auto const& source : sources_)
        for (auto const& key : *source)
            if (key.algorithm() == message.algorithm()) keys.push_back(&key);
    return keys;
}

} // namespace ringback::auth
