#include "gateway/devices.hpp"
#include "gateway/presence_announcer.hpp"
#include "gateway/station.hpp"
#include "stage.hpp"

#include <gtest/gtest.h>

namespace ringback::gateway::testing {
namespace {

call_id const first = *call_id::parse("0123456789abcdef01234567");
call_id const second = *call_id::parse("0123456789abcdef01234568");

TEST(Devices, AFinalEventDoesNotReachADeviceThatShowsAnotherCall) {
    stage s;
    phone& uma = s.user();
    socketio::hub& hub = s.links->hub(0);
    socket_ref ref = hub.of("/user").sockets().at(0)->ref();
    devices own{hub};

    own.take_leg(ref, second, hub.here());
    own.tell(ref, first, on_screen::freed, "call:missed", "{}");
    EXPECT_EQ(uma.rest(), "");
    own.tell(ref, second, on_screen::freed, "call:missed", "{}");
    EXPECT_EQ(uma.next("call:missed"), "{}");
    own.tell(ref, first, on_screen::freed, "call:missed", "{}");
    EXPECT_EQ(uma.next("call:missed"), "{}") << "its screen is free by now";
}

TEST(Devices, TheEndOfACallIsToldOnceWhoeverSaysSoAndAgainToWhoActsOnIt) {
    stage s;
    phone& uma = s.user();
    socketio::hub& hub = s.links->hub(0);
    socket_ref ref = hub.of("/user").sockets().at(0)->ref();
    devices own{hub};

    own.tell(ref, first, on_screen::shows_call, "call:incoming", "{}");
    EXPECT_EQ(uma.next("call:incoming"), "{}");
    own.tell(ref, first, on_screen::freed, "call:missed", "{}");
    EXPECT_EQ(uma.next("call:missed"), "{}");
    own.tell(ref, first, on_screen::freed, "call:missed", "{}");
    EXPECT_EQ(uma.rest(), "");
    own.tell(ref, first, on_screen::freed_again, "call:cancelled", "{}");
    EXPECT_EQ(uma.next("call:cancelled"), "{}");
    own.take_leg(ref, second, hub.here());
    own.tell(ref, first, on_screen::freed_again, "call:cancelled", "{}");
    EXPECT_EQ(uma.rest(), "") << "it would end the other one";
}

TEST(Devices, SocketsAreInTheRoomOfTheirAccountAndOwnersInThatOfTheirCall) {
    stage s;
    phone &uma = s.user(), &tess = s.telecaller();
    std::string id = s.talk(uma, tess);
    auto rooms_of = [&](std::string_view nsp) -> socketio::room_table const& {
        return s.links->hub(0).of(nsp).rooms();
    };
    EXPECT_TRUE(rooms_of("/user").find("account:uma"));
    EXPECT_TRUE(rooms_of("/user").find("call:" + id));
    EXPECT_TRUE(rooms_of("/telecaller").find("call:" + id));
    uma.emit("call:end", stage::call(id));
    s.settle();
    EXPECT_FALSE(rooms_of("/user").find("call:" + id));
    EXPECT_FALSE(rooms_of("/telecaller").find("call:" + id));
}

TEST(PresenceAnnouncer, AnOlderChangeNeverFollowsANewerOne) {
    stage s;
    phone& uma = s.user();
    services shared{stage::unlimited(), s.links, s.store, s.outbox, {&s.registry}, nullptr,
                    s.verifier,         nullptr, nullptr, "node-2"};
    station here{shared, 0}; // the handlers of the namespaces are its own from now on
    shared.stations.push_back(&here);
    ports::presence_change change;
    change.account = *account_id::parse("tess");
    auto announce = [&](call::presence now, std::uint64_t version) {
        change.now = now;
        change.version = version;
        presence_announcer::announce(here, {change});
        s.settle();
        return text(uma.next("telecaller:presence-changed"), "presence");
    };
    EXPECT_EQ(announce(call::presence::on_call, 5), "ON_CALL");
    EXPECT_EQ(announce(call::presence::online, 4), "");
    EXPECT_EQ(announce(call::presence::offline, 7), "OFFLINE");
    EXPECT_EQ(announce(call::presence::online, 6), "");
    EXPECT_EQ(announce(call::presence::online, 8), "ONLINE");
    uma.drop(); // its namespace's handlers are those of `here`
    s.settle();
}

} // namespace
} // namespace ringback::gateway::testing
