#include "bus/redis/room_channels.hpp"

#include <gtest/gtest.h>

namespace ringback::bus {
namespace {

using changes = room_channels::changes;
using step = room_channels::step;

class RoomChannels : public ::testing::Test {
protected:
    room_channels rooms{"socket.io", "tag_", 2};
};

TEST_F(RoomChannels, ANamespaceIsHeardOnceForAllShards) {
    EXPECT_EQ(rooms.open_nsp("/"),
              (changes{{step::subscribe, "socket.io#/#"}, {step::psubscribe, "socket.io#/#tag_*"}}));
    EXPECT_EQ(rooms.open_nsp("/"), changes{});
    EXPECT_EQ(rooms.close_nsp("/"), changes{});
    EXPECT_EQ(rooms.close_nsp("/"),
              (changes{{step::unsubscribe, "socket.io#/#"}, {step::punsubscribe, "socket.io#/#tag_*"}}));
}

TEST_F(RoomChannels, ARoomIsHeardFromItsFirstMemberToItsLast) {
    (void)rooms.open_nsp("/");
    EXPECT_EQ(rooms.open_room("/", "red"), (changes{{step::subscribe, "socket.io#/#red#"}}));
    EXPECT_EQ(rooms.open_room("/", "red"), changes{}) << "on another shard";
    EXPECT_EQ(rooms.close_room("/", "red"), changes{});
    EXPECT_EQ(rooms.close_room("/", "red"), (changes{{step::unsubscribe, "socket.io#/#red#"}}));
}

TEST_F(RoomChannels, IdsOfOurOwnAreHeardByOnePattern) {
    (void)rooms.open_nsp("/");
    EXPECT_EQ(rooms.open_room("/", "tag_0123456789abcdef"), changes{});
    EXPECT_EQ(rooms.close_room("/", "tag_0123456789abcdef"), changes{});
    EXPECT_TRUE(rooms.hears_by("/", "socket.io#/#tag_*"));
    EXPECT_FALSE(rooms.hears_by("/", "socket.io#/#*"));
}

TEST_F(RoomChannels, NamesWithPatternsInThemAreEscaped) {
    EXPECT_EQ(rooms.open_nsp("/a*[b]?\\"), (changes{{step::subscribe, "socket.io#/a*[b]?\\#"},
                                                    {step::psubscribe, R"(socket.io#/a\*\[b\]\?\\#tag_*)"}}));
}

TEST_F(RoomChannels, ManyRoomsAreHeardByOnePattern) {
    (void)rooms.open_nsp("/");
    (void)rooms.open_room("/", "1");
    (void)rooms.open_room("/", "2");
    EXPECT_EQ(rooms.open_room("/", "3"),
              (changes{{step::subscribe, "socket.io#/#3#"}, {step::psubscribe, "socket.io#/#*"}}));
    EXPECT_TRUE(rooms.hears("/", "socket.io#/#3#")) << "until the pattern is confirmed";
    EXPECT_FALSE(rooms.hears_by("/", "socket.io#/#*"));
    EXPECT_EQ(rooms.close_room("/", "1"), (changes{{step::unsubscribe, "socket.io#/#1#"}}));

    auto now = rooms.confirmed("socket.io#/#*");
    ASSERT_EQ(now.size(), 4u);
    EXPECT_EQ(now[0], (room_channels::change{step::unsubscribe, "socket.io#/#"}));
    EXPECT_EQ(now[1], (room_channels::change{step::punsubscribe, "socket.io#/#tag_*"}));
    EXPECT_FALSE(rooms.hears("/", "socket.io#/#3#")) << "it comes by the pattern too";
    EXPECT_FALSE(rooms.hears_by("/", "socket.io#/#tag_*"));
    EXPECT_TRUE(rooms.hears_by("/", "socket.io#/#*"));
    EXPECT_EQ(rooms.confirmed("socket.io#/#*"), changes{}) << "again, after a reconnect";
    EXPECT_EQ(rooms.open_room("/", "4"), changes{});
    EXPECT_EQ(rooms.close_nsp("/"), (changes{{step::punsubscribe, "socket.io#/#*"}}));
}

TEST_F(RoomChannels, OneChannelOfTwoNamespacesIsKeptForTheOther) {
    (void)rooms.open_nsp("/");
    (void)rooms.open_nsp("/#x"); // spoken to on the channel of the room "x" of "/"... were it not for the slash
    (void)rooms.open_room("/", "/#x");
    (void)rooms.open_nsp("/#/#x");
    EXPECT_EQ(rooms.close_room("/", "/#x"), changes{}) << "the namespace /#/#x has the same channel";
    EXPECT_EQ(rooms.close_nsp("/#/#x").front(), (room_channels::change{step::unsubscribe, "socket.io#/#/#x#"}));
}

TEST_F(RoomChannels, WhatIsNotOpenIsNotHeard) {
    EXPECT_FALSE(rooms.hears("/", "socket.io#/#"));
    EXPECT_FALSE(rooms.hears_by("/", "socket.io#/#tag_*"));
    EXPECT_EQ(rooms.open_room("/", "red"), changes{});
    EXPECT_EQ(rooms.close_room("/", "red"), changes{});
    EXPECT_EQ(rooms.close_nsp("/"), changes{});
}

} // namespace
} // namespace ringback::bus
