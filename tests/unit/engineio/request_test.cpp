#include "engineio/request.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ringback::engineio {
namespace {

constexpr std::string_view prefix = "/socket.io/";

request_query parsed(std::string_view target) {
    auto query = parse_request(target, prefix);
    EXPECT_TRUE(query) << target;
    return query.value_or(request_query{});
}

TEST(Request, OnlyTargetsBelowThePrefixAreOurs) {
    EXPECT_TRUE(parse_request("/socket.io/", prefix));
    EXPECT_TRUE(parse_request("/socket.io/?EIO=4", prefix));
    EXPECT_TRUE(parse_request("/socket.io/default/?EIO=4", prefix));
    EXPECT_TRUE(parse_request("/socket.io?EIO=4", "/socket.io"));
    for (std::string_view target : {"", "/", "/socket.io", "/socket.io?EIO=4", "/socket.iox/", "/Socket.io/",
                                    "/foo/socket.io/", "/socket%2Eio/", "/?x=/socket.io/"})
        EXPECT_EQ(parse_request(target, prefix).error(), errc::foreign_path) << target;
}

TEST(Request, ReadsTheKeysOfTheProtocol) {
    auto q = parsed("/socket.io/?EIO=4&transport=websocket&sid=abc&t=N8hyd6w&b64=1&j=7");
    EXPECT_EQ(q.revision, protocol_revision::v4);
    EXPECT_EQ(q.transport, transport_kind::websocket);
    EXPECT_EQ(q.sid, "abc");
    EXPECT_TRUE(q.base64);
    EXPECT_EQ(q.jsonp, "7");
    EXPECT_EQ(q.parameters.size(), 6u);
    EXPECT_EQ(parsed("/socket.io/?transport=polling").transport, transport_kind::polling);
}

TEST(Request, AbsentKeysHaveTheProtocolsDefaults) {
    for (std::string_view target :
         {"/socket.io/", "/socket.io/?", "/socket.io/?&&", "/socket.io/?EIO&transport&sid&b64"}) {
        auto q = parsed(target);
        EXPECT_EQ(q.revision, protocol_revision::v3) << target;
        EXPECT_EQ(q.transport, std::nullopt) << target;
        EXPECT_EQ(q.sid, "") << target;
        EXPECT_FALSE(q.base64) << target;
        EXPECT_EQ(q.jsonp, std::nullopt) << target;
    }
}

TEST(Request, OnlyTheExactTextFourIsRevisionFour) {
    EXPECT_EQ(parsed("/socket.io/?EIO=%34").revision, protocol_revision::v4);
    for (std::string_view target : {"/socket.io/?EIO=3", "/socket.io/?EIO=5", "/socket.io/?EIO=04",
                                    "/socket.io/?EIO=4+", "/socket.io/?eio=4", "/socket.io/?EIO="})
        EXPECT_EQ(parsed(target).revision, protocol_revision::v3) << target;
}

TEST(Request, NamesThatAreNoTransportAreUnknown) {
    for (std::string_view target :
         {"/socket.io/?transport=tobi", "/socket.io/?transport=constructor", "/socket.io/?transport=__proto__",
          "/socket.io/?transport=webtransport", "/socket.io/?transport=Polling", "/socket.io/?transport="})
        EXPECT_EQ(parsed(target).transport, std::nullopt) << target;
}

TEST(Request, ARepeatedKeyOfTheProtocolMatchesNothing) {
    auto q = parsed("/socket.io/?EIO=4&EIO=4&transport=polling&transport=websocket&sid=a&sid=b");
    EXPECT_EQ(q.revision, protocol_revision::v3);
    EXPECT_EQ(q.transport, std::nullopt);
    EXPECT_EQ(q.sid, "a,b");
}

TEST(Request, EveryParameterIsKeptInOrderAndDecoded) {
    std::vector<query_parameter> const expected{
        {"token", "a b+c"}, {"na me", "J\xC3\xB6rg"}, {"x", ""}, {"x", "1=2"}, {"", "v"}, {"q", "a?b/c"}};
    EXPECT_EQ(parsed("/socket.io/?token=a+b%2Bc&na%20me=J%c3%B6rg&x&x=1=2&=v&q=a?b/c").parameters, expected);
}

TEST(Request, BrokenPercentSequencesStandForThemselves) {
    std::vector<query_parameter> const expected{{"a", "%"}, {"b", "%4"}, {"c", "%zz"}, {"d", "%%41"}, {"e", "100% A"}};
    auto got = parsed("/socket.io/?a=%&b=%4&c=%zz&d=%25%2541&e=100%+%41").parameters;
    EXPECT_EQ(got, expected);
}

TEST(Request, AJsonpIndexIsReducedToItsDigits) {
    EXPECT_EQ(parsed("/socket.io/?j=12]);alert(1)").jsonp, "121");
    EXPECT_EQ(parsed("/socket.io/?j=").jsonp, "");
}

} // namespace
} // namespace ringback::engineio
