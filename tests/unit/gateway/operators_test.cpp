// `/admin`.
#include "gateway/account_changes.hpp"
#include "gateway/station.hpp"
#include "stage.hpp"

#include <gtest/gtest.h>

namespace ringback::gateway::testing {
namespace {

struct Operators : ::testing::Test {
    phone& admin(std::string_view id = "root", std::uint32_t shard = 0) {
        return stage::greeted(s.connect("/admin", stage::claims_of(id, auth::account_role::admin, "Root"), shard));
    }
    stage s{stage::unlimited(), 2};
};

TEST_F(Operators, OnlyAnAdminMayJoin) {
    phone& user = s.connect("/admin", stage::claims_of("uma", auth::account_role::user));
    EXPECT_EQ(user.connect_error(), R"({"message":"Access denied","data":{"code":"ACCESS_DENIED"}})");
    admin();
}

TEST_F(Operators, CountsAreSentAndAcknowledged) {
    s.user("uma", 0);
    s.user("ulf", 1);
    s.telecaller("tess", 1);
    phone& root = admin();
    root.ask("presence:request-counts", "");
    s.settle();
    EXPECT_EQ(root.next("presence:counts"),
              R"({"onlineUsers":2,"onlineTelecallers":1,"timestamp":"2027-01-15T08:00:00.000Z"})");
    EXPECT_EQ(member(root.acknowledgement(), "onlineUsers"), "2");
}

TEST_F(Operators, EveryChangeOfACallIsToldToWhoSubscribed) {
    phone& watcher = admin("root", 1);
    phone& idle = admin("other", 0);
    phone& user = s.user("uma", 0);
    phone& telecaller = s.telecaller("tess", 1);
    stage::forget_presence(user);
    watcher.ask("calls:subscribe", "");
    s.settle();
    EXPECT_EQ(watcher.acknowledgement(), R"({"ok":true})");
    std::string id = s.talk(user, telecaller);
    user.emit("call:end", stage::call(id));
    s.settle();
    for (char const* status : {"RINGING", "ACCEPTED", "COMPLETED"}) {
        auto changed = watcher.next("call:changed");
        EXPECT_EQ(text(changed, "callId"), id);
        EXPECT_EQ(text(changed, "status"), status);
        EXPECT_EQ(text(member(changed, "caller"), "_id"), "uma");
        EXPECT_EQ(text(changed, "endReason"), std::string{status} == "COMPLETED" ? "hangup" : "");
    }
    EXPECT_EQ(watcher.rest(), "");
    EXPECT_EQ(idle.rest(), "");
}

TEST_F(Operators, AnAdminEndsACall) {
    phone& root = admin("root", 1);
    phone& user = s.user("uma", 0);
    phone& telecaller = s.telecaller("tess", 1);
    stage::forget_presence(user);
    std::string id = s.talk(user, telecaller);
    root.ask("call:end", stage::call(id));
    s.settle();
    EXPECT_EQ(root.acknowledgement(), R"({"ok":true,"callId":")" + id + "\"}");
    stage::forget_presence(user);
    EXPECT_EQ(text(user.next("call:ended"), "reason"), "admin");
    EXPECT_EQ(text(telecaller.next("call:ended"), "reason"), "admin");
}

TEST_F(Operators, AnEndOfWhatIsNoCallIsRefused) {
    phone& root = admin();
    root.ask("call:end", R"({"callId":"nonsense"})");
    s.settle();
    EXPECT_EQ(text(member(root.acknowledgement(), "error"), "code"), "INVALID_CALL_ID");
    EXPECT_EQ(text(root.next("error"), "code"), "INVALID_CALL_ID");
    root.ask("call:end", R"({"callId":"ffffffffffffffffffffffff"})");
    s.settle();
    EXPECT_EQ(text(member(root.acknowledgement(), "error"), "code"), "CALL_NOT_FOUND");
}

TEST_F(Operators, WhoIsNoAdminAnyMoreIsClosed) {
    phone& root = admin("root", 1);
    call::account_patch demoted;
    demoted.role = call::role::user;
    bool is_done = false;
    station& here = s.server->at(0);
    here.shared().accounts.write_by_admin(0, *account_id::parse("root"), demoted, here.now(), [&](auto written) {
        enforce(here, *written);
        is_done = true;
    });
    s.settle();
    ASSERT_TRUE(is_done);
    EXPECT_EQ(root.next("error"), R"({"message":"Access denied","code":"ACCESS_DENIED"})");
    EXPECT_TRUE(root.was_disconnected());
}

} // namespace
} // namespace ringback::gateway::testing
