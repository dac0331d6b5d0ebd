#include "auth/public_key.hpp"
#include "key_samples.hpp"

#include <gtest/gtest.h>

using namespace ringback::auth;
using enum jws_algorithm;

namespace {

std::string set_of(std::string const& members) { return R"({"keys":[)" + members + "]}"; }

std::vector<public_key> keys_in(std::string_view text) {
    auto keys = read_public_keys(text);
    EXPECT_TRUE(keys) << text;
    return keys.value_or(std::vector<public_key>{});
}

errc refusal_of(std::string_view text) {
    auto keys = read_public_keys(text);
    EXPECT_FALSE(keys) << text;
    return keys ? errc{} : keys.error();
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    auto at = text.find(what);
    EXPECT_NE(at, text.npos) << what;
    return at == text.npos ? text : text.replace(at, what.size(), by);
}

} // namespace

TEST(ReadPublicKeys, ReadsTheSameNumbersFromPemAndFromJwk) {
    EXPECT_EQ(keys_in(samples::rsa_pem).at(0).numbers, keys_in(samples::k1).at(0).numbers);
    EXPECT_EQ(keys_in(samples::p256_pem).at(0).numbers, keys_in(samples::k3).at(0).numbers);
    EXPECT_EQ(keys_in(samples::p384_pem).at(0).numbers, keys_in(samples::k4).at(0).numbers);
    EXPECT_EQ(keys_in(samples::rsa_pkcs1_pem), keys_in(samples::rsa_pem));
    EXPECT_EQ(keys_in(samples::p256_certificate), keys_in(samples::p256_pem));
}

TEST(ReadPublicKeys, ReadsEveryBlockOfAPemFileAndPassesOverTextBetween) {
    auto keys = keys_in("The old one:\n" + samples::rsa_pem + "\nThe new one:\n" + samples::p256_pem + "\nEnd\n");
    ASSERT_EQ(keys.size(), 2u);
    EXPECT_TRUE(std::holds_alternative<rsa_numbers>(keys[0].numbers));
    EXPECT_TRUE(std::holds_alternative<ec_point>(keys[1].numbers));
    EXPECT_EQ(keys[0].kid, "");
}

TEST(ReadPublicKeys, ReadsNameAndAlgorithmOfTheMembersOfASet) {
    auto keys = keys_in(" \n" + set_of(samples::k1 + "," + samples::k2 + "," + samples::k3));
    ASSERT_EQ(keys.size(), 3u);
    EXPECT_EQ(keys[0].kid, "k1");
    EXPECT_EQ(keys[0].only, rs256);
    EXPECT_EQ(keys[1].kid, "k2");
    EXPECT_EQ(keys[1].only, std::nullopt);
}

TEST(ReadPublicKeys, PassesOverMembersThatCannotVerifyHere) {
    for (std::string const& member : {
             replaced(samples::k1, R"("sig")", R"("enc")"),
             replaced(samples::k4, R"(["verify"])", R"(["encrypt"])"),
             replaced(samples::k1, R"("RS256")", R"("RSA-OAEP")"),
             replaced(samples::k1, R"("RS256")", "7"),
             replaced(samples::k1, R"("kty":"RSA")", R"("kty":"RSX")"),
             replaced(samples::k3, R"("P-256")", R"("P-521")"),
             replaced(samples::k3, R"("x":")", R"("x":"=)"),
             replaced(samples::k3, R"("y")", R"("why")"),
             std::string{R"({"kty":"oct","kid":"a","k":"c2VjcmV0"})"},
             std::string{"7"},
             std::string{"{}"},
         }) {
        EXPECT_EQ(keys_in(set_of(member + "," + samples::k2)).size(), 1u) << member;
        EXPECT_EQ(refusal_of(set_of(member)), errc::no_usable_key) << member;
    }
}

TEST(ReadPublicKeys, RefusesWhatIsNeitherPemNorJwks) {
    EXPECT_EQ(refusal_of(""), errc::no_usable_key);
    EXPECT_EQ(refusal_of(" \n"), errc::no_usable_key);
    EXPECT_EQ(refusal_of("just a text"), errc::no_usable_key);
    EXPECT_EQ(refusal_of(set_of("")), errc::no_usable_key);
    EXPECT_EQ(refusal_of("{}"), errc::bad_key_file);
    EXPECT_EQ(refusal_of(R"({"keys":7})"), errc::bad_key_file);
    EXPECT_EQ(refusal_of(set_of(samples::k1).substr(0, 100)), errc::bad_key_file);
    EXPECT_EQ(refusal_of(samples::rsa_pem.substr(0, 100)), errc::bad_key_file);
    EXPECT_EQ(refusal_of(samples::p256_pem + replaced(samples::rsa_pem, "MII", "MIJ")), errc::bad_key_file);
    EXPECT_EQ(refusal_of("-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n"), errc::bad_key_file);
}

TEST(ReadPublicKeys, RefusesAPrivateKeyWhateverElseTheFileHolds) {
    for (std::string_view label : {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"}) {
        std::string block =
            "-----BEGIN " + std::string{label} + "-----\nAAAA\n-----END " + std::string{label} + "-----\n";
        EXPECT_EQ(refusal_of(samples::rsa_pem + block), errc::private_key) << label;
    }
}

TEST(PublicKey, FitsTheAlgorithmsOfItsTypeAndNoOther) {
    public_key rsa = keys_in(samples::rsa_pem).at(0), p256 = keys_in(samples::p256_pem).at(0);
    public_key p384 = keys_in(samples::p384_pem).at(0), only_rs256 = keys_in(samples::k1).at(0);
    for (auto a : {hs256, hs384, hs512, rs256, ps256, es256, es384}) {
        EXPECT_EQ(fits(rsa, a), a == rs256 || a == ps256) << name_of(a);
        EXPECT_EQ(fits(only_rs256, a), a == rs256) << name_of(a);
        EXPECT_EQ(fits(p256, a), a == es256) << name_of(a);
        EXPECT_EQ(fits(p384, a), a == es384) << name_of(a);
        EXPECT_EQ(parse_algorithm(name_of(a)), a);
    }
    for (auto name : {"none", "", "hs256", "HS256 ", "RS384", "EdDSA"})
        EXPECT_EQ(parse_algorithm(name), std::nullopt) << name;
}
