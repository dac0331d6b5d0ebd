#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace ringback::net {

struct tls_config {
    std::filesystem::path certificate; ///< PEM: the server's, then those between it and the root
    std::filesystem::path key;         ///< PEM, without a passphrase
};

struct tls_error {
    enum class file { certificate, key } of;
    std::string what; ///< "no such file", …
};

/// What every TLS connection shares: certificate, key and rules. TLS 1.2 and 1.3; HTTP/1.1 for clients that negotiate
/// by ALPN. Never changes: any number of threads may make connections with it.
class tls_context {
public:
    /// Reads both files.
    [[nodiscard]] static std::expected<std::shared_ptr<tls_context const>, tls_error> load(tls_config const& config);

    /// The server's side of a new connection; it may outlive the context. Throws std::bad_alloc.
    [[nodiscard]] ssl_st* new_connection() const;

private:
    struct ending {
        void operator()(ssl_ctx_st* context) const noexcept;
    };
    tls_context();

    std::unique_ptr<ssl_ctx_st, ending> context_;
};

} // namespace ringback::net
