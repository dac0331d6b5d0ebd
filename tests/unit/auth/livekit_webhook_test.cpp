#include "auth/jwt_signer.hpp"
#include "auth/livekit_webhook.hpp"
#include "base/base64.hpp"

#include <gtest/gtest.h>
#include <openssl/sha.h>

using namespace ringback;
using namespace ringback::auth;
using namespace std::chrono_literals;

namespace {

secret const api_secret{"secret"};
wall_time const now{1'790'000'000s};
std::string const body = R"({"event":"room_started"})";

std::string digest(std::string_view text) {
    unsigned char bytes[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<unsigned char const*>(text.data()), text.size(), bytes);
    return base64_encode({reinterpret_cast<char const*>(bytes), sizeof bytes});
}

struct signed_webhook {
    std::string issuer = "APIkey";
    std::string sha256 = digest(body);
    std::int64_t nbf = 1'790'000'000, exp = 1'790'000'300;
    secret key = api_secret;

    [[nodiscard]] std::string token() const {
        return jwt_signer::create(key)->sign(R"({"iss":")" + issuer + R"(","nbf":)" + std::to_string(nbf) +
                                             R"(,"exp":)" + std::to_string(exp) + R"(,"sha256":")" + sha256 + "\"}");
    }
};

auto verify(std::string const& authorization, std::string_view of = body, wall_time at = now) {
    return livekit_webhook_verifier::create("APIkey", api_secret)->verify(authorization, of, at);
}

} // namespace

TEST(LivekitWebhook, IsGenuineWithATokenOverItsBody) {
    EXPECT_EQ(verify(signed_webhook{}.token()), now + 310s); // exp and the leeway
    EXPECT_TRUE(verify("Bearer " + signed_webhook{}.token()));
}

TEST(LivekitWebhook, OfAnotherBodyIsRefused) {
    EXPECT_EQ(verify(signed_webhook{}.token(), "{}").error(), errc::wrong_digest);
    EXPECT_EQ(verify(signed_webhook{.sha256 = ""}.token()).error(), errc::wrong_digest);
}

TEST(LivekitWebhook, OfAnotherKeyIsRefused) {
    EXPECT_EQ(verify(signed_webhook{.issuer = "APIother"}.token()).error(), errc::wrong_issuer);
    EXPECT_EQ(verify(signed_webhook{.key = secret{"another"}}.token()).error(), errc::bad_signature);
}

TEST(LivekitWebhook, IsGoodForItsTimeAlone) {
    EXPECT_TRUE(verify(signed_webhook{}.token(), body, now + 309s));
    EXPECT_EQ(verify(signed_webhook{}.token(), body, now + 310s).error(), errc::expired);
    EXPECT_TRUE(verify(signed_webhook{}.token(), body, now - 10s));
    EXPECT_EQ(verify(signed_webhook{}.token(), body, now - 11s).error(), errc::not_yet_valid);
    EXPECT_EQ(verify(signed_webhook{.exp = 0}.token()).error(), errc::missing_expiry);
    EXPECT_EQ(verify(signed_webhook{.exp = 9'223'372'036'854'775'807}.token()).error(), errc::bad_claims);
}

TEST(LivekitWebhook, WithoutATokenIsRefused) {
    for (std::string const text : {"", "Bearer ", "x.y.z", "Basic dXNlcjpwYXNz"})
        EXPECT_FALSE(verify(text)) << text;
    EXPECT_EQ(verify(std::string(9000, 'a')).error(), errc::malformed);
}

TEST(LivekitWebhook, NeedsASecret) {
    EXPECT_EQ(livekit_webhook_verifier::create("APIkey", secret{}).error(), errc::secret_too_short);
}
