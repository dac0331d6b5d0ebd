#include "auth/session_book.hpp"

#include <gtest/gtest.h>

#include <chrono>

using namespace ringback;
using namespace ringback::auth;
using namespace std::chrono_literals;

namespace {

account_id const ann = *account_id::parse("ann"), bob = *account_id::parse("bob");
socket_ref const phone{{0, 1}, 2, 3};
mono_time const now{1h};

} // namespace

TEST(SessionBook, ATokenNamesItsDeviceOnce) {
    session_book book;
    auto session = book.issue(ann, phone);
    EXPECT_EQ(session.token.size(), 32u);
    EXPECT_EQ(book.take(session.token, ann, now).value(), phone);
    EXPECT_EQ(book.take(session.token, ann, now).error(), session_book::errc::unknown);
    EXPECT_EQ(book.size(), 0u);
}

TEST(SessionBook, ATokenIsForItsAccountAndStaysWithIt) {
    session_book book;
    auto session = book.issue(ann, phone);
    EXPECT_EQ(book.take(session.token, bob, now).error(), session_book::errc::unknown);
    EXPECT_TRUE(book.take(session.token, ann, now));
}

TEST(SessionBook, TokensDiffer) {
    session_book book;
    EXPECT_NE(book.issue(ann, phone).token, book.issue(ann, phone).token);
}

TEST(SessionBook, ALostDevicesTokenExpiresAndIsForgotten) {
    session_book book;
    auto in_time = book.issue(ann, phone), late = book.issue(ann, phone), forgotten = book.issue(ann, phone);
    for (auto const& each : {in_time, late, forgotten})
        book.let_expire(each.hash, now + 30s, now);
    EXPECT_TRUE(book.take(in_time.token, ann, now + 30s));
    EXPECT_EQ(book.take(late.token, ann, now + 31s).error(), session_book::errc::expired);
    EXPECT_EQ(book.take(forgotten.token, ann, now + 60s).error(), session_book::errc::unknown);
    EXPECT_EQ(book.size(), 0u);
}

TEST(SessionBook, ATokenOfALostServerIsGoodForAWhileAndNamesNoDevice) {
    session_book lost, book;
    auto in_time = lost.issue(ann, phone), late = lost.issue(ann, phone);
    for (auto const& each : {in_time, late}) {
        auto kept = to_text(hash_of_session(each.token)); // what outlives the process
        EXPECT_EQ(kept.find(each.token), std::string::npos);
        book.restore(parse_session_hash(kept).value(), ann, now + 30s, now);
    }
    EXPECT_EQ(book.take(in_time.token, *account_id::parse("bob"), now).error(), session_book::errc::unknown);
    EXPECT_TRUE(book.take(in_time.token, ann, now).value().is_null());
    EXPECT_EQ(book.take(in_time.token, ann, now).error(), session_book::errc::unknown) << "used";
    EXPECT_EQ(book.take(late.token, ann, now + 31s).error(), session_book::errc::expired);
    EXPECT_FALSE(parse_session_hash("no hash"));
}

TEST(SessionBook, ARetiredTokenIsUnknown) {
    session_book book;
    auto session = book.issue(ann, phone);
    book.retire(session.hash);
    EXPECT_EQ(book.take(session.token, ann, now).error(), session_book::errc::unknown);
}
