// `ringback accounts`: works on the store of the data directory.
#include "app/commands.hpp"
#include "app/data_directory.hpp"
#include "temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

using namespace ringback;
using namespace ringback::app;
using namespace std::chrono_literals;
using ringback::test::temporary_directory;
using testing::HasSubstr;

namespace {

class fixed_clock final : public clock_source {
public:
    [[nodiscard]] moment now() const override { return {{}, wall_time{1'790'000'000s}}; }
};

struct AccountsCommand : testing::Test {
    struct outcome {
        int code;
        std::string out, err;
    };
    outcome run(std::vector<std::string> arguments) {
        fixed_clock clock;
        std::ostringstream out, err;
        arguments.insert(arguments.begin(), "accounts");
        arguments.insert(arguments.end(), {"--data", directory.path().string()});
        int code = run_command(std::move(arguments), {{}, clock, out, err, [](settings const&) { return 7; }});
        return {code, out.str(), err.str()};
    }
    std::string file(std::string const& content) {
        auto path = directory.path() / "accounts.jsonl";
        std::ofstream{path} << content;
        return path.string();
    }
    temporary_directory directory;
};

TEST_F(AccountsCommand, PutCreatesTheFirstAdminAndPrintsIt) {
    auto put = run({"put", "root", "--role", "ADMIN", "--name", "Root"});
    EXPECT_EQ(put.code, 0) << put.err;
    EXPECT_EQ(put.out, R"({"_id":"root","role":"ADMIN","name":"Root","profile":null,"language":"","about":"",)"
                       R"("accountStatus":"ACTIVE","approvalStatus":null,"coins":0,)"
                       R"("createdAt":"2026-09-21T14:13:20.000Z"})"
                       "\n");
    EXPECT_EQ(run({"get", "root"}).out, put.out);
}

TEST_F(AccountsCommand, BesideAServerAccountsAreOnlyRead) {
    ASSERT_EQ(run({"put", "ann"}).code, 0);
    data_directory_lock server{directory.path()};
    auto put = run({"put", "ann", "--name", "Ann"});
    EXPECT_EQ(put.code, 1);
    EXPECT_THAT(put.err, HasSubstr("change accounts through its REST interface, or stop it"));
    EXPECT_EQ(run({"import", file(R"({"_id":"eve"})")}).code, 1);
    EXPECT_EQ(run({"list"}).code, 0);
    EXPECT_THAT(run({"get", "ann"}).out, HasSubstr(R"("name":null)"));
}

TEST_F(AccountsCommand, PutChangesTheGivenFieldsOnly) {
    ASSERT_EQ(run({"put", "tess", "--role", "TELECALLER", "--name", "Tess", "--language", "hindi"}).code, 0);
    auto changed = run({"put", "tess", "--status", "SUSPENDED", "--approval", "REJECTED", "--name", ""}).out;
    for (char const* part : {R"("role":"TELECALLER")", R"("name":null)", R"("language":"hindi")",
                             R"("accountStatus":"SUSPENDED")", R"("approvalStatus":"REJECTED")"})
        EXPECT_THAT(changed, HasSubstr(part));
}

TEST_F(AccountsCommand, WhatIsNotAllowedIsNamedAndNothingIsWritten) {
    auto refused = run({"put", "a b", "--role", "KING"});
    EXPECT_EQ(refused.code, 2);
    EXPECT_THAT(refused.err, HasSubstr(R"(ID "a b")"));
    EXPECT_THAT(refused.err, HasSubstr(R"(--role "KING": allowed is USER, TELECALLER or ADMIN)"));
    EXPECT_EQ(run({"list"}).out, "");
}

TEST_F(AccountsCommand, AnUnknownAccountIsAFailure) {
    auto missing = run({"get", "ghost"});
    EXPECT_EQ(missing.code, 1);
    EXPECT_EQ(missing.err, "\"ghost\": no such account\n");
}

TEST_F(AccountsCommand, AFileIsImportedAndListed) {
    auto path = file(R"({"_id":"u1","name":"One"})"
                     "\n\n"
                     R"({"_id":"t1","role":"TELECALLER","about":null})"
                     "\n");
    auto imported = run({"import", path});
    EXPECT_EQ(imported.code, 0) << imported.err;
    EXPECT_EQ(imported.out, "2 accounts\n");
    auto all = run({"list"}).out;
    EXPECT_THAT(all, HasSubstr(R"("_id":"u1")"));
    EXPECT_THAT(all, HasSubstr(R"("_id":"t1")"));
    auto telecallers = run({"list", "--role", "TELECALLER"}).out;
    EXPECT_THAT(telecallers, testing::Not(HasSubstr("u1")));
}

TEST_F(AccountsCommand, AFileWithAWrongLineIsNotImportedAtAll) {
    auto path = file("{\"_id\":\"u1\"}\n{\"name\":\"nobody\"}\n{\"_id\":\"u2\",\"role\":\"KING\"}\nx\n");
    auto refused = run({"import", path});
    EXPECT_EQ(refused.code, 2);
    EXPECT_THAT(refused.err, HasSubstr(":2: _id"));
    EXPECT_THAT(refused.err, HasSubstr(":3: role"));
    EXPECT_THAT(refused.err, HasSubstr(":4: "));
    EXPECT_EQ(run({"list"}).out, "");
    EXPECT_EQ(run({"import", "/nowhere/at/all"}).code, 1);
}

} // namespace
