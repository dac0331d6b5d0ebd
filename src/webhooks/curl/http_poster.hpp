#pragma once

#include "webhooks/dispatcher.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace ringback::webhooks {

struct post_terms {
    std::string url{}; ///< http or https
    std::chrono::milliseconds connect_timeout{5000};
    std::chrono::milliseconds timeout{10'000}; ///< of an attempt, from its start to the end of the answer
    std::size_t max_response = 64 * 1024;      ///< bytes of an answer's body that are read, and thrown away
    std::size_t max_connections = 8;
    bool allow_private_addresses = false;
    std::string certificate_authorities{}; ///< a PEM file; empty: those of the system
};

/// nullptr for an URL that libcurl takes: absolute, http or https, with a host. Else why not.
[[nodiscard]] char const* why_not_deliverable(std::string const& url);

/// Posts JSON to one URL, several at once, over connections that are kept. For TLS the certificate and the name in it
/// are checked. Redirects are answers like others and are not followed; proxies of the environment are not used. Unless
/// it is allowed, no connection is made to an address that is not public; the address is looked at when the socket is
/// made, behind the look-up of the name, so that a name which changes its address (DNS rebinding) gains nothing.
///
/// Used by one thread, but for wake().
class http_poster {
public:
    /// Throws std::runtime_error when libcurl cannot be set up.
    explicit http_poster(post_terms const& terms);
    http_poster(http_poster const&) = delete;
    http_poster& operator=(http_poster const&) = delete;
    /// Breaks off what is under way.
    ~http_poster();

    /// `id` comes back with the result.
    void post(std::string id, std::string body, std::string const& signature);

    struct posted {
        std::string id;
        attempt_result how;
    };
    /// Moves what is under way, and returns what is finished.
    [[nodiscard]] std::vector<posted> advance();
    /// Until something can be moved, wake() is called, or the time is over.
    void wait(std::chrono::milliseconds longest);
    /// Ends a wait(), or the next one. From any thread.
    void wake() noexcept;

    /// Gives up what is under way; the ids of it.
    [[nodiscard]] std::vector<std::string> break_off();

private:
    struct transfer;
    struct curl;

    post_terms const terms_;
    std::unique_ptr<curl> curl_;
    std::vector<std::unique_ptr<transfer>> transfers_;
};

} // namespace ringback::webhooks
