#include "app/configs.hpp"
#include "app/secret_files.hpp"
#include "app/settings_rules.hpp"
#include "app/settings_table.hpp"
#include "temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace ringback::app;
using ringback::test::temporary_directory;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

settings with_url(std::string url) {
    settings s;
    s.cluster.redis_url = std::move(url);
    return s;
}

setting_errors rules_broken_by(settings const& s) {
    setting_errors errors;
    check_together(s, errors);
    return errors;
}

} // namespace

TEST(RedisSettings, AreThoseOfItsClient) {
    EXPECT_FALSE(redis_config_of({}));
    auto s = with_url("rediss+sentinel://u:p@s1,s2:1/ours/4");
    s.cluster.redis_ca = "ca.pem";
    s.cluster.redis_certificate = "we.pem";
    s.cluster.redis_key = "we.key";
    auto c = redis_config_of(s);
    ASSERT_TRUE(c);
    EXPECT_EQ(c->servers.size(), 2U);
    EXPECT_EQ(c->sentinel_master, "ours");
    EXPECT_EQ(c->database, 4U);
    EXPECT_EQ(c->files, (ringback::redis::tls_files{"ca.pem", "we.pem", "we.key"}));
}

TEST(RedisSettings, HaveAUrlThatItsClientCanRead) {
    auto const* key = find_setting("cluster", "redis_url");
    for (auto const* url : {"redis://h", "rediss://:p@h:1/2", "redis+sentinel://h/m"}) {
        settings s;
        EXPECT_TRUE(key->read(s, {raw_value::bare_text{url}})) << url;
        EXPECT_EQ(s.cluster.redis_url, url);
    }
    for (auto const* url : {"h", "redis://", "redis://h:0", "redis://a,b", "redis+sentinel://h", "redis://u:p/q@h"}) {
        settings s;
        EXPECT_FALSE(key->read(s, {raw_value::bare_text{url}})) << url;
    }
    EXPECT_EQ(key->toml(with_url("redis://u:hunter2@h")), R"("redis://***")");
}

TEST(RedisSettings, MayHaveTheirUrlInAFile) {
    temporary_directory directory;
    settings s;
    s.cluster.redis_url_file = directory.file("url", "redis://:hunter2@h\n").string();
    setting_errors errors;
    read_secret_files(s, errors);
    EXPECT_THAT(errors, IsEmpty());
    EXPECT_EQ(s.cluster.redis_url, "redis://:hunter2@h");

    settings wrong;
    wrong.cluster.redis_url_file = directory.file("url", "http://:hunter2@h\n").string();
    read_secret_files(wrong, errors);
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_THAT(errors[0], testing::StartsWith("cluster.redis_url_file = \"" + wrong.cluster.redis_url_file +
                                               "\": the file has to hold \"redis://"));
    EXPECT_FALSE(errors[0].contains("hunter2"));
}

TEST(RedisSettings, NameFilesOfTlsForTlsOnly) {
    auto s = with_url("redis://h");
    s.cluster.redis_ca = "/ca.pem";
    EXPECT_THAT(rules_broken_by(s),
                ElementsAre("cluster.redis_ca = \"/ca.pem\": allowed with a cluster.redis_url of rediss:// or "
                            "rediss+sentinel:// only"));
    s.cluster.redis_url = "rediss://h";
    EXPECT_THAT(rules_broken_by(s), IsEmpty());
    s.cluster.redis_certificate = "we.pem";
    EXPECT_THAT(rules_broken_by(s),
                ElementsAre("cluster.redis_key is not set; allowed are both of cluster.redis_certificate and "
                            "cluster.redis_key, or none"));
    s.cluster.redis_key = "we.key";
    EXPECT_THAT(rules_broken_by(s), IsEmpty());
}

TEST(RedisSettings, NameTheFileThatCannotBeUsed) {
    settings s = with_url("rediss://h");
    s.auth.secret = ringback::secret{std::string(32, 's')};
    setting_errors errors;
    check_can_serve(s, errors);
    EXPECT_THAT(errors, IsEmpty());
    s.cluster.redis_ca = "/nowhere/ca.pem";
    check_can_serve(s, errors);
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_THAT(errors[0], testing::StartsWith("cluster.redis_ca \"/nowhere/ca.pem\": "));
}
