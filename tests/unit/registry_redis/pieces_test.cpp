// What needs no Redis: the texts, what a node holds, the row of changes, the fence by its own words.
#include "cluster.hpp"
#include "registry/redis/held_here.hpp"
#include "registry/redis/presence_feed.hpp"
#include "registry/redis/script_text.hpp"
#include "registry/redis/scripts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <sstream>
#include <string>

namespace ringback::registry::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

account_id id(std::string_view text) { return *account_id::parse(text); }
call_id const call1 = *call_id::parse("507f1f77bcf86cd799439081");

std::vector<std::uint64_t> versions(std::vector<published> const& news) {
    std::vector<std::uint64_t> all;
    for (published const& p : news)
        for (auto const& c : p.changes)
            all.push_back(c.version);
    return all;
}

TEST(ScriptText, ADeviceIsReadAsItWasWritten) {
    call::device_ref const d{{{0xffff'ffff, 3}, 77, 0xffff'ffff'ffff'ffff}, call::realm::peer};
    EXPECT_EQ(text_of(d), "2 4294967295 3 77 18446744073709551615");
    EXPECT_EQ(read_device(text_of(d)), d);
}

TEST(ScriptText, WhatCannotBeReadIsNothing) {
    for (auto text : {"", "1", "3 1 0 0 1", "1 1 0 0", "1 1 0 0 x", "1 -1 0 0 1", "1 1 0 0 99999999999999999999999"})
        EXPECT_EQ(read_device(text), std::nullopt) << text;
    for (auto text : {"", "bob", "bob 1 3 5 0", "b ob 1 1 5 0", " 1 1 5 0", "bob 1 1 5"})
        EXPECT_EQ(read_change(text), std::nullopt) << text;
    for (auto text : {"", "507f1f77bcf86cd799439081 2 0 0 1 0", "507f 0 0 0 1 0", "507f1f77bcf86cd799439081 0 0 0 1"})
        EXPECT_EQ(read_involvement(text), std::nullopt) << text;
}

TEST(ScriptText, AnInvolvementIsReadAsThePreludeWritesIt) {
    auto in = read_involvement("507f1f77bcf86cd799439081 1 2 1 9 3");
    EXPECT_EQ(in, (ports::involvement{call1, {9, 3}, call::side::callee, call::realm::peer, true}));
}

TEST(ScriptText, APublicationNamesItsNodeAndItsChanges) {
    auto p = read_published("12\nbob 1 2 1763675000000001 5\nann 2 0 1763675000000002 1763675000000");
    ASSERT_TRUE(p);
    EXPECT_EQ(p->node, 12U);
    ASSERT_EQ(p->changes.size(), 2U);
    EXPECT_EQ(p->changes[0].version, 1763675000000001U);
    EXPECT_EQ(p->changes[1], (ports::presence_change{id("ann"), call::realm::peer, call::presence::offline,
                                                     1763675000000002U, wall_time{1763675000000ms}}));
    EXPECT_FALSE(read_published("x\nbob 1 2 3 4"));
}

TEST(ScriptText, TimesThatCannotBeReckonedWithAreNone) {
    moment const now{mono_time{900s}, wall_time{1763675000000ms}};
    auto const kept = [&](std::string const& until) {
        return read_kept("0 " + until + " 507f1f77bcf86cd799439081 1 call:missed {}", id("ann"), now);
    };
    ASSERT_TRUE(kept("1763675030000"));
    EXPECT_EQ(kept("1763675030000")->until.mono, now.mono + 30s);
    for (auto const* until : {"18000200003380000", "9223372036854775807", "18446744073709551615"})
        EXPECT_FALSE(kept(until)) << until;

    auto const gone = [&](std::int64_t lost_at) {
        auto const text = [](char const* t) { return redis::value::of_text(t); };
        auto const list =
            redis::value::of_items({text("ann"), text("1 7 0 3 9"), text("507f1f77bcf86cd799439081 1 2 1 9 3"),
                                    redis::value::of_items({}), redis::value::of_integer(lost_at)});
        return read_departure(list, now);
    };
    ASSERT_TRUE(gone(1763675000000));
    for (auto const lost_at : {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()})
        EXPECT_FALSE(gone(lost_at)) << lost_at;
}

TEST(PresenceFeed, WhatIsKnownIsNoNews) {
    presence_feed feed;
    feed.begin_at(5);
    EXPECT_THAT(versions(feed.caught_up({})), IsEmpty());
    EXPECT_THAT(versions(feed.hear("1\nbob 1 1 5 0")), IsEmpty());
    EXPECT_THAT(versions(feed.hear("1\nbob 1 1 5 0\nann 1 1 6 0")), ElementsAre(6));
    EXPECT_THAT(versions(feed.hear("1\nann 1 1 6 0")), IsEmpty());
}

TEST(PresenceFeed, WhatCameDuringAGapComesBehindWhatWasMissed) {
    presence_feed feed;
    feed.begin_at(5);
    EXPECT_THAT(versions(feed.caught_up({})), IsEmpty());
    feed.interrupted();
    EXPECT_THAT(versions(feed.hear("2\nbob 1 1 8 0")), IsEmpty()) << "6 and 7 are missing";
    EXPECT_EQ(feed.known(), 5U);
    EXPECT_THAT(versions(feed.caught_up({"1\nbob 1 1 6 0", "1\nbob 1 0 7 0", "2\nbob 1 1 8 0"})), ElementsAre(6, 7, 8));
    EXPECT_THAT(versions(feed.hear("2\nbob 1 0 9 0")), ElementsAre(9));
}

TEST(Agreement, AnOwnChangeWhoseAnswerWasLostIsHandedOutOnceAfterAWhile) {
    agreement a{30s};
    ports::presence_changes const early{{id("bob"), call::realm::telecaller, call::presence::online, 1, {}}};
    ports::presence_changes const late{{id("bob"), call::realm::telecaller, call::presence::offline, 2, {}}};
    ports::presence_changes const lost{{id("bob"), call::realm::telecaller, call::presence::online, 3, {}}};
    mono_time const t{1000s};
    a.answered(early);
    a.heard_own(early, t);
    a.heard_own(late, t);
    a.answered(late);
    a.heard_own(lost, t);
    EXPECT_THAT(a.unanswered(t + 1s), IsEmpty()) << "its answer may be on its way";
    EXPECT_EQ(a.unanswered(t + bounds::answer_lost), lost);
    EXPECT_THAT(a.unanswered(t + 1h), IsEmpty());
}

TEST(HeldHere, AnAccountIsKnownAsLongAsSomethingOfItIsHereOrWaitsToBeTold) {
    held_here held;
    call::device_ref const d{{{1, 0}, 0, 1}, call::realm::telecaller};
    held.add(id("bob"), call::role::telecaller, d);
    held.pin(id("bob"));
    EXPECT_TRUE(held.remove(id("bob"), d, {}).was_last);
    EXPECT_EQ(held.people().size(), 1U);
    held.unpin(id("bob"));
    EXPECT_THAT(held.people(), IsEmpty());
    EXPECT_FALSE(held.remove(id("bob"), d, {}).was_last);
}

TEST(HeldHere, ALingerIsForgottenWhenItIsOverOrTheAccountIsOffline) {
    held_here held;
    held.lingers(id("bob"), call::realm::telecaller, {mono_time{10s}, 7});
    held.lingers(id("dan"), call::realm::telecaller, {mono_time{20s}, 8});
    held.forget_lingers(mono_time{10s});
    ASSERT_EQ(held.people().size(), 1U);
    held.note({{id("dan"), call::realm::telecaller, call::presence::offline, 1, {}}});
    EXPECT_THAT(held.people(), IsEmpty());
}

/// Speaks to Redis as somebody else would.
class Fence : public Cluster {
public:
    std::string run(redis::script const& what, std::vector<std::string> words) {
        std::vector<std::string> command{"EVAL", what.source(), "1", "{ringback}"};
        command.insert(command.end(), words.begin(), words.end());
        return server->ask(command);
    }
};

TEST_F(Fence, WhoIsNotAMemberWhoKnowsAnotherMemoryOrComesTooLateChangesNothing) {
    start(1);
    std::string const epoch = server->ask({"GET", "{ringback}:epoch"});
    auto add_as = [&](std::string const& node, std::string const& session, std::string const& by_epoch) {
        return run(scripts().add_device, {node, "0", session, by_epoch, "eve", "1", "1 1 0 0 1", "0"});
    };
    EXPECT_EQ(add_as("7", "1", epoch), "LOST");
    EXPECT_EQ(add_as("1", "99", "another"), "EPOCH");
    server->ask({"HSET", "{ringback}:n:1", "s0", "5"});
    EXPECT_EQ(add_as("1", "4", epoch), "STALE") << "from a connection that was given up";
    EXPECT_EQ(server->ask({"EXISTS", "{ringback}:a:eve"}), "0");
    EXPECT_NE(add_as("1", "5", epoch), "STALE");
    EXPECT_EQ(server->ask({"EXISTS", "{ringback}:a:eve"}), "1");
}

TEST_F(Fence, AllKeysShareOneSlotOfARedisCluster) {
    start(2);
    add(1, "ann", device(1, 1, call::realm::user));
    add(2, "bob", device(2, 2, call::realm::telecaller));
    ASSERT_TRUE(claim(1, "ann", "bob", 1));
    remove(1, "ann", device(1, 1, call::realm::user), 10s);
    std::string keys = server->ask({"KEYS", "*"});
    EXPECT_GT(std::ranges::count(keys, ' '), 10);
    std::istringstream each{keys};
    for (std::string key; each >> key;)
        EXPECT_EQ(key.substr(0, 11), "{ringback}:") << key;
}

} // namespace
} // namespace ringback::registry::test
