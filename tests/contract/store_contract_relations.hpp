#pragma once

#include "contract/store_story.hpp"

#include <string>
#include <utility>
#include <vector>

namespace ringback::contract {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// Who has put whom among the contacts, who has blocked whom, and the attempts that found somebody busy.
template <typename Harness>
class StoreRelations : public store_story<Harness> {
protected:
    using relation = ports::relation;

    void SetUp() override { this->users({"ann", "bob", "cat"}); }

    ports::write_outcome says(std::string_view from, relation what, std::string_view to, bool holds = true) {
        return this->write(ports::put_relation{id(from), what, id(to), holds, at(1s)});
    }
    void befriend(std::string_view one, std::string_view other) {
        ASSERT_EQ(says(one, relation::contact, other), ok);
        ASSERT_EQ(says(other, relation::contact, one), ok);
    }
    ports::acquaintance between(std::string_view one, std::string_view other) {
        return start<ports::read_result<ports::acquaintance>>(
                   [&](auto done) { this->store().acquaintance_of(id(one), id(other), std::move(done)); })
            .get()
            .value();
    }
    std::vector<std::string> contacts(std::string_view who) {
        auto found = start<ports::read_result<std::vector<call::display>>>(
                         [&](auto done) { this->store().contacts_of(id(who), std::move(done)); })
                         .get()
                         .value();
        std::vector<std::string> ids;
        for (auto const& each : found)
            ids.push_back(each.id.text());
        return ids;
    }
    std::vector<std::string> blocked(std::string_view who) {
        auto found = start<ports::read_result<std::vector<account_id>>>(
                         [&](auto done) { this->store().blocked_with(id(who), std::move(done)); })
                         .get()
                         .value();
        std::vector<std::string> ids;
        for (auto const& each : found)
            ids.push_back(each.text());
        return ids;
    }
    ports::read_result<ports::page<ports::related>> list(std::string_view who, relation what,
                                                         ports::page_request page = {}) {
        return start<ports::read_result<ports::page<ports::related>>>(
                   [&](auto done) { this->store().list_related(id(who), what, std::move(page), std::move(done)); })
            .get();
    }
    std::vector<std::string> listed(std::string_view who, relation what) {
        std::vector<std::string> ids;
        auto const page = list(who, what).value();
        for (auto const& each : page.items)
            ids.push_back(each.who.id.text() + (each.between.are_contacts ? " mutual" : "") +
                          (each.between.is_blocked ? " blocked" : ""));
        return ids;
    }
};
TYPED_TEST_SUITE_P(StoreRelations);

TYPED_TEST_P(StoreRelations, TwoAreContactsWhenEachHasPutTheOther) {
    using enum ports::relation;
    EXPECT_EQ(this->says("ann", contact, "bob"), ok);
    EXPECT_EQ(this->between("ann", "bob"), ports::acquaintance{});
    EXPECT_THAT(this->contacts("ann"), IsEmpty());
    EXPECT_THAT(this->listed("ann", contact), ElementsAre("bob"));
    EXPECT_EQ(this->says("bob", contact, "ann"), ok);
    EXPECT_TRUE(this->between("ann", "bob").are_contacts);
    EXPECT_TRUE(this->between("bob", "ann").are_contacts);
    EXPECT_THAT(this->contacts("ann"), ElementsAre("bob"));
    EXPECT_THAT(this->contacts("bob"), ElementsAre("ann"));
    EXPECT_THAT(this->listed("ann", contact), ElementsAre("bob mutual"));
    EXPECT_EQ(this->says("bob", contact, "ann", false), ok);
    EXPECT_EQ(this->between("ann", "bob"), ports::acquaintance{});
    EXPECT_THAT(this->contacts("ann"), IsEmpty());
}

TYPED_TEST_P(StoreRelations, AnAdminsPairHoldsWhateverTheySay) {
    using enum ports::relation;
    EXPECT_EQ(this->write(ports::put_pair{id("ann"), id("bob"), true, at(1s)}), ok);
    EXPECT_TRUE(this->between("bob", "ann").are_contacts);
    EXPECT_THAT(this->contacts("ann"), ElementsAre("bob"));
    EXPECT_THAT(this->listed("bob", contact), ElementsAre("ann mutual"));
    this->befriend("ann", "bob");
    EXPECT_THAT(this->contacts("ann"), ElementsAre("bob")) << "once";
    EXPECT_THAT(this->listed("ann", contact), ElementsAre("bob mutual")) << "once";
    EXPECT_EQ(this->says("ann", contact, "bob", false), ok);
    EXPECT_TRUE(this->between("ann", "bob").are_contacts);
    EXPECT_EQ(this->write(ports::put_pair{id("bob"), id("ann"), false, at(2s)}), ok);
    EXPECT_FALSE(this->between("ann", "bob").are_contacts);
}

TYPED_TEST_P(StoreRelations, ABlockCountsForBothAndIsSeenInTheListOfWhoBlocked) {
    using enum ports::relation;
    this->befriend("ann", "bob");
    this->befriend("ann", "cat");
    EXPECT_EQ(this->says("bob", block, "ann"), ok);
    EXPECT_TRUE(this->between("ann", "bob").is_blocked);
    EXPECT_TRUE(this->between("bob", "ann").is_blocked);
    EXPECT_THAT(this->contacts("ann"), ElementsAre("cat"));
    EXPECT_THAT(this->contacts("bob"), IsEmpty());
    EXPECT_THAT(this->blocked("ann"), ElementsAre("bob"));
    EXPECT_THAT(this->blocked("bob"), ElementsAre("ann"));
    EXPECT_THAT(this->listed("bob", block), ElementsAre("ann mutual blocked"));
    EXPECT_THAT(this->listed("ann", block), IsEmpty());
    EXPECT_EQ(this->says("bob", block, "ann", false), ok);
    EXPECT_THAT(this->contacts("ann"), UnorderedElementsAre("bob", "cat"));
}

TYPED_TEST_P(StoreRelations, SayingItAgainChangesNothing) {
    using enum ports::relation;
    EXPECT_EQ(this->says("ann", contact, "bob"), ok);
    EXPECT_EQ(this->says("ann", contact, "bob"), ok);
    EXPECT_THAT(this->listed("ann", contact), ElementsAre("bob"));
    EXPECT_EQ(this->says("ann", contact, "bob", false), ok);
    EXPECT_EQ(this->says("ann", contact, "bob", false), ok);
    EXPECT_THAT(this->listed("ann", contact), IsEmpty());
}

TYPED_TEST_P(StoreRelations, WhoDoesNotExistIsAConflict) {
    EXPECT_EQ(this->says("ann", ports::relation::contact, "nobody"), conflict);
    EXPECT_EQ(this->says("nobody", ports::relation::block, "ann"), conflict);
    EXPECT_EQ(this->write(ports::put_pair{id("ann"), id("nobody"), true, at(1s)}), conflict);
    EXPECT_EQ(this->between("ann", "nobody"), ports::acquaintance{});
}

TYPED_TEST_P(StoreRelations, AListComesInPagesNewestFirst) {
    using enum ports::relation;
    EXPECT_EQ(this->says("ann", contact, "bob"), ok);
    EXPECT_EQ(this->says("ann", contact, "cat"), ok);
    auto first = this->list("ann", contact, {1, ""}).value();
    ASSERT_EQ(first.items.size(), 1u);
    EXPECT_EQ(first.items[0].who.id, id("cat"));
    auto second = this->list("ann", contact, {1, first.next_cursor}).value();
    ASSERT_EQ(second.items.size(), 1u);
    EXPECT_EQ(second.items[0].who.id, id("bob"));
    EXPECT_EQ(second.next_cursor, "");
    EXPECT_EQ(this->list("ann", contact, {1, "made up"}).error(), ports::store_errc::bad_cursor);
}

TYPED_TEST_P(StoreRelations, AnAttemptThatFoundSomebodyBusyIsMissedAndClaimsNobody) {
    ASSERT_EQ(this->write(say::opened_by_peer(1, "ann", "bob")), ok);
    auto attempt = say::opened_by_peer(2, "cat", "bob");
    EXPECT_EQ(this->write(ports::call_not_begun{attempt.what, say::event(at(3s), "MISSED", "cat")}), ok);
    EXPECT_EQ(this->write(ports::call_not_begun{attempt.what, say::event(at(3s), "MISSED", "cat")}), conflict);
    auto found = start<ports::read_result<std::optional<ports::stored_call>>>(
                     [&](auto done) { this->store().find_call(call_number(2), std::move(done)); })
                     .get()
                     .value()
                     .value();
    EXPECT_EQ(found.status, call::call_status::missed);
    EXPECT_EQ(found.reason, call::end_reason::busy);
    EXPECT_EQ(found.ended_at, at(3s));
    EXPECT_EQ(this->write(say::missed(1)), ok);
    EXPECT_EQ(this->write(say::opened_by_peer(3, "cat", "bob")), ok) << "nobody was claimed";
}

REGISTER_TYPED_TEST_SUITE_P(StoreRelations, TwoAreContactsWhenEachHasPutTheOther, AnAdminsPairHoldsWhateverTheySay,
                            ABlockCountsForBothAndIsSeenInTheListOfWhoBlocked, SayingItAgainChangesNothing,
                            WhoDoesNotExistIsAConflict, AListComesInPagesNewestFirst,
                            AnAttemptThatFoundSomebodyBusyIsMissedAndClaimsNobody);

} // namespace ringback::contract
