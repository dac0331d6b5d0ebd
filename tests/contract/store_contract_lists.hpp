#pragma once

#include "contract/store_story.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace ringback::contract {

/// ann, amy are users; tom, tim telecallers.
template <typename Harness>
class StoreLists : public store_story<Harness> {
protected:
    void SetUp() override {
        this->users({"ann", "amy"});
        this->telecallers_are({"tom", "tim"});
    }
    void a_call(std::uint32_t n, std::string_view caller, std::string_view callee, wall_time when) {
        ASSERT_EQ(this->write(say::opened(n, caller, callee, when)), ok);
        ASSERT_EQ(this->write(say::missed(n)), ok);
    }
    static std::vector<call_id> ids(std::vector<ports::stored_call> const& calls) {
        std::vector<call_id> found;
        for (auto const& c : calls)
            found.push_back(c.facts.id);
        return found;
    }
    static std::vector<std::string> names(std::vector<call::account> const& accounts) {
        std::vector<std::string> found;
        for (auto const& a : accounts)
            found.push_back(a.id.text());
        return found;
    }
    void a_telecaller(std::string_view name, std::string language, wall_time when) {
        call::account_patch p;
        p.role = call::role::telecaller;
        p.language = std::move(language);
        auto put = say::token(name, std::move(p), 1);
        put.at = when;
        ASSERT_EQ(this->write(put), ok);
    }
};
TYPED_TEST_SUITE_P(StoreLists);

TYPED_TEST_P(StoreLists, CallsComeNewestFirstFromBothSides) {
    this->a_call(1, "ann", "tom", at(1s));
    this->a_call(2, "amy", "tom", at(2s));
    this->a_call(3, "tom", "tim", at(4s));
    this->a_call(4, "ann", "tom", at(3s));
    auto page = this->calls_of("tom").value();
    EXPECT_THAT(this->ids(page.items),
                testing::ElementsAre(call_number(3), call_number(4), call_number(2), call_number(1)));
    EXPECT_EQ(page.next_cursor, "");
    EXPECT_EQ(page.items[0], this->call(3));
    EXPECT_THAT(this->ids(this->calls_of("amy").value().items), testing::ElementsAre(call_number(2)));
    EXPECT_THAT(this->calls_of("nobody").value().items, testing::IsEmpty());
}

TYPED_TEST_P(StoreLists, PagesShowEveryCallOnceAlsoThoseOfOneMillisecond) {
    for (std::uint32_t n = 1; n <= 11; ++n)
        this->a_call(n, n % 2 != 0 ? "ann" : "tom", n % 2 != 0 ? "tom" : "tim", at(n < 8 ? 1s : 2s));
    std::vector<call_id> seen;
    ports::page_request request{.limit = 3, .cursor = ""};
    std::vector<std::size_t> sizes;
    do {
        auto page = this->calls_of("tom", request).value();
        sizes.push_back(page.items.size());
        std::ranges::copy(this->ids(page.items), std::back_inserter(seen));
        request.cursor = page.next_cursor;
    } while (!request.cursor.empty());
    EXPECT_THAT(sizes, testing::ElementsAre(3u, 3u, 3u, 2u));
    std::vector<call_id> all;
    for (std::uint32_t n = 11; n >= 1; --n)
        all.push_back(call_number(n));
    EXPECT_EQ(seen, all);
}

TYPED_TEST_P(StoreLists, APageThatIsJustFullIsTheLast) {
    this->a_call(1, "ann", "tom", at(1s));
    this->a_call(2, "ann", "tom", at(2s));
    EXPECT_EQ(this->calls_of("tom", {.limit = 2, .cursor = ""}).value().next_cursor, "");
}

TYPED_TEST_P(StoreLists, ACallThatComesMeanwhileDoesNotShiftThePages) {
    for (std::uint32_t n = 1; n <= 4; ++n)
        this->a_call(n, "ann", "tom", at(std::chrono::seconds{n}));
    auto first = this->calls_of("tom", {.limit = 2, .cursor = ""}).value();
    this->a_call(5, "ann", "tom", at(5s));
    auto second = this->calls_of("tom", {.limit = 2, .cursor = first.next_cursor}).value();
    EXPECT_THAT(this->ids(second.items), testing::ElementsAre(call_number(2), call_number(1)));
}

TYPED_TEST_P(StoreLists, TelecallersAreThoseWhoMayBeCalledNewestFirst) {
    this->a_telecaller("tia", "de", at(2s));
    this->a_telecaller("ted", "en", at(1s));
    call::account_patch suspended, rejected, demoted;
    suspended.status = call::account_status::suspended;
    rejected.approval = call::approval_status::rejected;
    demoted.role = call::role::user;
    this->a_telecaller("off", "de", at(3s));
    this->a_telecaller("rej", "de", at(3s));
    this->a_telecaller("dem", "de", at(3s));
    ASSERT_EQ(this->write(say::admin("off", suspended)), ok);
    ASSERT_EQ(this->write(say::admin("rej", rejected)), ok);
    ASSERT_EQ(this->write(say::admin("dem", demoted)), ok);

    auto page = this->telecallers().value();
    EXPECT_THAT(this->names(page.items), testing::ElementsAre("tia", "ted", "tom", "tim"));
    EXPECT_EQ(page.items[0], this->account("tia"));
    EXPECT_EQ(page.next_cursor, "");
    EXPECT_THAT(this->names(this->telecallers("de").value().items), testing::ElementsAre("tia"));
    EXPECT_THAT(this->telecallers("fr").value().items, testing::IsEmpty());
}

TYPED_TEST_P(StoreLists, PagesShowEveryTelecallerOnce) {
    for (int n = 0; n < 7; ++n)
        this->a_telecaller("de-" + std::to_string(n), "de", at(n < 5 ? 1s : 2s));
    std::vector<std::string> seen;
    ports::page_request request{.limit = 2, .cursor = ""};
    do {
        auto page = this->telecallers("de", request).value();
        EXPECT_LE(page.items.size(), 2u);
        std::ranges::copy(this->names(page.items), std::back_inserter(seen));
        request.cursor = page.next_cursor;
    } while (!request.cursor.empty());
    EXPECT_THAT(seen, testing::ElementsAre("de-6", "de-5", "de-4", "de-3", "de-2", "de-1", "de-0"));
}

TYPED_TEST_P(StoreLists, ALimitIsBroughtIntoItsRange) {
    for (std::uint32_t n = 1; n <= 3; ++n)
        this->a_call(n, "ann", "tom", at(1s));
    EXPECT_EQ(this->calls_of("tom", {.limit = 0, .cursor = ""}).value().items.size(), 1u);
    EXPECT_EQ(this->calls_of("tom", {.limit = 4'000'000'000u, .cursor = ""}).value().items.size(), 3u);
}

TYPED_TEST_P(StoreLists, ACursorOfNobodyIsRefused) {
    this->a_call(1, "ann", "tom", at(1s));
    this->a_call(2, "ann", "tom", at(2s));
    auto of_calls = this->calls_of("tom", {.limit = 1, .cursor = ""}).value().next_cursor;
    auto of_accounts = this->telecallers("", {.limit = 1, .cursor = ""}).value().next_cursor;
    ASSERT_NE(of_calls, "");
    ASSERT_NE(of_accounts, "");
    for (std::string const& cursor : {std::string{"x"}, std::string{"%%%"}, of_accounts, of_calls + "AA"})
        EXPECT_EQ(this->calls_of("tom", {.limit = 1, .cursor = cursor}).error(), ports::store_errc::bad_cursor);
    for (std::string const& cursor : {std::string{"x"}, of_calls})
        EXPECT_EQ(this->telecallers("", {.limit = 1, .cursor = cursor}).error(), ports::store_errc::bad_cursor);
}

TYPED_TEST_P(StoreLists, AllCallsComeNewestFirstInPages) {
    this->a_call(1, "ann", "tom", at(1s));
    this->a_call(2, "amy", "tim", at(2s));
    this->a_call(3, "tom", "tim", at(3s));
    auto page = this->calls({}, {.limit = 2, .cursor = ""}).value();
    EXPECT_THAT(this->ids(page.items), testing::ElementsAre(call_number(3), call_number(2)));
    this->a_call(4, "ann", "tom", at(4s));
    page = this->calls({}, {.limit = 2, .cursor = page.next_cursor}).value();
    EXPECT_THAT(this->ids(page.items), testing::ElementsAre(call_number(1)));
    EXPECT_EQ(page.next_cursor, "");
    EXPECT_EQ(this->calls({}, {.limit = 2, .cursor = "x"}).error(), ports::store_errc::bad_cursor);
}

TYPED_TEST_P(StoreLists, AFilterShowsTheCallsOfAnAccountOrOfAStatusOrBoth) {
    using enum call::call_status;
    this->a_call(1, "ann", "tom", at(1s));
    ASSERT_EQ(this->write(say::opened(2, "ann", "tom", at(2s))), ok);
    ASSERT_EQ(this->write(say::opened(3, "amy", "tim", at(3s))), ok);
    ASSERT_EQ(this->write(say::answered(3)), ok);
    auto listed = [&](std::optional<account_id> of, std::optional<call::call_status> status) {
        return this->ids(this->calls({std::move(of), status}).value().items);
    };
    EXPECT_THAT(listed(id("tom"), std::nullopt), testing::ElementsAre(call_number(2), call_number(1)));
    EXPECT_THAT(listed(std::nullopt, ringing), testing::ElementsAre(call_number(2)));
    EXPECT_THAT(listed(std::nullopt, accepted), testing::ElementsAre(call_number(3)));
    EXPECT_THAT(listed(id("tim"), accepted), testing::ElementsAre(call_number(3)));
    EXPECT_THAT(listed(id("tom"), accepted), testing::IsEmpty());
    EXPECT_THAT(listed(std::nullopt, missed), testing::ElementsAre(call_number(1)));
    EXPECT_THAT(listed(id("ann"), missed), testing::ElementsAre(call_number(1)));
    EXPECT_THAT(listed(id("amy"), missed), testing::IsEmpty());
    EXPECT_THAT(listed(std::nullopt, completed), testing::IsEmpty());
}

TYPED_TEST_P(StoreLists, PagesShowEveryCallOfAStatusOnce) {
    for (std::uint32_t n = 1; n <= 7; ++n)
        this->a_call(n, "ann", "tom", at(1s));
    ASSERT_EQ(this->write(say::opened(8, "ann", "tom", at(2s))), ok);
    for (bool of_account : {false, true}) {
        ports::call_filter filter{.account = {}, .status = call::call_status::missed};
        if (of_account) filter.account = id("tom");
        std::vector<call_id> seen;
        ports::page_request request{.limit = 3, .cursor = ""};
        do {
            auto page = this->calls(filter, request).value();
            std::ranges::copy(this->ids(page.items), std::back_inserter(seen));
            request.cursor = page.next_cursor;
        } while (!request.cursor.empty());
        EXPECT_THAT(seen, testing::ElementsAre(call_number(7), call_number(6), call_number(5), call_number(4),
                                               call_number(3), call_number(2), call_number(1)));
    }
}

TYPED_TEST_P(StoreLists, AccountsComeNewestFirstInPages) {
    this->a_telecaller("zoe", "", at(1s));
    this->a_telecaller("abe", "", at(1s));
    auto page = this->accounts({.limit = 4, .cursor = ""}).value();
    EXPECT_THAT(this->names(page.items), testing::ElementsAre("zoe", "abe", "tom", "tim"));
    page = this->accounts({.limit = 4, .cursor = page.next_cursor}).value();
    EXPECT_THAT(this->names(page.items), testing::ElementsAre("ann", "amy"));
    EXPECT_EQ(page.next_cursor, "");
    EXPECT_EQ(this->accounts({.limit = 4, .cursor = "x"}).error(), ports::store_errc::bad_cursor);
}

REGISTER_TYPED_TEST_SUITE_P(StoreLists, AllCallsComeNewestFirstInPages,
                            AFilterShowsTheCallsOfAnAccountOrOfAStatusOrBoth, PagesShowEveryCallOfAStatusOnce,
                            AccountsComeNewestFirstInPages, CallsComeNewestFirstFromBothSides,
                            PagesShowEveryCallOnceAlsoThoseOfOneMillisecond, APageThatIsJustFullIsTheLast,
                            ACallThatComesMeanwhileDoesNotShiftThePages, TelecallersAreThoseWhoMayBeCalledNewestFirst,
                            PagesShowEveryTelecallerOnce, ALimitIsBroughtIntoItsRange, ACursorOfNobodyIsRefused);

} // namespace ringback::contract
