// A server with a certificate, under a client whose records are sent exactly as a test wants them.
#include "unit/net/engine_server.hpp"
#include "unit/net/memory_tls_client.hpp"
#include "unit/net/tls_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

using namespace ringback;
using namespace ringback::testing;
using ::testing::HasSubstr;

namespace {

class tls_client {
public:
    explicit tls_client(std::uint16_t port) : wire_{port} {
        while (SSL_do_handshake(inside_.ssl()) != 1) {
            wire_.send(inside_.take());
            inside_.receive(wire_.read_available());
        }
        flush();
    }
    void write(std::string_view record) { inside_.write(record); }
    void flush() { wire_.send(inside_.take()); }
    std::string read_until(std::string_view end) {
        std::string got;
        while (got.find(end) == got.npos) {
            auto some = inside_.read();
            if (some.empty()) inside_.receive(wire_.read_available());
            got += some;
        }
        return got;
    }

private:
    raw_client wire_;
    memory_tls_client inside_;
};

struct TlsServer : ::testing::Test {
    tls_files files;
    engine_server server{[this](net::server_config& c) { c.tls = {files.certificate(), files.key()}; }};
};

constexpr std::string_view websocket_target = "/engine.io/?EIO=4&transport=websocket";

} // namespace

TEST_F(TlsServer, TellsThatARequestWasSecure) {
    std::promise<bool> secure;
    server.on_open = [&](engineio::connection& c) { secure.set_value(c.request().secure); };
    tls_client client{server.port()};
    client.write("GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n");
    client.flush();
    EXPECT_THAT(client.read_until("}"), HasSubstr("200 OK"));
    EXPECT_TRUE(secure.get_future().get());
}

TEST_F(TlsServer, LosesNothingThatComesWithTheUpgrade) {
    for (bool one_record : {true, false}) {
        tls_client client{server.port()};
        std::string first = upgrade_request(websocket_target), second = text_frame("4early") + text_frame("4bird");
        if (one_record) {
            client.write(first + second);
        } else {
            client.write(first);
            client.write(second.substr(0, 3));
            client.write(second.substr(3));
        }
        client.flush();
        EXPECT_THAT(client.read_until("4bird"), HasSubstr("4early"));
        client.write(text_frame("4later"));
        client.flush();
        client.read_until("4later");
    }
}

TEST_F(TlsServer, ReadsRequestsThatArePipelined) {
    tls_client client{server.port()};
    for (int i = 0; i < 2; ++i)
        client.write("GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n");
    client.flush();
    client.read_until("}");
}

TEST_F(TlsServer, ARefusedUpgradeIsReadToItsEnd) {
    tls_client client{server.port()};
    client.write(upgrade_request("/engine.io/?EIO=4&transport=websocket&sid=unknown"));
    client.flush();
    EXPECT_THAT(client.read_until("unknown"), HasSubstr("HTTP/1.1 400"));
}

TEST(TlsServerStart, ThrowsWhatIsWrongWithTheFile) {
    tls_files files;
    auto start = [&] {
        engine_server s{[&](net::server_config& c) { c.tls = {files.certificate(), "/nowhere.pem"}; }};
    };
    EXPECT_THAT(start, ::testing::ThrowsMessage<std::runtime_error>("tls /nowhere.pem: No such file or directory"));
}
