#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace ringback::redis::test {

/// An authority, and certificates that it signed for `localhost` (with 127.0.0.1) and for a client, made with openssl.
class certificates {
public:
    explicit certificates(std::filesystem::path folder) : folder_{std::move(folder)} {
        openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=authority "
                "-keyout ca.key -out ca.pem");
        issue("server", "subjectAltName=DNS:localhost,IP:127.0.0.1");
        issue("client", "keyUsage=digitalSignature");
    }

    [[nodiscard]] std::string file(std::string const& name) const { return folder_ / name; }

private:
    void issue(std::string const& name, std::string const& extension) {
        openssl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name + " -addext " + extension +
                " -keyout " + name + ".key -out " + name + ".csr");
        openssl("x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 " +
                "-copy_extensions copy -out " + name + ".pem");
    }
    void openssl(std::string const& what) {
        auto line = "cd '" + folder_.string() + "' && openssl " + what + " 2>> openssl.log";
        if (std::system(line.c_str()) != 0) throw std::runtime_error{"openssl " + what};
    }

    std::filesystem::path folder_;
};

} // namespace ringback::redis::test
