#include "auth/jwt_signer.hpp"
#include "auth/jwt_verifier.hpp"
#include "base/base64.hpp"

#include <gtest/gtest.h>

using namespace ringback;
using namespace ringback::auth;
using namespace std::chrono_literals;

namespace {

// The tokens below were made with Python's hmac and base64 modules over this key, not with the code under test.
secret const key{"an-hmac-key-of-forty-bytes-for-the-tests"};
wall_time const signing_time{1'790'000'000s};

std::string const hs256_header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
// {"userId":"507f1f77bcf86cd799439031","sub":"other","role":"TELECALLER","name":"Ann é","profile":"avatar-3",
//  "language":"en","about":"Hi","iat":1790000000,"nbf":1790000000,"exp":1790003600,"iss":"app","aud":["x","ringback"]}
std::string const full_token =
    hs256_header +
    ".eyJ1c2VySWQiOiI1MDdmMWY3N2JjZjg2Y2Q3OTk0MzkwMzEiLCJzdWIiOiJvdGhlciIsInJvbGUiOiJURUxFQ0FMTEVSIiwibmFtZSI6IkFubiBc"
    "dTAwZTkiLCJwcm9maWxlIjoiYXZhdGFyLTMiLCJsYW5ndWFnZSI6ImVuIiwiYWJvdXQiOiJIaSIsImlhdCI6MTc5MDAwMDAwMCwibmJmIjoxNzkwMD"
    "AwMDAwLCJleHAiOjE3OTAwMDM2MDAsImlzcyI6ImFwcCIsImF1ZCI6WyJ4IiwicmluZ2JhY2siXX0"
    ".0FDwHiKwyrsXTl6EnuAW_h4zBTbMkMGdfBZBiSePLhk";
// {"sub":"u-1"}
std::string const plain_token = hs256_header + ".eyJzdWIiOiJ1LTEifQ.LpPvBA7rVZe06WIDzFeUrMS44VI50Jg4sx4wjqzJdnE";

jwt_verifier make_verifier(jwt_config config = {}) {
    std::vector<jws_key> keys;
    keys.push_back(jws_key::from_secret(key).value());
    return jwt_verifier::create(std::move(keys), std::move(config)).value();
}

std::string signed_over(std::string_view payload) { return jwt_signer::create(key)->sign(payload); }

/// What the verifier says of a correctly signed token with this payload.
std::expected<claims, errc> verdict(std::string_view payload, wall_time now = signing_time, jwt_config config = {}) {
    return make_verifier(std::move(config)).verify(signed_over(payload), now);
}

errc refusal(std::expected<claims, errc> const& result) {
    EXPECT_FALSE(result.has_value());
    return result.has_value() ? errc{} : result.error();
}

errc refusal_of(std::string_view token) { return refusal(make_verifier().verify(token, signing_time)); }

} // namespace

TEST(JwtVerifier, ReadsEveryClaimOfATokenOfAnotherImplementation) {
    auto c = make_verifier({.issuer = "app", .audience = "ringback"}).verify(full_token, signing_time);
    ASSERT_TRUE(c);
    EXPECT_EQ(c->account.text(), "507f1f77bcf86cd799439031");
    EXPECT_EQ(c->role, account_role::telecaller);
    EXPECT_EQ(c->name, "Ann \xc3\xa9");
    EXPECT_EQ(c->profile, "avatar-3");
    EXPECT_EQ(c->language, "en");
    EXPECT_EQ(c->about, "Hi");
    EXPECT_EQ(c->issued_at, signing_time);
    EXPECT_EQ(c->not_before, signing_time);
    EXPECT_EQ(c->expires_at, signing_time + 1h);
}

TEST(JwtVerifier, TakesSubWithoutUserIdAndDefaultsTheRest) {
    auto c = make_verifier().verify(plain_token, signing_time);
    ASSERT_TRUE(c);
    EXPECT_EQ(c->account.text(), "u-1");
    EXPECT_EQ(c->role, account_role::user);
    EXPECT_FALSE(c->name || c->profile || c->language || c->about);
    EXPECT_FALSE(c->issued_at || c->not_before || c->expires_at);
}

TEST(JwtVerifier, RefusesATokenWithAnyOneCharacterChanged) {
    auto verifier = make_verifier();
    ASSERT_TRUE(verifier.verify(plain_token, signing_time));
    for (std::size_t i = 0; i < plain_token.size(); ++i) {
        // The last character carries two bits that no byte of the signature needs, so decoders may ignore them.
        if (i + 1 == plain_token.size()) continue;
        for (char c : {'A', 'B', '.', '=', '+', ' ', '\0', '\xff'}) {
            std::string changed = plain_token;
            if (changed[i] == c) continue;
            changed[i] = c;
            EXPECT_FALSE(verifier.verify(changed, signing_time)) << i << ' ' << int{c};
        }
    }
}

TEST(JwtVerifier, RefusesEveryPrefixAndWhatFollowsTheToken) {
    auto verifier = make_verifier();
    for (std::size_t size = 0; size < plain_token.size(); ++size)
        EXPECT_FALSE(verifier.verify(plain_token.substr(0, size), signing_time)) << size;
    for (std::string_view tail : {".", "A", "AAAA", "=", ".AAAA", "\n"})
        EXPECT_FALSE(verifier.verify(plain_token + std::string{tail}, signing_time)) << tail;
}

TEST(JwtVerifier, SurvivesPaddingThatStopsCjose) {
    // cjose 0.6.2 asserts on these, in any of the three parts.
    for (std::string_view token : {"A===.e30.AAAA", "e30.A===.AAAA", "eyJhbGciOiJIUzI1NiJ9.e30.A===", "=.=.=", "....",
                                   "..", ".", "eyJhbGciOiJIUzI1NiJ9..", "e30.e30.e30", "W10.e30.e30", "MQ.e30.e30"})
        EXPECT_EQ(refusal_of(token), errc::malformed) << token;
}

TEST(JwtVerifier, RefusesUnsecuredTokens) {
    EXPECT_EQ(refusal_of("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1LTEifQ."), errc::algorithm_not_allowed);
    EXPECT_EQ(refusal_of("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1LTEifQ.PNXaGmxNZStZAKnzPkKFwBnHLHs761GubhtXRBwMnCs"),
              errc::algorithm_not_allowed);
    EXPECT_EQ(refusal_of(hs256_header + ".eyJzdWIiOiJ1LTEifQ."), errc::bad_signature);
}

TEST(JwtVerifier, RefusesAlgorithmsThatAreNotListed) {
    // RS256 in the header, but an HMAC over the same key: the classic confusion.
    EXPECT_EQ(refusal_of("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1LTEifQ.9RnZ3eNirxRsmB7BFVLWZVLwHSRV8UpmzDdesa5q7wU"),
              errc::algorithm_not_allowed);
    // A correct HS384.
    EXPECT_EQ(refusal_of("eyJhbGciOiJIUzM4NCJ9.eyJzdWIiOiJ1LTEifQ."
                         "lezSO2ERzRdFUIii9VJN1VbSOBzqoA5H_B5XiNxr318VLceTirKdE2x0d32Zaj-7"),
              errc::algorithm_not_allowed);
    // No alg at all.
    EXPECT_EQ(refusal_of("eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiJ1LTEifQ.7hBbGHH-YictjxtpAvfSvDKhb4tQ0MS7XBAMP_Pa3sM"),
              errc::malformed);
}

TEST(JwtVerifier, RefusesCriticalHeaderParameters) {
    // {"alg":"HS256","crit":["exp"]}, correctly signed.
    EXPECT_EQ(refusal_of("eyJhbGciOiJIUzI1NiIsImNyaXQiOlsiZXhwIl19.eyJzdWIiOiJ1LTEifQ."
                         "fc17ojfngtIoT1v6RejULlmH1A_-88Oiy66uFp1J2hQ"),
              errc::unsupported_header);
}

TEST(JwtVerifier, RefusesAnotherKey) {
    std::string other = jwt_signer::create(secret{std::string(40, 'x')})->sign(R"({"sub":"u-1"})");
    EXPECT_EQ(refusal_of(other), errc::bad_signature);
}

TEST(JwtVerifier, AcceptsEachKeyOfASetAndNoneOfAnEmptyOne) {
    std::vector<jws_key> keys;
    keys.push_back(jws_key::from_secret(secret{std::string(32, 'n')}).value());
    keys.push_back(jws_key::from_secret(key).value());
    auto rotating = jwt_verifier::create(std::move(keys), {}).value();
    EXPECT_TRUE(rotating.verify(plain_token, signing_time));
    EXPECT_TRUE(
        rotating.verify(jwt_signer::create(secret{std::string(32, 'n')})->sign(R"({"sub":"a"})"), signing_time));
    auto closed = jwt_verifier::create({}, {}).value();
    EXPECT_EQ(refusal(closed.verify(plain_token, signing_time)), errc::algorithm_not_allowed);
}

TEST(JwtVerifier, WantsSecretsOfThirtyTwoBytes) {
    for (std::size_t size : {1u, 31u, 32u}) {
        std::vector<jws_key> keys;
        keys.push_back(jws_key::from_secret(secret{std::string(size, 'k')}).value());
        auto verifier = jwt_verifier::create(std::move(keys), {});
        EXPECT_EQ(verifier.has_value(), size == 32);
        if (!verifier) {
            EXPECT_EQ(verifier.error(), errc::secret_too_short);
        }
    }
    EXPECT_EQ(jws_key::from_secret(secret{}).error(), errc::secret_too_short);
}

TEST(JwtVerifier, RefusesTokensOverTheSizeLimitUnread) {
    std::string about(max_token_bytes, 'x');
    EXPECT_EQ(refusal(verdict(R"({"sub":"a","about":")" + about + R"("})")), errc::malformed);
    EXPECT_TRUE(verdict(R"({"sub":"a","about":")" + about.substr(0, max_token_bytes / 2) + R"("})"));
}

TEST(JwtVerifier, ExpiresAtExpPlusLeeway) {
    auto payload = R"({"sub":"a","exp":1790000000})";
    wall_time exp{1'790'000'000s};
    EXPECT_TRUE(verdict(payload, exp + 5s - 1ms));
    EXPECT_EQ(refusal(verdict(payload, exp + 5s)), errc::expired);
    EXPECT_TRUE(verdict(payload, exp - 1ms, {.leeway = 0s}));
    EXPECT_EQ(refusal(verdict(payload, exp, {.leeway = 0s})), errc::expired);
    auto verifier = make_verifier();
    EXPECT_EQ(verifier.valid_until(verifier.verify(signed_over(payload), exp).value()), exp + 5s);
    EXPECT_EQ(verifier.valid_until(verifier.verify(plain_token, exp).value()), std::nullopt);
}

TEST(JwtVerifier, BeginsAtNbfMinusLeeway) {
    auto payload = R"({"sub":"a","nbf":1790000000})";
    wall_time nbf{1'790'000'000s};
    EXPECT_TRUE(verdict(payload, nbf - 5s));
    EXPECT_EQ(refusal(verdict(payload, nbf - 5s - 1ms)), errc::not_yet_valid);
    EXPECT_EQ(refusal(verdict(payload, nbf - 1ms, {.leeway = 0s})), errc::not_yet_valid);
}

TEST(JwtVerifier, RefusesATokenWithoutExpOnlyWhenAsked) {
    EXPECT_EQ(refusal(verdict(R"({"sub":"a"})", signing_time, {.require_expiry = true})), errc::missing_expiry);
    EXPECT_EQ(refusal(verdict(R"({"sub":"a","exp":null})", signing_time, {.require_expiry = true})),
              errc::missing_expiry);
    EXPECT_TRUE(verdict(R"({"sub":"a","exp":1790000001})", signing_time, {.require_expiry = true}));
}

TEST(JwtVerifier, ReadsFractionsAndFarTimesWithoutOverflow) {
    EXPECT_EQ(verdict(R"({"sub":"a","iat":1790000000.25})")->issued_at, signing_time + 250ms);
    EXPECT_TRUE(verdict(R"({"sub":"a","exp":1790003600000})")); // milliseconds, by mistake
    EXPECT_TRUE(verdict(R"({"sub":"a","exp":18446744073709551615})"));
    EXPECT_TRUE(verdict(R"({"sub":"a","exp":1e300})"));
    EXPECT_EQ(refusal(verdict(R"({"sub":"a","exp":-1})")), errc::expired);
    EXPECT_EQ(refusal(verdict(R"({"sub":"a","exp":-1e300})")), errc::expired);
    EXPECT_EQ(refusal(verdict(R"({"sub":"a","nbf":9223372036854775807})")), errc::not_yet_valid);
}

TEST(JwtVerifier, ComparesIssuerAndAudienceWhenConfigured) {
    jwt_config issuer{.issuer = "app"}, audience{.audience = "ringback"};
    EXPECT_TRUE(verdict(R"({"sub":"a","iss":"app"})", signing_time, issuer));
    EXPECT_TRUE(verdict(R"({"sub":"a","aud":"ringback"})", signing_time, audience));
    EXPECT_TRUE(verdict(R"({"sub":"a","aud":["web","ringback"]})", signing_time, audience));
    for (auto payload : {R"({"sub":"a"})", R"({"sub":"a","iss":"App"})", R"({"sub":"a","iss":7})"})
        EXPECT_EQ(refusal(verdict(payload, signing_time, issuer)), errc::wrong_issuer) << payload;
    for (auto payload : {R"({"sub":"a"})", R"({"sub":"a","aud":"ring"})", R"({"sub":"a","aud":[]})"})
        EXPECT_EQ(refusal(verdict(payload, signing_time, audience)), errc::wrong_audience) << payload;
    EXPECT_TRUE(verdict(R"({"sub":"a","iss":"x","aud":"y"})"));
}

TEST(JwtVerifier, RefusesClaimsThatItWouldMisread) {
    struct row {
        std::string_view payload;
        errc error;
    };
    std::string long_id = R"({"sub":")" + std::string(129, 'x') + R"("})";
    for (auto [payload, error] : {
             row{"{}", errc::bad_account_id},
             row{R"({"sub":""})", errc::bad_account_id},
             row{R"({"sub":"a b"})", errc::bad_account_id},
             row{R"({"sub":"caf\u00e9"})", errc::bad_account_id},
             row{R"({"sub":"a\u0000b"})", errc::bad_account_id},
             row{R"({"sub":42})", errc::bad_account_id},
             row{R"({"userId":42,"sub":"a"})", errc::bad_account_id},
             row{R"({"userId":"","sub":"a"})", errc::bad_account_id},
             row{long_id, errc::bad_account_id},
             row{R"({"sub":"a","role":"user"})", errc::unknown_role},
             row{R"({"sub":"a","role":"ROOT"})", errc::unknown_role},
             row{R"({"sub":"a","role":["ADMIN"]})", errc::unknown_role},
             row{R"({"sub":"a","exp":"1790003600"})", errc::bad_claims},
             row{R"({"sub":"a","nbf":true})", errc::bad_claims},
             row{R"({"sub":"a","iat":{}})", errc::bad_claims},
             row{R"({"sub":"a","aud":7})", errc::bad_claims},
             row{R"({"sub":"a","aud":["x",7]})", errc::bad_claims},
             row{R"(["sub","a"])", errc::bad_claims},
             row{R"({"sub":"a"} x)", errc::bad_claims},
             row{R"({"sub":"a")", errc::bad_claims},
             row{"not json", errc::bad_claims},
             row{"{\"sub\":\"a\",\"name\":\"\xff\"}", errc::bad_claims},
         })
        EXPECT_EQ(refusal(verdict(payload)), error) << payload;
}

TEST(JwtVerifier, CountsNullAndDecorationOfAnotherTypeAsAbsent) {
    auto c = verdict(R"({"userId":null,"sub":"a","role":null,"name":7,"profile":null,"language":[],"about":"x"})");
    ASSERT_TRUE(c);
    EXPECT_EQ(c->account.text(), "a");
    EXPECT_EQ(c->role, account_role::user);
    EXPECT_FALSE(c->name || c->profile || c->language);
    EXPECT_EQ(c->about, "x");
}

TEST(JwtVerifier, ReadsEveryRole) {
    EXPECT_EQ(verdict(R"({"sub":"a","role":"USER"})")->role, account_role::user);
    EXPECT_EQ(verdict(R"({"sub":"a","role":"TELECALLER"})")->role, account_role::telecaller);
    EXPECT_EQ(verdict(R"({"sub":"a","role":"ADMIN"})")->role, account_role::admin);
}

TEST(JwtSigner, SignsAsOtherImplementationsDo) {
    EXPECT_EQ(signed_over(R"({"sub":"u-1"})"), plain_token);
    EXPECT_EQ(jwt_signer::create(secret{}).error(), errc::secret_too_short);
}

TEST(WriteClaims, IsReadBackByTheVerifier) {
    claims c{.account = account_id::parse("u\"1\\").value(),
             .role = account_role::admin,
             .name = "Zo\xc3\xab \"Z\"\n",
             .profile = "p",
             .language = "nl",
             .about = "",
             .issued_at = signing_time,
             .not_before = signing_time - 1s,
             .expires_at = signing_time + 1h};
    auto read = verdict(write_claims(c, "app", "ringback"), signing_time, {.issuer = "app", .audience = "ringback"});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->account, c.account);
    EXPECT_EQ(read->role, c.role);
    EXPECT_EQ(read->name, c.name);
    EXPECT_EQ(read->profile, c.profile);
    EXPECT_EQ(read->language, c.language);
    EXPECT_EQ(read->about, c.about);
    EXPECT_EQ(read->issued_at, c.issued_at);
    EXPECT_EQ(read->not_before, c.not_before);
    EXPECT_EQ(read->expires_at, c.expires_at);
    EXPECT_EQ(write_claims({.account = account_id::parse("u").value()}, "", ""), R"({"sub":"u","role":"USER"})");
}
