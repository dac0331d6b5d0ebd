#include "websocket/deflate_terms.hpp"

#include <gtest/gtest.h>

using namespace ringback::websocket;

namespace {

std::string answer(std::string_view offers, deflate_config const& config = {}) {
    auto terms = accept_deflate(offers, config);
    return terms ? to_header(*terms) : "declined";
}

constexpr std::string_view plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

} // namespace

TEST(DeflateTerms, TakeNoContextOverUnlessAskedTo) {
    EXPECT_EQ(answer("permessage-deflate"), plain);
    EXPECT_EQ(answer("permessage-deflate; server_no_context_takeover; client_no_context_takeover"), plain);
    deflate_config keeping{.client_context_takeover = true};
    EXPECT_EQ(answer("permessage-deflate", keeping), "permessage-deflate; server_no_context_takeover");
    EXPECT_TRUE(accept_deflate("permessage-deflate", keeping)->client_context_takeover);
    EXPECT_EQ(answer("permessage-deflate; client_no_context_takeover", keeping), plain)
        << "a client that keeps none need not be given memory";
}

TEST(DeflateTerms, AnswerWhatBrowsersAndNodeOffer) {
    EXPECT_EQ(answer("permessage-deflate; client_max_window_bits"), plain);
    EXPECT_EQ(answer("permessage-deflate; client_max_window_bits", {.client_window_bits = 10}),
              std::string{plain} + "; client_max_window_bits=10");
    EXPECT_EQ(answer("permessage-deflate; client_max_window_bits=9", {.client_window_bits = 10}),
              std::string{plain} + "; client_max_window_bits=9");
    EXPECT_EQ(answer("permessage-deflate; client_max_window_bits=9"), plain) << "a hint that asks for nothing";
    EXPECT_EQ(accept_deflate("permessage-deflate; client_max_window_bits=9", {})->client_window_bits, 15);
}

TEST(DeflateTerms, LimitTheServersWindowAsAsked) {
    EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=10"),
              std::string{plain} + "; server_max_window_bits=10");
    EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=\"15\"", {.server_window_bits = 12}),
              std::string{plain} + "; server_max_window_bits=12");
    EXPECT_EQ(accept_deflate("permessage-deflate", {.server_window_bits = 12})->server_window_bits, 12);
    EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=8"), "declined") << "zlib cannot";
}

TEST(DeflateTerms, TakeTheFirstOfferThatCanBeMet) {
    EXPECT_EQ(answer("x-webkit-deflate-frame, permessage-deflate; server_max_window_bits=8 , permessage-deflate"),
              plain);
    EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=9, permessage-deflate"),
              std::string{plain} + "; server_max_window_bits=9");
    EXPECT_EQ(answer("other; a=\"x, permessage-deflate\", , permessage-deflate"), plain);
}

TEST(DeflateTerms, DeclineWhatTheRfcDoesNotAllow) {
    for (std::string_view parameters :
         {"unknown", "server_no_context_takeover=1", "client_no_context_takeover; client_no_context_takeover",
          "server_max_window_bits", "server_max_window_bits=7", "server_max_window_bits=16",
          "server_max_window_bits=010", "server_max_window_bits=10; server_max_window_bits=10",
          "client_max_window_bits=", "client_max_window_bits=x", "client_max_window_bits=\"1\\0\"",
          "client_max_window_bits; client_max_window_bits=10", "", "a b", "=1", "server_max_window_bits=\"10"})
        EXPECT_EQ(answer("permessage-deflate; " + std::string{parameters}), "declined") << parameters;
    EXPECT_EQ(answer(""), "declined");
    EXPECT_EQ(answer("permessage-bzip2"), "declined");
}
