#pragma once

#include "call/call_machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// A call told as a story: each step returns what the machine wants done, one line per effect, so that a test reads
/// like the sequence diagram of the contract. Ann (a user) calls Bob (a telecaller); Eve is no party.
namespace ringback::call::story {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using lines = std::vector<std::string>;

inline account_id const ann = *account_id::parse("ann");
inline account_id const bob = *account_id::parse("bob");
inline account_id const eve = *account_id::parse("eve");

inline device_ref device(std::uint64_t number, realm where) { return {{{}, 0, number}, where}; }
inline device_ref const ann1 = device(11, realm::user), ann2 = device(12, realm::user), ann3 = device(13, realm::user);
inline device_ref const bob1 = device(21, realm::telecaller), bob2 = device(22, realm::telecaller),
                        bob3 = device(23, realm::telecaller);
inline device_ref const eve1 = device(31, realm::user);

inline std::string name_of(device_ref d) {
    static char const* const owners[] = {"nobody", "ann", "bob", "eve"};
    return owners[d.socket.generation / 10] + std::to_string(d.socket.generation % 10);
}

inline account_id owner_of(device_ref d) {
    switch (d.socket.generation / 10) {
    case 1: return ann;
    case 2: return bob;
    default: return eve;
    }
}

inline std::string text_of(figures const& f) {
    return std::to_string(f.duration_s) + "s " + std::to_string(f.coins_spent) + "/" + std::to_string(f.coins_earned);
}

inline std::string text_of(notice const& n) {
    struct {
        std::string operator()(incoming const&) { return "incoming"; }
        std::string operator()(ringing const&) { return "ringing"; }
        std::string operator()(accepted const&) { return "accepted"; }
        std::string operator()(rejected const& r) { return "rejected " + r.reason; }
        std::string operator()(missed const& m) { return "missed " + std::string{to_string(m.reason)}; }
        std::string operator()(cancelled const& c) { return "cancelled " + std::string{reason_text(c)}; }
        std::string operator()(ended const& e) {
            return "ended " + std::string{to_string(e.reason)} + " " + text_of(e.figures);
        }
        std::string operator()(reconnecting const& r) { return "reconnecting " + std::to_string(r.grace.count()); }
        std::string operator()(reconnected const&) { return "reconnected"; }
    } words;
    return std::visit(words, n);
}

inline std::string text_of(acknowledgement const& a) {
    struct {
        std::string operator()(ack_opened const&) { return ""; }
        std::string operator()(ack_accepted const&) { return ""; }
        std::string operator()(ack_done const&) { return ""; }
        std::string operator()(ack_ended const& e) { return " " + text_of(e.figures); }
        std::string operator()(ack_joined const&) { return " joined"; }
        std::string operator()(ack_resumed const& r) { return " resumed " + std::string{to_string(r.side)}; }
    } words;
    return std::visit(words, a);
}

class teller {
public:
    explicit teller(call_config config = {}, call_setup setup = plain_setup(),
                    std::vector<device_ref> ringing = {bob1, bob2})
        : start_{mono_time{1000s}, wall_time{1'800'000'000s}},
          now_{start_} {
        setup.callee_devices = std::move(ringing);
        setup.token = label("initiate");
        machine_.emplace(std::move(setup), config, now_);
    }

    /// A survivor of Ann's and Bob's: accepted at 0 s, its server lost at `lost`, found now, at `found`.
    static teller survivor(std::chrono::milliseconds lost, std::chrono::milliseconds found, call_config config = {},
                           call_setup setup = plain_setup()) {
        teller t{{}, setup};
        t.at(found);
        call_survival left{.facts = {.id = setup.id,
                                     .type = setup.type,
                                     .caller = setup.caller,
                                     .callee = setup.callee,
                                     .created_at = t.start_.wall - 3s,
                                     .expires_at = t.start_.wall + 27s},
                           .accepted_at = t.start_.wall,
                           .lost_at = t.start_.wall + lost,
                           .rates = setup.rates,
                           .prepaid_balance = setup.prepaid_balance};
        t.labels_.clear();
        t.machine_.emplace(std::move(left), config, t.now_);
        return t;
    }

    static call_setup plain_setup() {
        call_setup s;
        s.id = *call_id::parse("507f1f77bcf86cd799439081");
        s.caller = {{ann, "Ann", {}}, realm::user};
        s.callee = {{bob, "Bob", {}}, realm::telecaller};
        s.caller_device = ann1;
        s.rates = {2, 1};
        return s;
    }

    /// Time moves on, without an event.
    teller& at(std::chrono::milliseconds since_start) {
        now_ = start_ + since_start;
        return *this;
    }
    [[nodiscard]] moment now() const { return now_; }
    call_machine& machine() { return *machine_; }

    lines open() { return tell_story(machine_->open()); }
    lines written() { return apply(recorded{record_, recorded::outcome::written}); }
    lines failed() { return apply(recorded{record_, recorded::outcome::failed}); }
    lines answer_for(std::uint64_t record, recorded::outcome o) { return apply(recorded{record, o}); }
    [[nodiscard]] std::uint64_t last_record() const { return record_; }

    lines accept(device_ref d, allowance limit = allowance::within_limit) {
        return apply(call::accept{request("accept", d, limit)});
    }
    lines reject(device_ref d, allowance limit = allowance::within_limit, std::string reason = {}) {
        return apply(call::reject{request("reject", d, limit), std::move(reason)});
    }
    lines cancel(device_ref d, allowance limit = allowance::within_limit) {
        return apply(call::cancel{request("cancel", d, limit)});
    }
    lines end(device_ref d, allowance limit = allowance::within_limit) {
        return apply(hang_up{request("end", d, limit)});
    }
    lines resumes(device_ref d, device_ref instead_of) {
        return apply(call::resume{request("resume", d, allowance::within_limit), instead_of});
    }
    /// Glare: by calling the caller.
    lines calls_back(device_ref d) { return apply(call::accept{request("request", d, allowance::within_limit), true}); }
    lines joins(device_ref d) { return apply(device_joined{side_of(d), d}); }
    lines acts(device_ref d) { return apply(device_acted{side_of(d), d}); }
    lines drops(device_ref d) { return drops(d, now_); }
    lines drops(device_ref d, moment lost_at) { return apply(device_left{side_of(d), d, departure::drop, lost_at}); }
    lines leaves(device_ref d) { return apply(device_left{side_of(d), d, departure::own_disconnect, now_}); }
    /// Its node is lost; `remaining`: where the account is by now.
    lines is_lost(device_ref d, moment lost_at, std::vector<device_ref> remaining = {}) {
        return apply(device_left{side_of(d), d, departure::server_lost, lost_at, std::move(remaining)});
    }
    /// It had its side at the former home of the call.
    lines stayed(device_ref d) { return apply(device_joined{side_of(d), d, true}); }
    lines terminate(end_reason why) { return apply(call::terminate{label("terminate"), why}); }
    lines balance(std::int64_t coins) { return apply(balance_changed{coins}); }
    /// The answer to the last `read balance`.
    lines balance_read(std::optional<std::int64_t> coins) { return apply(balance_changed{coins, asked_}); }
    using hint = media_hint::kind;
    lines hears(hint what, side who, std::string connection = "first") {
        return apply(media_hint{what, who, std::move(connection), now_.wall});
    }
    /// The answer to the last `ask media`: who is in the room, with which connection; empty: not there.
    lines room_has(std::string caller, std::string callee) {
        auto seat = [this](std::string connection) {
            return connection.empty() ? std::nullopt : std::optional{media_roster::seat{connection, now_.wall}};
        };
        return apply(media_roster{media_asked_, {{seat(std::move(caller)), seat(std::move(callee))}}});
    }
    lines media_server_is_away() { return apply(media_roster{media_asked_, std::nullopt}); }
    /// The timer fires when the machine asked for it.
    lines deadline() {
        auto due = machine_->next_deadline();
        if (!due) return {"no deadline"};
        now_ = start_ + std::chrono::ceil<std::chrono::milliseconds>(*due - start_.mono);
        return apply(deadline_reached{});
    }
    lines apply(call_event e) { return tell_story(machine_->apply(std::move(e), now_)); }

    /// The usual beginnings.
    teller& rings() {
        open();
        written();
        return *this;
    }
    teller& is_accepted_by(device_ref d) {
        rings();
        accept(d);
        written();
        return *this;
    }

private:
    static side side_of(device_ref d) { return owner_of(d) == ann ? side::caller : side::callee; }

    request_token label(std::string text) {
        labels_[++tokens_] = std::move(text);
        return {{}, tokens_};
    }
    client_request request(std::string what, device_ref d, allowance limit) {
        return {label(what + " " + name_of(d)), owner_of(d), d, limit};
    }

    lines tell_story(effects const& all) {
        lines out;
        for (effect const& e : all)
            out.push_back(std::visit([this](auto const& x) { return line(x); }, e));
        return out;
    }
    std::string line(record const& r) {
        if (r.number != 0) record_ = r.number;
        if (auto const* c = std::get_if<closing>(&r.what))
            return "record " + std::string{to_string(c->status)} + " " + std::string{to_string(c->reason)} + " " +
                   text_of(c->figures);
        if (std::holds_alternative<resumption>(r.what)) return "record resumption";
        return std::holds_alternative<opening>(r.what) ? "record RINGING" : "record ACCEPTED";
    }
    std::string line(read_balance const& r) {
        asked_ = r.number;
        return "read balance";
    }
    std::string line(ask_media const& a) {
        media_asked_ = a.number;
        return "ask media";
    }
    std::string line(record_media const& r) {
        return "media began at " + std::to_string((r.began_at - start_.wall).count()) + " ms";
    }
    std::string line(deliver_kept const& d) { return "deliver kept " + std::string{to_string(d.to)}; }
    std::string line(tell const& t) { return name_of(t.device) + " <- " + text_of(t.what); }
    std::string line(answer const& a) {
        auto label = labels_.find(a.token.number);
        if (label == labels_.end()) return "an answer nobody asked for";
        std::string who = label->second;
        labels_.erase(label);
        if (a.result) return "ok " + who + text_of(*a.result);
        return "refused " + who + ": " + std::string{to_string(a.result.error())};
    }
    std::string line(take_leg const& t) { return name_of(t.device) + " owns " + std::string{to_string(t.side)}; }
    std::string line(drop_leg const& d) { return name_of(d.device) + " gives up " + std::string{to_string(d.side)}; }
    std::string line(keep_final_event const& k) {
        return "keep for " + std::string{to_string(k.to)} + (k.may_be_back ? ", who may be back: " : ": ") +
               text_of(k.what);
    }
    std::string line(mark_accepted const&) { return "mark accepted"; }
    std::string line(release const&) { return "release"; }
    std::string line(delete_room const&) { return "delete room"; }
    std::string line(forget const&) { return "forget"; }

    moment start_, now_;
    std::uint64_t tokens_ = 0, record_ = 0, asked_ = 0, media_asked_ = 0;
    std::map<std::uint64_t, std::string> labels_; ///< of the requests that wait
    std::optional<call_machine> machine_;
};

} // namespace ringback::call::story
