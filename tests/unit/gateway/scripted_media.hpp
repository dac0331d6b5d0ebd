#pragma once

#include "ports/media_server.hpp"

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace ringback::gateway::testing {

/// Hands out tokens `t1`, `t2` … and takes the next of `webhooks` for every body that is signed "genuine". Questions
/// wait for answer_all().
class scripted_media final : public ports::media_server {
public:
    using found = std::optional<std::vector<ports::media_participant>>;

    int minted = 0;
    bool fails = false;
    std::vector<call_id> deleted;
    std::deque<std::optional<ports::media_notice>> webhooks;
    std::vector<std::pair<call_id, ports::completion<found>>> questions;

    std::expected<ports::media_credentials, ports::media_errc> mint(call_id const& call, call::call_type,
                                                                    call::display const&, wall_time) override {
        if (fails) return std::unexpected{ports::media_errc::not_signed};
        return ports::media_credentials{secret{"t" + std::to_string(++minted)}, "wss://media", call.text()};
    }
    void delete_room(call_id const& call) override { deleted.push_back(call); }
    void list_participants(call_id const& call, ports::completion<found> done) override {
        questions.emplace_back(call, std::move(done));
    }
    std::expected<std::optional<ports::media_notice>, ports::webhook_errc>
    read_webhook(std::string_view authorization, std::string_view body, wall_time) override {
        if (authorization != "genuine") return std::unexpected{ports::webhook_errc::not_genuine};
        if (body.empty()) return std::unexpected{ports::webhook_errc::malformed};
        if (webhooks.empty()) return std::nullopt;
        auto next = std::move(webhooks.front());
        webhooks.pop_front();
        return next;
    }

    void answer_all(found const& there) {
        for (auto& [call, done] : std::exchange(questions, {}))
            done(there);
    }
};

} // namespace ringback::gateway::testing
