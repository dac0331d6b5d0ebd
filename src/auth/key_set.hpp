#pragma once

#include "auth/errc.hpp"
#include "auth/jws_key.hpp"
#include "auth/jws_message.hpp"

#include <expected>
#include <memory>
#include <utility>
#include <vector>

namespace ringback::auth {

/// The keys of one source. Shared, because a file that changes leaves the keys of the others as they are.
using key_list = std::shared_ptr<std::vector<jws_key> const>;

/// All keys that count at one moment. Immutable, so any number of threads may use one.
class key_set {
public:
    explicit key_set(std::vector<key_list> sources) : sources_{std::move(sources)} {}

    /// Whether one of the keys verifies the message. A `kid` leaves the keys of that name alone; when no key has it,
    /// those that have no name at all (a secret, PEM), whose issuer may well call them something. Without a `kid` every
    /// key of the algorithm is tried. Errors: algorithm_not_allowed, unknown_key, bad_signature.
    [[nodiscard]] std::expected<void, errc> verify(jws_message& message) const;

private:
    [[nodiscard]] std::vector<jws_key const*> candidates(jws_message const& message) const;

    std::vector<key_list> sources_;
};

} // namespace ringback::auth
