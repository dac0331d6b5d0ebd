#include "app/configs.hpp"
#include "app/settings_rules.hpp"
#include "app/token_keys.hpp"
#include "temporary_directory.hpp"
#include "unit/auth/key_samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace ringback;
using namespace ringback::app;
using ringback::test::temporary_directory;
using testing::ElementsAre;
using testing::StartsWith;
namespace samples = ringback::auth::samples;

namespace {

constexpr wall_time now{std::chrono::seconds{1'800'000'000}};

class TokenKeys : public testing::Test {
protected:
    setting_errors refusals() const {
        setting_errors errors;
        check_can_serve(s, errors);
        return errors;
    }

    temporary_directory directory;
    settings s;
};

} // namespace

TEST_F(TokenKeys, WantAKeyFileForPublicKeysAndNoSecret) {
    s.auth.algorithms = {"ES256", "RS256"};
    EXPECT_THAT(refusals(), ElementsAre("auth.keys is not set; auth.algorithms has ES256, which needs a list of PEM "
                                        "or JWKS files"));
    s.auth.keys = {directory.file("rsa.pem", samples::rsa_pem).string()};
    EXPECT_THAT(refusals(), ElementsAre());
}

TEST_F(TokenKeys, WantASecretBesideTheFilesWhenAnHmacIsListedToo) {
    s.auth.algorithms = {"HS384", "RS256"};
    s.auth.keys = {directory.file("rsa.pem", samples::rsa_pem).string()};
    EXPECT_THAT(refusals(), ElementsAre(StartsWith("auth.secret is not set; ")));
    s.auth.secret = secret{samples::secret_text};
    EXPECT_THAT(refusals(), ElementsAre());
    auto verifier = make_verifier(s.auth, now);
    EXPECT_TRUE(verifier.verify(samples::hs384, now));
    EXPECT_TRUE(verifier.verify(samples::rs256, now));
    EXPECT_FALSE(verifier.verify(samples::hs256, now));
}

TEST_F(TokenKeys, RefuseFilesThatNoListedAlgorithmUses) {
    s.auth.secret = secret{samples::secret_text};
    s.auth.keys = {"rsa.pem"};
    EXPECT_THAT(refusals(), ElementsAre(StartsWith("auth.keys is set: allowed with one of RS256")));
}

TEST_F(TokenKeys, NameTheFileThatGivesNoKey) {
    s.auth.algorithms = {"RS256"};
    auto missing = (directory.path() / "missing.pem").string();
    s.auth.keys = {missing};
    EXPECT_THAT(refusals(), ElementsAre("auth.keys \"" + missing + "\": it cannot be read"));
    EXPECT_THROW((void)make_verifier(s.auth, now), std::runtime_error);
    auto empty = directory.file("empty.json", "{\"keys\":[]}").string();
    s.auth.keys = {empty};
    EXPECT_THAT(refusals(), ElementsAre("auth.keys \"" + empty + "\": it holds no key for any of the algorithms"));
    auto other = directory.file("p256.pem", samples::p256_pem).string();
    s.auth.keys = {directory.file("rsa.pem", samples::rsa_pem).string(), other};
    EXPECT_THAT(refusals(), ElementsAre("auth.keys \"" + other + "\": it holds no key for any of the algorithms"));
}

TEST_F(TokenKeys, LeaveTheDemoASecretToSignWith) {
    s.server.demo = true;
    s.auth.algorithms = {"RS256"};
    s.auth.keys = {directory.file("rsa.pem", samples::rsa_pem).string()};
    EXPECT_THAT(refusals(), ElementsAre(StartsWith("server.demo = true: allowed with one of HS256")));
    EXPECT_EQ(signing_algorithm(s.auth), std::nullopt);
    s.auth.algorithms = {"RS256", "HS512", "HS256"};
    EXPECT_THAT(refusals(), ElementsAre());
    EXPECT_EQ(signing_algorithm(s.auth), auth::jws_algorithm::hs512);
}

TEST(ServerConfig, HasTheTrustedProxies) {
    settings s;
    s.server.trusted_proxies = {"10.0.0.0/8", "::1"};
    auto config = server_config_of(s);
    ASSERT_EQ(config.trusted_proxies.size(), 2u);
    EXPECT_EQ(net::client_address("::1", "203.0.113.9, 10.1.1.1", config.trusted_proxies), "203.0.113.9");
}
