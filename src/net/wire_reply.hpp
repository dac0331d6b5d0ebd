#pragma once

#include "engineio/errors.hpp"
#include "net/http_message.hpp"

#include <utility>

namespace ringback::net {

[[nodiscard]] inline http_reply to_reply(engineio::wire_error error) {
    return {error.status, {{"Content-Type", std::string{error.content_type}}}, std::move(error.body)};
}

} // namespace ringback::net
