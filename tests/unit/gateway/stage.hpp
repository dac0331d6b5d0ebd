#pragma once

#include "auth/claims.hpp"
#include "auth/jwt_signer.hpp"
#include "auth/jwt_verifier.hpp"
#include "base/log.hpp"
#include "gateway/gateway.hpp"
#include "local_shards.hpp"
#include "phone.hpp"
#include "registry/memory/memory_registry.hpp"
#include "scripted_outbox.hpp"
#include "scripted_store.hpp"

#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringback::gateway::testing {

inline secret const test_secret{"a secret of at least thirty-two bytes"};

inline auth::jwt_verifier make_verifier() {
    std::vector<auth::jws_key> keys;
    keys.push_back(*auth::jws_key::from_secret(test_secret));
    return *auth::jwt_verifier::create(std::move(keys), {});
}

/// A gateway on shards without threads, over the real registry and a scripted store, with phones.
class stage {
public:
    explicit stage(gateway_config config = unlimited(), std::uint32_t shards = 1, ports::media_server* media = nullptr)
        : links{std::make_shared<local_shards>(shards, clock)},
          server{std::make_unique<gateway>(
              std::move(config), links,
              gateway_ports{.store = store,
                            .outbox = outbox,
                            .registries = std::vector<ports::call_registry*>(links->size(), &registry),
                            .media = media,
                            .verifier = verifier,
                            .node = "node-1"})} {
        spdlog::set_level(spdlog::level::off);
    }
    ~stage() {
        for (phone& p : phones_)
            p.drop();
        settle();
        server.reset();
    }

    /// The defaults without limits.
    static gateway_config unlimited() {
        gateway_config c;
        c.limits = {0, 0, 0, 0, 0, 0};
        return c;
    }

    static std::string sign(auth::claims const& who) {
        return auth::jwt_signer::create(test_secret)->sign(auth::write_claims(who, "", ""));
    }
    static auth::claims claims_of(std::string_view id, auth::account_role role, std::string_view name = {}) {
        auth::claims c;
        c.account = *account_id::parse(id);
        c.role = role;
        if (!name.empty()) c.name = name;
        return c;
    }

    phone& connect(std::string_view nsp, auth::claims const& who, std::uint32_t shard = 0) {
        phone& p = phones_.emplace_back(links->hub(shard), std::string{nsp});
        p.join(R"({"token":")" + sign(who) + "\"}");
        settle();
        return p;
    }
    /// One that has joined.
    phone& user(std::string_view id = "uma", std::uint32_t shard = 0) {
        auto who = claims_of(id, auth::account_role::user, "Uma");
        who.profile = "avatar-1";
        return greeted(connect("/user", who, shard));
    }
    phone& telecaller(std::string_view id = "tess", std::uint32_t shard = 0) {
        auto who = claims_of(id, auth::account_role::telecaller, "Tess");
        who.profile = "avatar-3";
        who.language = "hindi";
        who.about = "Listens well.";
        return greeted(connect("/telecaller", who, shard));
    }
    static phone& greeted(phone& p) {
        p.joined();
        return p;
    }

    /// Lets everything happen that needs no time.
    void settle() {
        while (links->run() || store.answer()) {
        }
    }
    void wait(std::chrono::milliseconds time) {
        clock.at = clock.at + time;
        links->advance_timers();
        settle();
    }

    /// `from` calls `to`: both have been told. Gives the callId.
    std::string ring(phone& from, phone& to, std::string_view telecaller = "tess", std::string_view type = "AUDIO") {
        from.emit("call:initiate",
                  R"({"telecallerId":")" + std::string{telecaller} + R"(","callType":")" + std::string{type} + "\"}");
        settle();
        std::string id = text(to.next("call:incoming"), "callId");
        forget_presence(from);
        from.next("call:ringing");
        return id;
    }
    std::string talk(phone& from, phone& to) {
        std::string id = ring(from, to);
        to.emit("call:accept", call(id));
        settle();
        to.next("call:accepted");
        forget_presence(from);
        from.next("call:accepted");
        forget_presence(from);
        return id;
    }
    static std::string call(std::string_view id) { return R"({"callId":")" + std::string{id} + "\"}"; }
    static void forget_presence(phone& p) {
        while (!p.next("telecaller:presence-changed").empty()) {
        }
    }

    manual_clock clock;
    scripted_store store;
    scripted_outbox outbox;
    registry::memory_registry registry;
    auth::jwt_verifier verifier = make_verifier();
    std::shared_ptr<local_shards> links;
    std::unique_ptr<gateway> server;

private:
    std::list<phone> phones_;
};

} // namespace ringback::gateway::testing
