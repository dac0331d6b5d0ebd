// Of several deliverers on one outbox the one whose duty it is delivers.
#include "webhooks/curl/deliverer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <expected>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

namespace ringback::webhooks {

using namespace std::chrono_literals;

namespace {

/// Has one event for ever, which nobody takes.
class stubborn_outbox final : public ports::webhook_outbox {
public:
    std::atomic<int> looks{0}, settlements{0};

    void first_webhooks(std::uint32_t,
                        ports::completion<ports::read_result<std::vector<ports::waiting_webhook>>> done) override {
        ++looks;
        done(std::vector<ports::waiting_webhook>{{.id = "an id", .body = "{}", .since = now(), .due = now()}});
    }
    void settle_webhooks(std::vector<ports::webhook_settlement> what,
                         ports::completion<ports::read_result<bool>> done) override {
        settlements += static_cast<int>(what.size());
        done(true);
    }
    void list_dead_webhooks(ports::page_request,
                            ports::completion<ports::read_result<ports::page<ports::dead_webhook>>> done) override {
        done(ports::page<ports::dead_webhook>{});
    }
    void replay_webhook(std::string, wall_time, ports::completion<ports::read_result<bool>> done) override {
        done(false);
    }
    void count_webhooks(ports::completion<ports::read_result<ports::webhook_backlog>> done) override {
        done(ports::webhook_backlog{});
    }
    void watch_webhooks(std::function<void()>) override {}

private:
    static wall_time now() { return machine_clock().now().wall; }
};

/// Answers as it is told to.
class told_roster final : public ports::duty_roster {
public:
    enum class answer { yes, no, unavailable };
    std::atomic<answer> next{answer::no};
    std::atomic<int> claims{0}, given_back{0};

    void claim_duty(ports::duty, mono_time, std::chrono::milliseconds,
                    ports::completion<ports::read_result<bool>> done) override {
        ++claims;
        if (next == answer::unavailable) return done(std::unexpected{ports::store_errc::unavailable});
        done(next == answer::yes);
    }
    void give_back_duty(ports::duty) override { ++given_back; }
};

struct DelivererDuty : testing::Test {
    stubborn_outbox outbox;
    told_roster roster;
    deliverer_config config = [] {
        deliverer_config c;
        c.post = {.url = "http://127.0.0.1:9/", .allow_private_addresses = true}; // nobody listens
        c.secrets.emplace_back("a secret of at least some length");
        c.look_interval = 5ms;
        c.duty_lease = 100ms;
        c.delivery.probe_longest = 5ms;
        c.delivery.retry_first = 5ms;
        return c;
    }();

    static void eventually(std::function<bool()> const& holds) {
        for (auto const end = std::chrono::steady_clock::now() + 30s; !holds();) {
            if (std::chrono::steady_clock::now() > end) return ADD_FAILURE() << "it did not become so";
            std::this_thread::sleep_for(1ms);
        }
    }
    void some_claims() {
        eventually([this, until = claims() + 3] { return claims() >= until; });
    }
    int claims() const { return roster.claims; }
};

} // namespace

TEST_F(DelivererDuty, OneThatDoesNotHaveItOnlyAsksForIt) {
    {
        deliverer const one{config, outbox, roster, machine_clock()};
        some_claims();
    }
    EXPECT_EQ(outbox.looks, 0);
    EXPECT_EQ(roster.given_back, 0);
}

TEST_F(DelivererDuty, OneThatHasItSendsAndGivesItBackAtItsEnd) {
    roster.next = told_roster::answer::yes;
    {
        deliverer const one{config, outbox, roster, machine_clock()};
        eventually([this] { return outbox.settlements > 0; });
        EXPECT_EQ(roster.given_back, 0);
    }
    EXPECT_EQ(roster.given_back, 1);
}

TEST_F(DelivererDuty, OneThatIsToldOfAnotherOrOfNobodyStopsInTime) {
    for (auto lost : {told_roster::answer::no, told_roster::answer::unavailable}) {
        roster.next = told_roster::answer::yes;
        deliverer const one{config, outbox, roster, machine_clock()};
        eventually([this, before = outbox.settlements.load()] { return outbox.settlements > before; });
        roster.next = lost;
        some_claims();
        some_claims(); // each a quarter of the lease after the one before: it is over
        int const looks = outbox.looks;
        some_claims();
        EXPECT_EQ(outbox.looks, looks);
        roster.next = told_roster::answer::yes;
        eventually([&] { return outbox.looks > looks; });
    }
}

} // namespace ringback::webhooks
