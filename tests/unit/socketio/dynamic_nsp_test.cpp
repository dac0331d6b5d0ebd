#include "unit/socketio/hub_stage.hpp"

using namespace ringback;
using namespace ringback::socketio;
using ringback::socketio::testing::hub_stage;
using ringback::socketio::testing::peer;
using ::testing::ElementsAre;
using ::testing::StartsWith;

namespace {

bool is_workspace(std::string_view name, std::string_view) { return name.starts_with("/workspace-"); }

} // namespace

TEST(DynamicNamespace, IsMadeForTheFirstClientWithTheHandlersOfItsParent) {
    hub_stage stage;
    std::vector<std::string> seen;
    stage.at()
        .of(is_workspace)
        .use([](socketio::socket&, admission a) { a.accept(); })
        .on_connection([&](socketio::socket& s) { seen.push_back(s.of().name()); })
        .on("hi", [](socketio::socket& s, event const&) { s.others().emit("hi"); });
    peer& a = stage.arrive();
    peer& b = stage.arrive();
    peer& c = stage.arrive();
    a.text("0/workspace-1,");
    b.text("0/workspace-1,");
    c.text("0/workspace-2,");
    EXPECT_THAT(seen, ElementsAre("/workspace-1", "/workspace-1", "/workspace-2"));
    a.take(), b.take(), c.take();
    a.text(R"(2/workspace-1,["hi"])");
    EXPECT_THAT(b.take(), ElementsAre(R"(42/workspace-1,["hi"])"));
    EXPECT_THAT(a.take(), ElementsAre());
    EXPECT_THAT(c.take(), ElementsAre());
}

TEST(DynamicNamespace, GoesWithItsLastClientAndMayComeBack) {
    hub_stage stage;
    stage.at().of(is_workspace);
    peer& a = stage.arrive();
    a.text("0/workspace-1,");
    EXPECT_TRUE(stage.at().find_nsp("/workspace-1"));
    a.text("1/workspace-1,");
    stage.run();
    EXPECT_FALSE(stage.at().find_nsp("/workspace-1"));
    a.take();
    a.text("0/workspace-1,");
    EXPECT_THAT(a.take(), ElementsAre(StartsWith("40/workspace-1,")));
}

TEST(DynamicNamespace, GoesWhenItsOnlyClientIsRefused) {
    hub_stage stage;
    stage.at().of(is_workspace).use([](socketio::socket&, admission a) { a.refuse("no"); });
    peer& a = stage.arrive();
    a.text("0/workspace-1,");
    EXPECT_THAT(a.take(), ElementsAre(R"(44/workspace-1,{"message":"no"})"));
    stage.run();
    EXPECT_FALSE(stage.at().find_nsp("/workspace-1"));
}

TEST(DynamicNamespace, StaysWhenItIsToldTo) {
    hub_config config;
    config.keep_empty_namespaces = true;
    hub_stage stage{1, config};
    stage.at().of(is_workspace);
    peer& a = stage.arrive();
    a.text("0/workspace-1,");
    a.text("1/workspace-1,");
    stage.run();
    EXPECT_TRUE(stage.at().find_nsp("/workspace-1"));
}

TEST(DynamicNamespace, IsRefusedLikeAnUnknownOneWhenNoParentMatchesOrThereAreTooMany) {
    hub_config config;
    config.max_dynamic_namespaces = 2;
    hub_stage stage{1, config};
    stage.at().of([](std::string_view name, std::string_view auth) {
        return name.starts_with("/n") && auth.find("secret") != auth.npos;
    });
    peer& a = stage.arrive();
    a.text("0/other,");
    EXPECT_THAT(a.take(), ElementsAre(R"(44/other,{"message":"Invalid namespace"})"));
    a.text("0/n1,");
    EXPECT_THAT(a.take(), ElementsAre(R"(44/n1,{"message":"Invalid namespace"})"));
    for (std::string name : {"/n1", "/n2"}) {
        a.text("0" + name + R"(,{"key":"secret"})");
        EXPECT_THAT(a.take(), ElementsAre(StartsWith("40" + name + ",")));
    }
    a.text(R"(0/n3,{"key":"secret"})");
    EXPECT_THAT(a.take(), ElementsAre(R"(44/n3,{"message":"Invalid namespace"})"));
}

TEST(DynamicNamespace, AnExistingOneIsNotAskedFor) {
    hub_stage stage;
    stage.at().of([](std::string_view, std::string_view) {
        ADD_FAILURE();
        return true;
    });
    stage.at().of("/workspace-1");
    peer& a = stage.arrive();
    a.text("0/workspace-1,");
    EXPECT_THAT(a.take(), ElementsAre(StartsWith("40/workspace-1,")));
    a.text("1/workspace-1,");
    stage.run();
    EXPECT_TRUE(stage.at().find_nsp("/workspace-1"));
}
