#pragma once

#include "net/http_message.hpp"

#include <functional>
#include <string>
#include <utility>

namespace ringback::net {

/// The answer to one question of an allow_request hook: given once, from any thread, now or later; the request waits.
/// A decision that is destroyed without an answer refuses with 503, so that nothing waits for ever.
class admission_decision {
public:
    explicit admission_decision(reply_handler tell) noexcept : tell_{std::move(tell)} {}

    /// Lets the session be made. `headers` are added to the answer to the handshake, cookies for example: 200 of a
    /// poll, 101 of a WebSocket. Names and values go out as they are, so they must hold no line break.
    void allow(http_headers headers = {}) { tell_({200, std::move(headers), {}}); }
    /// 403 and `{"code":4,"message":<text>}`, on a WebSocket upgrade 400 and the bare text; empty: `Forbidden`.
    void refuse(std::string text = {}) { tell_({403, {}, std::move(text)}); }

private:
    reply_handler tell_;
};

/// Asked before a session is made, for polling and WebSocket alike; never for requests that name a session. Runs on the
/// shard of the connection. An exception refuses with 400, code 3. The request is valid during the call only.
using allow_request_hook = std::function<void(http_request const&, admission_decision)>;

} // namespace ringback::net
