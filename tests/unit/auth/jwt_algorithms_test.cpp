#include "auth/jwt_signer.hpp"
#include "auth/jwt_verifier.hpp"
#include "auth/public_key.hpp"
#include "key_samples.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

using namespace ringback;
using namespace ringback::auth;
using namespace std::chrono_literals;
using enum jws_algorithm;

namespace {

wall_time const now{1'800'000'000s};

/// Every key of the texts, for each of the algorithms that it fits, and the secret for those that want one.
std::vector<jws_key> keys_of(std::initializer_list<jws_algorithm> listed, std::initializer_list<std::string> texts) {
    std::vector<jws_key> keys;
    for (auto a : listed) {
        if (is_symmetric(a)) keys.push_back(jws_key::from_secret(secret{samples::secret_text}, a).value());
        for (auto const& text : texts) {
            auto const found = read_public_keys(text).value();
            for (auto const& key : found)
                if (fits(key, a)) keys.push_back(jws_key::from_public(key, a).value());
        }
    }
    return keys;
}

jwt_verifier verifier_of(std::initializer_list<jws_algorithm> listed, std::initializer_list<std::string> texts) {
    return jwt_verifier::create(keys_of(listed, texts), {}).value();
}

std::optional<errc> refusal(jwt_verifier const& verifier, std::string_view token) {
    auto who = verifier.verify(token, now);
    return who ? std::nullopt : std::optional{who.error()};
}

constexpr auto all = {hs256, hs384, hs512, rs256, ps256, es256, es384};
std::string const named_keys = R"({"keys":[)" + samples::k1 + "," + samples::k2 + "," + samples::k3 + "]}";

} // namespace

TEST(JwtAlgorithms, VerifiesATokenOfAnotherImplementationForEach) {
    auto verifier = verifier_of(all, {samples::rsa_pem, samples::p256_pem, samples::p384_pem});
    for (auto const& token : {samples::hs256, samples::hs384, samples::hs512, samples::rs256, samples::ps256,
                              samples::es256, samples::es384}) {
        auto who = verifier.verify(token, now);
        ASSERT_TRUE(who) << token << describe(who.error());
        EXPECT_EQ(who->account.text(), "u-1");
    }
}

TEST(JwtAlgorithms, RefusesATokenOfAnAlgorithmThatIsNotListedThoughTheKeyWouldFit) {
    auto rsa = verifier_of({rs256}, {samples::rsa_pem});
    EXPECT_EQ(refusal(rsa, samples::rs256), std::nullopt);
    EXPECT_EQ(refusal(rsa, samples::ps256), errc::algorithm_not_allowed);
    EXPECT_EQ(refusal(rsa, samples::rs512), errc::algorithm_not_allowed);
    EXPECT_EQ(refusal(rsa, samples::hs256), errc::algorithm_not_allowed);
    EXPECT_EQ(refusal(verifier_of({hs256}, {samples::rsa_pem}), samples::rs256), errc::algorithm_not_allowed);
    EXPECT_EQ(refusal(verifier_of({hs512}, {}), samples::hs256), errc::algorithm_not_allowed);
}

TEST(JwtAlgorithms, NeverTakesAPublicKeyForASecret) {
    EXPECT_EQ(refusal(verifier_of({rs256}, {samples::rsa_pem}), samples::hs256_by_rsa_pem),
              errc::algorithm_not_allowed);
    EXPECT_EQ(refusal(verifier_of({hs256, rs256}, {samples::rsa_pem}), samples::hs256_by_rsa_pem), errc::bad_signature);
    EXPECT_EQ(refusal(verifier_of({hs256, rs256}, {named_keys}), samples::hs256_of_k1_by_rsa_pem), errc::bad_signature);
    EXPECT_EQ(jws_key::from_public(read_public_keys(samples::rsa_pem)->at(0), hs256).error(), errc::bad_key);
    EXPECT_EQ(jws_key::from_secret(secret{samples::secret_text}, rs256).error(), errc::bad_key);
}

TEST(JwtAlgorithms, RefusesUnsecuredTokensWithEveryKind) {
    auto verifier = verifier_of(all, {samples::rsa_pem, samples::p256_pem, samples::p384_pem});
    EXPECT_EQ(refusal(verifier, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1LTEifQ."), errc::algorithm_not_allowed);
    for (auto const& token : {samples::hs512, samples::rs256, samples::ps256, samples::es256, samples::es384})
        EXPECT_EQ(refusal(verifier, token.substr(0, token.rfind('.') + 1)), errc::bad_signature) << token;
}

TEST(JwtAlgorithms, BindsEachCurveToItsHash) {
    auto both = verifier_of({es256, es384}, {samples::p256_pem, samples::p384_pem});
    EXPECT_EQ(refusal(both, samples::es384_by_p256), errc::bad_signature);
    EXPECT_EQ(refusal(both, samples::es256_by_p384), errc::bad_signature);
    auto p256 = verifier_of({es256, es384}, {samples::p256_pem});
    EXPECT_EQ(refusal(p256, samples::es384_by_p256), errc::algorithm_not_allowed);
    EXPECT_EQ(jws_key::from_public(read_public_keys(samples::p256_pem)->at(0), es384).error(), errc::bad_key);
}

TEST(JwtAlgorithms, RefusesEcdsaSignaturesInAnotherForm) {
    auto verifier = verifier_of({es256}, {samples::p256_pem});
    EXPECT_EQ(refusal(verifier, samples::es256_in_der), errc::bad_signature);
    EXPECT_EQ(refusal(verifier, samples::es256_of_zeros), errc::bad_signature);
}

TEST(JwtAlgorithms, RefusesEveryTokenWithASignatureCutOrChanged) {
    auto verifier = verifier_of(all, {samples::rsa_pem, samples::p256_pem, samples::p384_pem});
    for (auto const& token :
         {samples::hs384, samples::hs512, samples::rs256, samples::ps256, samples::es256, samples::es384}) {
        auto begin = token.rfind('.') + 1;
        for (std::size_t size = begin; size < token.size(); size += 9)
            EXPECT_TRUE(refusal(verifier, token.substr(0, size))) << size;
        EXPECT_TRUE(refusal(verifier, token + "AAAA"));
        for (std::size_t at = begin; at + 1 < token.size(); at += 17) {
            std::string changed = token;
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            EXPECT_EQ(refusal(verifier, changed), errc::bad_signature) << at;
        }
    }
}

TEST(JwtAlgorithms, TriesTheKeyThatTheTokenNamesAndNoOther) {
    auto verifier = verifier_of({rs256, es256}, {named_keys});
    EXPECT_EQ(refusal(verifier, samples::rs256_of_k1), std::nullopt);
    EXPECT_EQ(refusal(verifier, samples::rs256_of_k2), std::nullopt);
    EXPECT_EQ(refusal(verifier, samples::es256_of_k3), std::nullopt);
    EXPECT_EQ(refusal(verifier, samples::rs256_of_k1_by_k2), errc::bad_signature);
    EXPECT_EQ(refusal(verifier, samples::rs256_of_k9), errc::unknown_key);
}

TEST(JwtAlgorithms, TriesEveryKeyForATokenThatNamesNone) {
    auto verifier = verifier_of({rs256}, {named_keys});
    EXPECT_EQ(refusal(verifier, samples::rs256), std::nullopt);
    EXPECT_EQ(refusal(verifier, samples::rs256_by_k2), std::nullopt);
}

TEST(JwtAlgorithms, TriesKeysWithoutANameForANameThatNoKeyHas) {
    EXPECT_EQ(refusal(verifier_of({hs256}, {}), samples::hs256_of_whatever), std::nullopt);
    EXPECT_EQ(refusal(verifier_of({rs256}, {samples::rsa_pem}), samples::rs256_of_k9), std::nullopt);
    EXPECT_EQ(refusal(verifier_of({rs256}, {samples::other_rsa_pem, named_keys}), samples::rs256_of_k1_by_k2),
              errc::bad_signature);
    EXPECT_EQ(refusal(verifier_of({hs256}, {}), samples::hs256_with_number_as_kid), errc::malformed);
}

TEST(JwsKey, RefusesWeakAndImpossibleKeys) {
    EXPECT_EQ(jws_key::from_public(read_public_keys(samples::small_rsa_pem)->at(0), rs256).error(), errc::bad_key);
    auto rsa = std::get<rsa_numbers>(read_public_keys(samples::rsa_pem)->at(0).numbers);
    for (std::string_view exponent : {"", "\x01", "\x02", "\x01\x00\x02"}) {
        rsa.exponent = exponent;
        EXPECT_EQ(jws_key::from_public({rsa}, rs256).error(), errc::bad_key);
    }
    rsa.exponent = std::string("\x00\x01\x00\x01", 4);
    EXPECT_TRUE(jws_key::from_public({rsa}, rs256));
    auto point = std::get<ec_point>(read_public_keys(samples::p256_pem)->at(0).numbers);
    for (std::string y : {point.x, std::string(32, '\0'), point.y + "x", std::string{}})
        EXPECT_EQ(jws_key::from_public({ec_point{point.curve, point.x, y}}, es256).error(), errc::bad_key);
}

TEST(JwtSigner, SignsWithEveryHmac) {
    auto verifier = verifier_of({hs256, hs384, hs512}, {});
    for (auto a : {hs256, hs384, hs512}) {
        auto signer = jwt_signer::create(secret{samples::secret_text}, a);
        ASSERT_TRUE(signer);
        EXPECT_EQ(refusal(verifier, signer->sign(R"({"sub":"u-1"})")), std::nullopt) << name_of(a);
    }
    EXPECT_EQ(jwt_signer::create(secret{samples::secret_text}, es256).error(), errc::bad_key);
}
