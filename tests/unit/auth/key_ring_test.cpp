#include "auth/jwt_verifier.hpp"
#include "auth/key_ring.hpp"
#include "key_samples.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

using namespace ringback;
using namespace ringback::auth;
using namespace std::chrono_literals;
using enum jws_algorithm;
namespace fs = std::filesystem;

namespace {

wall_time const start{1'800'000'000s};

std::string set_of(std::string const& members) { return R"({"keys":[)" + members + "]}"; }

/// A folder with one key file, gone with the test.
class KeyRing : public testing::Test {
protected:
    KeyRing() {
        std::string name = (fs::temp_directory_path() / "ringback-keys-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        file_ = folder_ / "keys";
    }
    ~KeyRing() override { fs::remove_all(folder_); }

    /// As a careful operator does it: never half a file.
    void put(std::string const& text) {
        std::ofstream{folder_ / "new", std::ios::binary} << text;
        fs::rename(folder_ / "new", file_);
    }

    jwt_verifier verifier(std::vector<jws_algorithm> algorithms = {rs256, es256}) {
        auto ring = key_ring::open({.algorithms = std::move(algorithms), .secret = {}, .files = {file_}}, start);
        EXPECT_TRUE(ring);
        return {std::move(ring).value(), {}};
    }

    errc refusal_at_start(std::vector<jws_algorithm> algorithms = {rs256}) {
        auto ring = key_ring::open({.algorithms = std::move(algorithms), .secret = {}, .files = {file_}}, start);
        EXPECT_FALSE(ring);
        if (ring) return {};
        EXPECT_EQ(ring.error().file, file_);
        return ring.error().why;
    }

    fs::path folder_, file_;
};

} // namespace

TEST_F(KeyRing, TakesSecretAndFilesTogether) {
    put(set_of(samples::k1));
    std::ofstream{folder_ / "more.pem"} << samples::p256_pem;
    auto ring = key_ring::open({.algorithms = {hs256, rs256, es256},
                                .secret = secret{samples::secret_text},
                                .files = {file_, folder_ / "more.pem"}},
                               start);
    ASSERT_TRUE(ring);
    jwt_verifier all{*std::move(ring), {}};
    for (auto const& token : {samples::hs256, samples::rs256, samples::rs256_of_k1, samples::es256})
        EXPECT_TRUE(all.verify(token, start)) << token;
    EXPECT_FALSE(all.verify(samples::hs384, start));
}

TEST_F(KeyRing, RefusesAtTheStartAFileThatGivesNoKey) {
    EXPECT_EQ(refusal_at_start(), errc::unreadable);
    fs::create_directory(file_);
    EXPECT_EQ(refusal_at_start(), errc::unreadable);
    fs::remove(file_);
    put("");
    EXPECT_EQ(refusal_at_start(), errc::no_usable_key);
    put(samples::p256_pem);
    EXPECT_EQ(refusal_at_start({rs256, hs256}), errc::no_usable_key);
    put(samples::small_rsa_pem);
    EXPECT_EQ(refusal_at_start(), errc::no_usable_key);
    put("{");
    EXPECT_EQ(refusal_at_start(), errc::bad_key_file);
    put(samples::rsa_pem + std::string(max_key_file_bytes, '\n'));
    EXPECT_EQ(refusal_at_start(), errc::unreadable);
    auto ring = key_ring::open({.algorithms = {hs256}, .secret = secret{std::string(31, 's')}, .files = {}}, start);
    ASSERT_FALSE(ring);
    EXPECT_EQ(ring.error().why, errc::secret_too_short);
}

TEST_F(KeyRing, FindsANewKeyASecondAfterTheLastLookWhenATokenNamesIt) {
    put(set_of(samples::k1));
    auto v = verifier();
    EXPECT_EQ(v.verify(samples::rs256_of_k2, start + 1s).error(), errc::unknown_key);
    put(set_of(samples::k1 + "," + samples::k2));
    EXPECT_EQ(v.verify(samples::rs256_of_k2, start + 2s - 1ms).error(), errc::unknown_key);
    EXPECT_TRUE(v.verify(samples::rs256_of_k2, start + 2s));
    EXPECT_TRUE(v.verify(samples::rs256_of_k1, start + 2s));
}

TEST_F(KeyRing, FindsANewKeyForATokenThatNamesNone) {
    put(samples::rsa_pem);
    auto v = verifier();
    put(samples::other_rsa_pem);
    EXPECT_TRUE(v.verify(samples::rs256_by_k2, start + 1s));
    EXPECT_EQ(v.verify(samples::rs256, start + 1s).error(), errc::bad_signature);
}

TEST_F(KeyRing, ForgetsARemovedKeyWithinFiveSecondsThoughEveryTokenIsGood) {
    put(set_of(samples::k1 + "," + samples::k2));
    auto v = verifier();
    put(set_of(samples::k1));
    EXPECT_TRUE(v.verify(samples::rs256_of_k2, start + 5s - 1ms));
    EXPECT_EQ(v.verify(samples::rs256_of_k2, start + 5s).error(), errc::unknown_key);
    EXPECT_TRUE(v.verify(samples::rs256_of_k1, start + 5s));
}

TEST_F(KeyRing, KeepsTheOldKeysWhileTheNewFileIsBrokenOrGone) {
    put(set_of(samples::k1));
    auto v = verifier();
    auto at = start;
    for (std::string const& broken :
         {std::string{"{"}, std::string{}, samples::p384_pem, samples::rsa_pem.substr(0, 90)}) {
        put(broken);
        EXPECT_TRUE(v.verify(samples::rs256_of_k1, at += 5s)) << broken;
    }
    fs::remove(file_);
    EXPECT_TRUE(v.verify(samples::rs256_of_k1, at += 5s));
    put(set_of(samples::k2));
    EXPECT_TRUE(v.verify(samples::rs256_of_k2, at += 5s));
    EXPECT_FALSE(v.verify(samples::rs256_of_k1, at));
}

TEST_F(KeyRing, ToldOfABrokenFileOnce) {
    put(samples::rsa_pem);
    std::array algorithms{rs256};
    auto file = key_file::open(file_, algorithms);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->look_again(algorithms), false);
    put("{");
    EXPECT_EQ(file->look_again(algorithms).error(), errc::bad_key_file);
    EXPECT_EQ(file->look_again(algorithms), false);
    fs::remove(file_);
    EXPECT_EQ(file->look_again(algorithms).error(), errc::unreadable);
    EXPECT_EQ(file->look_again(algorithms), false);
    EXPECT_EQ(file->keys()->size(), 1u);
    put(samples::rsa_pem + samples::other_rsa_pem);
    EXPECT_EQ(file->look_again(algorithms), true);
    EXPECT_EQ(file->keys()->size(), 2u);
}

TEST_F(KeyRing, SeesAFileThatIsWrittenInPlaceByItsTime) {
    put(set_of(samples::k2));
    auto v = verifier();
    std::string other = set_of(samples::k1);
    std::ofstream{file_} << other;
    fs::last_write_time(file_, fs::file_time_type::clock::now() + 1h);
    EXPECT_TRUE(v.verify(samples::rs256_of_k1, start + 1s));
}

TEST_F(KeyRing, AnotherFileKeepsItsKeysWhenOneChanges) {
    put(set_of(samples::k1));
    std::ofstream{folder_ / "more.pem"} << samples::p256_pem;
    auto ring =
        key_ring::open({.algorithms = {rs256, es256}, .secret = {}, .files = {file_, folder_ / "more.pem"}}, start);
    ASSERT_TRUE(ring);
    jwt_verifier v{*std::move(ring), {}};
    put(set_of(samples::k2));
    EXPECT_TRUE(v.verify(samples::rs256_of_k2, start + 1s));
    EXPECT_TRUE(v.verify(samples::es256, start + 1s));
}

TEST_F(KeyRing, LooksAgainWhenTheClockWasSetBack) {
    put(set_of(samples::k1));
    auto v = verifier();
    put(set_of(samples::k2));
    EXPECT_TRUE(v.verify(samples::rs256_of_k2, start - 1h));
}

TEST_F(KeyRing, ServesManyThreadsWhileTheFileChanges) {
    put(set_of(samples::k1 + "," + samples::k3));
    auto v = verifier();
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([&v] {
                for (int i = 0; i < 60; ++i) {
                    EXPECT_TRUE(v.verify(samples::es256_of_k3, start + i * 1s));
                    (void)v.verify(samples::rs256_of_k2, start + i * 1s);
                }
            });
        put(set_of(samples::k2 + "," + samples::k3));
    }
    EXPECT_TRUE(v.verify(samples::rs256_of_k2, start + 2min));
}
