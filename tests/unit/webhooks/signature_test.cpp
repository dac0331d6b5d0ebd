#include "webhooks/signature.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>

namespace ringback::webhooks {

using namespace std::chrono_literals;

namespace {

wall_time const now{1'800'000'000'999ms};
// printf '1800000000.{"id":"1"}' | openssl dgst -sha256 -hmac "the first secret"
std::string const by_first = "0877a055c4653de0c37be5ba11840f9765139b549bd63b36439e0291c0c65402";
std::string const by_second = "5b60be3474a4149747504c1198ab3b5c81700b32617483748b29a9ca4bdc5fcb";

} // namespace

TEST(Signature, IsTheHmacOfTimeAndBody) {
    std::array const secrets{secret{"the first secret"}};
    EXPECT_EQ(sign(secrets, now, R"({"id":"1"})"), "t=1800000000,v1=" + by_first);
}

TEST(Signature, HasOneValueForEachSecretWhileOneIsReplaced) {
    std::array const secrets{secret{"the second secret"}, secret{"the first secret"}};
    EXPECT_EQ(sign(secrets, now, R"({"id":"1"})"), "t=1800000000,v1=" + by_second + ",v1=" + by_first);
}

} // namespace ringback::webhooks
