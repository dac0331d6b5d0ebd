#include "bus/redis/room_channels.hpp"

#include <gtest/gtest.h>

namespace ringback::bus {
namespace {

using changes = room_channels::changes;
using step = room_channels::step;

class RoomChannels : public ::testing::Test {
protected:
    room_channels rooms_{"socket.io", "tag_", 2};
};

TEST_F(RoomChannels, ANamespaceIsHeardOnceForAllShards) {
    EXPECT_EQ(rooms_.open_nsp("/"),
              (changes{{step::subscribe, "socket.io#/#"}, {step::psubscribe, "socket.io#/#tag_*"}}));
    EXPECT_EQ(rooms_.open_nsp("/"), changes{});
    EXPECT_EQ(rooms_.close_nsp("/"), changes{});
    EXPECT_EQ(rooms_.close_nsp("/"),
              (changes{{step::unsubscribe, "socket.io#/#"}, {step::punsubscribe, "socket.io#/#tag_*"}}));
}

TEST_F(RoomChannels, ARoomIsHeardFromItsFirstMemberToItsLast) {
    (void)rooms_.open_nsp("/");
    EXPECT_EQ(rooms_.open_room("/", "red"), (changes{{step::subscribe, "socket.io#/#red#"}}));
    EXPECT_EQ(rooms_.open_room("/", "red"), changes{}) << "on another shard";
    EXPECT_EQ(rooms_.close_room("/", "red"), changes{});
    EXPECT_EQ(rooms_.close_room("/", "red"), (changes{{step::unsubscribe, "socket.io#/#red#"}}));
}

TEST_F(RoomChannels, IdsOfOurOwnAreHeardByOnePattern) {
    (void)rooms_.open_nsp("/");
    EXPECT_EQ(rooms_.open_room("/", "tag_0123456789abcdef"), changes{});
    EXPECT_EQ(rooms_.close_room("/", "tag_0123456789abcdef"), changes{});
    EXPECT_TRUE(rooms_.hears_by("/", "socket.io#/#tag_*"));
    EXPECT_FALSE(rooms_.hears_by("/", "socket.io#/#*"));
}

TEST_F(RoomChannels, NamesWithPatternsInThemAreEscaped) {
    EXPECT_EQ(rooms_.open_nsp("/a*[b]?\\"), (changes{{step::subscribe, "socket.io#/a*[b]?\\#"},
                                                     {step::psubscribe, R"(socket.io#/a\*\[b\]\?\\#tag_*)"}}));
}

TEST_F(RoomChannels, ManyRoomsAreHeardByOnePattern) {
    (void)rooms_.open_nsp("/");
    (void)rooms_.open_room("/", "1");
    (void)rooms_.open_room("/", "2");
    EXPECT_EQ(rooms_.open_room("/", "3"),
              (changes{{step::subscribe, "socket.io#/#3#"}, {step::psubscribe, "socket.io#/#*"}}));
    EXPECT_TRUE(rooms_.hears("/", "socket.io#/#3#")) << "until the pattern is confirmed";
    EXPECT_FALSE(rooms_.hears_by("/", "socket.io#/#*"));
    EXPECT_EQ(rooms_.close_room("/", "1"), (changes{{step::unsubscribe, "socket.io#/#1#"}}));

    auto now = rooms_.confirmed("socket.io#/#*");
    ASSERT_EQ(now.size(), 4u);
    EXPECT_EQ(now[0], (room_channels::change{step::unsubscribe, "socket.io#/#"}));
    EXPECT_EQ(now[1], (room_channels::change{step::punsubscribe, "socket.io#/#tag_*"}));
    EXPECT_FALSE(rooms_.hears("/", "socket.io#/#3#")) << "it comes by the pattern too";
    EXPECT_FALSE(rooms_.hears_by("/", "socket.io#/#tag_*"));
    EXPECT_TRUE(rooms_.hears_by("/", "socket.io#/#*"));
    EXPECT_EQ(rooms_.confirmed("socket.io#/#*"), changes{}) << "again, after a reconnect";
    EXPECT_EQ(rooms_.open_room("/", "4"), changes{});
    EXPECT_EQ(rooms_.close_nsp("/"), (changes{{step::punsubscribe, "socket.io#/#*"}}));
}

TEST_F(RoomChannels, OneChannelOfTwoNamespacesIsKeptForTheOther) {
    (void)rooms_.open_nsp("/");
    (void)rooms_.open_nsp("/#x"); // spoken to on the channel of the room "x" of "/"... were it not for the slash
    (void)rooms_.open_room("/", "/#x");
    (void)rooms_.open_nsp("/#/#x");
    EXPECT_EQ(rooms_.close_room("/", "/#x"), changes{}) << "the namespace /#/#x has the same channel";
    EXPECT_EQ(rooms_.close_nsp("/#/#x").front(), (room_channels::change{step::unsubscribe, "socket.io#/#/#x#"}));
}

TEST_F(RoomChannels, WhatIsNotOpenIsNotHeard) {
    EXPECT_FALSE(rooms_.hears("/", "socket.io#/#"));
    EXPECT_FALSE(rooms_.hears_by("/", "socket.io#/#tag_*"));
    EXPECT_EQ(rooms_.open_room("/", "red"), changes{});
    EXPECT_EQ(rooms_.close_room("/", "red"), changes{});
    EXPECT_EQ(rooms_.close_nsp("/"), changes{});
}

} // namespace
} // namespace ringback::bus
