#include "ports/record_write.hpp"

#include <gtest/gtest.h>

using namespace ringback;
using namespace std::chrono_literals;

namespace {

wall_time const t0{1'800'000'000s};

call::call_facts facts() {
    return {.id = *call_id::parse("507f1f77bcf86cd799439081"),
            .type = call::call_type::audio,
            .caller = {{*account_id::parse("ann"), {}, {}}, call::realm::user},
            .callee = {{*account_id::parse("bob"), {}, {}}, call::realm::telecaller},
            .created_at = t0,
            .expires_at = t0 + 30s};
}

} // namespace

TEST(RecordWrite, AnOpeningIsTheCallersActAtItsCreation) {
    call::record r{1, call::opening{facts()}, call::side::caller, call::device_ref{{{}, 0, 1}, call::realm::user}};
    auto w = std::get<ports::call_opened>(ports::write_of(r, facts(), "sid1", "node-a"));
    EXPECT_EQ(w.what.facts, facts());
    EXPECT_EQ(w.event, (ports::timeline_event{t0, "RINGING", "ann", "sid1", "node-a", ""}));
}

TEST(RecordWrite, AnAnswerIsTheCalleesAct) {
    call::record r{2, call::answering{t0 + 5s, {2, 1}}, call::side::callee,
                   call::device_ref{{{}, 0, 2}, call::realm::telecaller}};
    auto w = std::get<ports::call_answered>(ports::write_of(r, facts(), "sid2", "node-a"));
    EXPECT_EQ(w.id, facts().id);
    EXPECT_EQ(w.what, (call::answering{t0 + 5s, {2, 1}}));
    EXPECT_EQ(w.event, (ports::timeline_event{t0 + 5s, "ACCEPTED", "bob", "sid2", "node-a", ""}));
}

TEST(RecordWrite, AnEndByTheClockIsNobodysActAndSaysWhy) {
    call::closing c{.status = call::call_status::missed,
                    .reason = call::end_reason::timeout,
                    .accepted_at = {},
                    .ended_at = t0 + 30s,
                    .rates = {},
                    .figures = {}};
    auto w = std::get<ports::call_closed>(ports::write_of({0, c, {}, {}}, facts(), "", "node-a"));
    EXPECT_EQ(w.what, c);
    EXPECT_EQ(w.event, (ports::timeline_event{t0 + 30s, "MISSED", "", "", "node-a", R"({"reason":"timeout"})"}));
}
