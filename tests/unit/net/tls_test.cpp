#include "net/tls_identity.hpp"
#include "net/tls_session.hpp"
#include "unit/net/memory_tls_client.hpp"
#include "unit/net/tls_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

using namespace ringback;
using namespace ringback::net;
using namespace std::chrono_literals;
using ringback::testing::memory_tls_client;
using ringback::testing::self_signed;
using ringback::testing::tls_files;

namespace {

struct Tls : ::testing::Test {
    tls_files files;
    tls_config config{files.certificate(), files.key()};

    // What the server read, once the client's bytes came in pieces of `piece` and the answers went back.
    static std::string exchange(memory_tls_client& client, tls_session& server, std::size_t piece = 1 << 20) {
        std::string plain;
        for (int turn = 0; turn < 10; ++turn) {
            (void)SSL_do_handshake(client.ssl());
            std::string bytes = client.take();
            for (std::size_t at = 0; at < bytes.size(); at += piece) {
                server.receive(std::string_view{bytes}.substr(at, piece));
                std::array<char, 1000> into;
                while (auto size = server.read(into))
                    plain.append(into.data(), size);
            }
            client.receive(server.output());
            server.sent(server.output().size());
        }
        return plain;
    }
    std::string error(tls_config const& of) {
        auto loaded = tls_context::load(of);
        if (loaded) return "none";
        return (loaded.error().of == tls_error::file::key ? "key: " : "certificate: ") + loaded.error().what;
    }
};

} // namespace

TEST_F(Tls, ReadsAndWritesHoweverTheBytesAreCut) {
    auto context = tls_context::load(config).value();
    for (std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
        memory_tls_client client;
        tls_session server{*context};
        EXPECT_FALSE(server.write("too early"));
        EXPECT_EQ(exchange(client, server, piece), "");
        std::string large(50'000, 'x');
        client.write("hello");
        client.write(large);
        EXPECT_EQ(exchange(client, server, piece), "hello" + large);
        EXPECT_TRUE(server.write(large));
        exchange(client, server, piece);
        std::string got;
        for (std::string some; !(some = client.read()).empty();)
            got += some;
        EXPECT_EQ(got, large);
        EXPECT_EQ(server.where(), tls_session::state::open);
        EXPECT_EQ(client.name_of_server(), "localhost");
    }
}

TEST_F(Tls, TellsOfBytesWithoutTakingThem) {
    auto context = tls_context::load(config).value();
    memory_tls_client client;
    tls_session server{*context};
    exchange(client, server);
    EXPECT_FALSE(server.has_plain());
    client.write("next");
    server.receive(client.take());
    EXPECT_TRUE(server.has_plain());
    std::array<char, 10> into;
    EXPECT_EQ(server.read(into), 4u);
    EXPECT_FALSE(server.has_plain());
}

TEST_F(Tls, TellsTheEndFromABreach) {
    auto context = tls_context::load(config).value();
    memory_tls_client client;
    tls_session ended{*context};
    exchange(client, ended);
    SSL_shutdown(client.ssl());
    exchange(client, ended);
    EXPECT_EQ(ended.where(), tls_session::state::ended);

    tls_session failed{*context};
    failed.receive("GET / HTTP/1.1\r\n\r\n");
    std::array<char, 10> into;
    EXPECT_EQ(failed.read(into), 0u);
    EXPECT_EQ(failed.where(), tls_session::state::failed);
    EXPECT_FALSE(failed.write("x"));
}

TEST_F(Tls, SpeaksNothingOlderThanTls12) {
    auto context = tls_context::load(config).value();
    memory_tls_client modern{TLS1_2_VERSION};
    tls_session accepted{*context};
    exchange(modern, accepted);
    EXPECT_STREQ(SSL_get_version(modern.ssl()), "TLSv1.2");
    EXPECT_TRUE(SSL_is_init_finished(modern.ssl()));
    memory_tls_client old{TLS1_1_VERSION};
    SSL_set_security_level(old.ssl(), 0);
    tls_session refused{*context};
    exchange(old, refused);
    EXPECT_EQ(refused.where(), tls_session::state::failed);
}

TEST_F(Tls, ChoosesHttp11WhereClientsNegotiate) {
    auto context = tls_context::load(config).value();
    auto chosen = [&](std::string_view offered) {
        memory_tls_client client;
        SSL_set_alpn_protos(client.ssl(), reinterpret_cast<unsigned char const*>(offered.data()),
                            static_cast<unsigned>(offered.size()));
        tls_session server{*context};
        exchange(client, server);
        unsigned char const* name = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(client.ssl(), &name, &size);
        EXPECT_TRUE(SSL_is_init_finished(client.ssl()));
        return std::string{reinterpret_cast<char const*>(name), size};
    };
    EXPECT_EQ(chosen("\x02h2\x08http/1.1"), "http/1.1");
    EXPECT_EQ(chosen("\x02h2"), "");
}

TEST_F(Tls, NamesTheFileThatCannotBeUsed) {
    EXPECT_EQ(error(config), "none");
    EXPECT_EQ(error({"/nowhere.pem", config.key}), "certificate: No such file or directory");
    EXPECT_EQ(error({config.certificate, "/nowhere.pem"}), "key: No such file or directory");
    EXPECT_EQ(error({config.key, config.key}), "certificate: no PEM certificate in it that can be used");
    EXPECT_EQ(error({config.certificate, config.certificate}), "key: no PEM key without a passphrase in it");
    tls_files::write(config.key, self_signed("other").key);
    EXPECT_EQ(error(config), "key: not the key of the certificate");
}

TEST_F(Tls, FollowsItsFiles) {
    mono_time now{};
    auto identity = tls_identity::open(config, now).value();
    auto first = identity->current(now);
    auto other = self_signed("renewed");
    tls_files::write(config.certificate, other.certificate);
    EXPECT_EQ(identity->current(now + 4s), first) << "nobody looks yet";
    EXPECT_EQ(identity->current(now + 6s), first) << "the key is not there yet";
    tls_files::write(config.key, other.key);
    auto second = identity->current(now + 12s);
    EXPECT_NE(second, first);
    EXPECT_EQ(identity->current(now + 30s), second);
    memory_tls_client client;
    tls_session server{*second};
    exchange(client, server);
    EXPECT_EQ(client.name_of_server(), "renewed");
    EXPECT_FALSE(tls_identity::open({"/nowhere.pem", config.key}, now));
}
