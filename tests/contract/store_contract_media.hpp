#pragma once

#include "contract/store_story.hpp"

#include <cstdint>
#include <vector>

namespace ringback::contract {

/// What is remembered of media servers. ann, amy are users; tom, tim telecallers.
template <typename Harness>
class StoreMedia : public store_story<Harness> {
protected:
    void SetUp() override {
        this->users({"ann", "amy"});
        this->telecallers_are({"tom", "tim"});
    }
    void an_accepted_call(std::uint32_t n, std::string_view caller, std::string_view callee, bool has_room = true) {
        ASSERT_EQ(this->write(say::opened(n, caller, callee)), ok);
        auto answered = say::answered(n);
        answered.has_room = has_room;
        ASSERT_EQ(this->write(answered), ok);
    }
    std::vector<call_id> rooms_left(std::uint32_t limit = 100) {
        return start<ports::read_result<std::vector<call_id>>>(
                   [&](auto done) { this->store().rooms_left(limit, std::move(done)); })
            .get()
            .value();
    }
};
TYPED_TEST_SUITE_P(StoreMedia);

TYPED_TEST_P(StoreMedia, ARoomIsLeftFromTheEndOfItsCallUntilItIsGone) {
    this->an_accepted_call(1, "ann", "tom");
    EXPECT_THAT(this->rooms_left(), testing::IsEmpty()) << "it is in use";
    ASSERT_EQ(this->write(say::completed(1, 3)), ok);
    EXPECT_THAT(this->rooms_left(), testing::ElementsAre(call_number(1)));
    for (int repeat = 0; repeat < 2; ++repeat)
        EXPECT_EQ(this->write(ports::room_gone{call_number(1)}), ok);
    EXPECT_THAT(this->rooms_left(), testing::IsEmpty());
}

TYPED_TEST_P(StoreMedia, ACallWithoutAMediaServerLeavesNoRoom) {
    this->an_accepted_call(1, "ann", "tom", false);
    ASSERT_EQ(this->write(say::completed(1, 3)), ok);
    EXPECT_THAT(this->rooms_left(), testing::IsEmpty());
}

TYPED_TEST_P(StoreMedia, RoomsOutliveTheProcessAndACallThatGoesOnKeepsItsOwn) {
    this->an_accepted_call(1, "ann", "tom");
    this->an_accepted_call(2, "amy", "tim");
    ASSERT_EQ(this->write(say::completed(1, 3)), ok);
    this->harness_.close();
    this->harness_.open();
    this->harness_.recover(at(20s));
    EXPECT_THAT(this->rooms_left(), testing::ElementsAre(call_number(1))) << "the other waits for its parties";
    ASSERT_EQ(this->write(say::completed(2, 3)), ok);
    EXPECT_THAT(this->rooms_left(), testing::ElementsAre(call_number(1), call_number(2)));
    EXPECT_THAT(this->rooms_left(1), testing::ElementsAre(call_number(1)));
}

TYPED_TEST_P(StoreMedia, WhenTheMediaBeganIsKeptOnce) {
    this->an_accepted_call(1, "ann", "tom");
    EXPECT_EQ(this->call(1)->media_started_at, std::nullopt);
    auto began = [](std::uint32_t n, wall_time when) {
        return ports::media_began{call_number(n), when, say::event(when, "MEDIA_STARTED", "")};
    };
    EXPECT_EQ(this->write(began(1, at(6s))), ok);
    EXPECT_EQ(this->write(began(1, at(9s))), conflict);
    EXPECT_EQ(this->write(began(9, at(9s))), conflict);
    EXPECT_EQ(this->call(1)->media_started_at, at(6s));
    EXPECT_THAT(this->story_of(1), testing::ElementsAre("RINGING", "ACCEPTED", "MEDIA_STARTED"));
    ASSERT_EQ(this->write(say::completed(1, 3)), ok);
    EXPECT_EQ(this->call(1)->media_started_at, at(6s));
}

REGISTER_TYPED_TEST_SUITE_P(StoreMedia, ARoomIsLeftFromTheEndOfItsCallUntilItIsGone,
                            ACallWithoutAMediaServerLeavesNoRoom, RoomsOutliveTheProcessAndACallThatGoesOnKeepsItsOwn,
                            WhenTheMediaBeganIsKeptOnce);

} // namespace ringback::contract
