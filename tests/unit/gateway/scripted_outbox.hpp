#pragma once

#include "ports/webhook_outbox.hpp"

#include <cstddef>
#include <expected>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace ringback::gateway::testing {

/// An outbox of dead letters alone, which answers at once. The list is a single page.
class scripted_outbox final : public ports::webhook_outbox {
public:
    std::vector<ports::dead_webhook> dead;
    bool is_away = false;

    void list_dead_webhooks(ports::page_request page,
                            ports::completion<ports::read_result<ports::page<ports::dead_webhook>>> done) override {
        if (is_away) return done(std::unexpected{ports::store_errc::unavailable});
        if (!page.cursor.empty()) return done(std::unexpected{ports::store_errc::bad_cursor});
        done(ports::page<ports::dead_webhook>{dead, {}});
    }
    void replay_webhook(std::string id, wall_time, ports::completion<ports::read_result<bool>> done) override {
        if (is_away) return done(std::unexpected{ports::store_errc::unavailable});
        done(std::erase_if(dead, [&](auto const& d) { return d.id == id; }) > 0);
    }
    void first_webhooks(std::uint32_t,
                        ports::completion<ports::read_result<std::vector<ports::waiting_webhook>>> done) override {
        done(std::vector<ports::waiting_webhook>{});
    }
    void settle_webhooks(std::vector<ports::webhook_settlement>,
                         ports::completion<ports::read_result<bool>> done) override {
        done(true);
    }
    void count_webhooks(ports::completion<ports::read_result<ports::webhook_backlog>> done) override {
        done(ports::webhook_backlog{.waiting = 0, .dead = dead.size(), .oldest = {}, .lost = 0});
    }
    void watch_webhooks(std::function<void()>) override {}
};

} // namespace ringback::gateway::testing
