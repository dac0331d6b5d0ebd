#include "gateway/station_codec.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <utility>

namespace ringback::gateway::testing {
namespace {

using namespace std::chrono_literals;

call_id const some_call = *call_id::parse("0123456789abcdef01234567");
account_id const ann = *account_id::parse("ann");
call::device_ref const phone{{{3, 1}, 7, 99}, call::realm::peer};
call::request_token const token{{2, 1}, 1234};
moment const sent_at{mono_time{100s}, wall_time{5'000'000s}};
moment const heard_at{mono_time{900s}, wall_time{5'000'001s}};

std::string encoded(station_message const& m) {
    std::string bytes;
    append_encoded(bytes, m, sent_at);
    return bytes;
}

/// What arrives says the same: encoded as if at the moment of its arrival, it is the same bytes.
void expect_to_arrive(station_message const& m) {
    std::string const bytes = encoded(m);
    auto const arrived = decode_station_message(bytes, heard_at);
    ASSERT_TRUE(arrived) << m.index();
    EXPECT_EQ(arrived->index(), m.index());
    std::string again;
    append_encoded(again, *arrived, heard_at);
    EXPECT_EQ(again, bytes) << m.index();
}

std::vector<station_message> every_message() {
    call::client_request const request{token, ann, phone, call::allowance::over_limit};
    call::media_roster roster{.number = 4, .seats = std::nullopt};
    roster.seats.emplace()[1] = {"PA_1", wall_time{7s}};
    std::vector<station_message> all;
    for (call::call_event const& event : std::initializer_list<call::call_event>{
             call::accept{request, true}, call::reject{request, "busy, sorry"}, call::cancel{request},
             call::hang_up{request}, call::resume{request, phone, 12},
             call::device_joined{call::side::callee, phone, true},
             call::device_left{call::side::callee, phone, call::departure::server_lost, sent_at, {phone, phone}},
             call::device_acted{call::side::callee, phone}, call::deadline_reached{},
             call::terminate{token, call::end_reason::account_suspended}, call::balance_changed{-5, 3},
             call::balance_changed{}, call::recorded{8, call::recorded::outcome::failed},
             call::media_hint{call::media_hint::kind::removed, call::side::callee, "PA_2", wall_time{9s}}, roster})
        all.push_back(call_input{some_call, event, {'a', 'b'}});
    all.push_back(sent_signal{some_call, ann, phone, request_kind::ice_candidate, std::string(70'000, '{'), token});
    all.push_back(missed_signal{some_call, call::side::callee, phone, {5, "webrtc:offer", "{}"}});
    all.push_back(wanted_media{some_call, ann, phone, token});
    all.push_back(heard_of_media{{ports::media_notice::kind::left, some_call, {"ann", "PA_3", wall_time{1s}}}});
    all.push_back(look_after_call{some_call, phone.socket, connect_refusal::not_approved});
    all.push_back(moved_coins{some_call, ann});
    all.push_back(suspended_party{some_call, ann});
    all.push_back(call_question{some_call, ann, call_question::subject::resumed_call, {4, 2}, 17});
    device_notice const ended{phone.socket,       some_call, on_screen::freed, "call:ended", std::string("{\0}", 3),
                              call::side::callee, {4, 2}};
    all.push_back(ended);
    all.push_back(missed_end{ended});
    all.push_back(taken_leg{phone.socket, some_call, {4, 2}});
    all.push_back(left_call{phone.socket, some_call, true});
    all.push_back(passed_signal{some_call, call::side::callee, phone, {4, 2}, {6, "webrtc:ice-candidate", "{}"}});
    all.push_back(request_success{token, "{}"});
    all.push_back(request_refusal{token, call::refusal_code::internal});
    all.push_back(call_answer{17, "yes"});
    all.push_back(closing_wish{phone.socket, connect_refusal::token_invalid});
    all.push_back(moved_call{some_call, call::side::callee, phone, {4, 2}});
    all.push_back(used_session{"0123"});
    all.push_back(replaced_device{phone.socket});
    all.push_back(changed_account{ann});
    return all;
}

TEST(StationCodec, EveryMessageArrivesAsItWas) {
    std::array<bool, std::variant_size_v<station_message>> seen{};
    for (station_message const& each : every_message()) {
        seen[each.index()] = true;
        expect_to_arrive(each);
    }
    for (std::size_t i = 0; i < seen.size(); ++i)
        EXPECT_TRUE(seen[i]) << "no example of message " << i;
}

TEST(StationCodec, AMomentIsAsLongAgoThereAsHere) {
    moment const before{sent_at.mono - 1500ms, sent_at.wall - 1500ms};
    auto const arrived = decode_station_message(
        encoded(call_input{some_call, call::device_left{call::side::caller, phone, call::departure::drop, before}}),
        heard_at);
    ASSERT_TRUE(arrived);
    auto const& left = std::get<call::device_left>(std::get<call_input>(*arrived).event);
    EXPECT_EQ(left.lost_at.mono, heard_at.mono - 1500ms);
    EXPECT_EQ(left.lost_at.wall, before.wall);
}

TEST(StationCodec, AMomentThatNobodyCanReckonWithIsNoMessage) {
    for (std::int64_t const age :
         {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
        moment const now{};
        std::string bytes;
        append_encoded(bytes,
                       call_input{some_call, call::device_left{call::side::caller, phone, call::departure::drop, now}},
                       now);
        ASSERT_TRUE(decode_station_message(bytes, heard_at));
        // Behind the age there are how many devices remain and the name of the device.
        constexpr auto behind = sizeof(std::uint32_t) + sizeof(device_name);
        std::memcpy(bytes.data() + bytes.size() - behind - sizeof age, &age, sizeof age);
        EXPECT_FALSE(decode_station_message(bytes, heard_at));
    }
}

TEST(StationCodec, WhatIsCutOffOrTooLongIsNoMessage) {
    for (station_message const& each : every_message()) {
        std::string const bytes = encoded(each);
        if (bytes.size() > 1000) continue;
        for (std::size_t cut = 0; cut < bytes.size(); ++cut)
            EXPECT_FALSE(decode_station_message(bytes.substr(0, cut), heard_at)) << each.index() << " at " << cut;
        EXPECT_FALSE(decode_station_message(bytes + "x", heard_at));
    }
}

TEST(StationCodec, AnyBytesAreAMessageOrNoneAndNothingWorse) {
    std::mt19937 random{7};
    auto const examples = every_message();
    for (int i = 0; i < 20'000; ++i) {
        std::string bytes = encoded(examples[random() % examples.size()]);
        if (bytes.size() > 1000) continue;
        for (unsigned n = 1 + random() % 4; n != 0; --n)
            bytes[random() % bytes.size()] = static_cast<char>(random());
        if (auto const m = decode_station_message(bytes, heard_at)) {
            std::string again;
            append_encoded(again, *m, heard_at); // every value in it is one of its type
        }
    }
}

} // namespace
} // namespace ringback::gateway::testing
