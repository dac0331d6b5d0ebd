#pragma once

#include "base/clock.hpp"
#include "call/call_effect.hpp"
#include "call/call_event.hpp"
#include "call/call_record.hpp"
#include "call/media_watch.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace ringback::call {

/// The `calls.*` settings that one call needs. A duration of 0 switches its rule off, where that makes sense.
struct call_config {
    std::chrono::milliseconds ring_timeout{30'000}; ///< never 0
    /// How long a party that dropped may come back: the marketplace's, or that of peers.
    std::chrono::milliseconds reconnect_grace{0};
    std::chrono::milliseconds recovery_grace{30'000};    ///< how long the parties may come back to a survivor
    std::chrono::milliseconds cancel_race_window{2'000}; ///< a cancel this soon after the acceptance costs nothing
    std::chrono::milliseconds max_duration{0};           ///< of an ACCEPTED call
    std::chrono::milliseconds final_event_kept{60'000};  ///< for a party that was away at the end
    std::chrono::milliseconds remembered{60'000};        ///< how long a call that is over still answers requests
    std::chrono::milliseconds record_patience{1'000};    ///< a store that is silent for longer counts as failed
    std::size_t max_parked = 64;                         ///< requests of one side that may wait for the store
    std::optional<media_config> media{};                 ///< set when the media flows through a media server
};

/// How a call begins: the registry has claimed both parties for it.
struct call_setup {
    call_id id;
    call_type type = call_type::audio;
    party caller;
    party callee;
    device_ref caller_device;               ///< the device that calls: it owns the caller's side
    std::vector<device_ref> callee_devices; ///< as the claim named them; all of them will ring
    call::rates rates;                      ///< of the type; 0 between peers
    /// The caller's coins in prepaid mode, else nullopt. Read after the claim: before it an earlier call of the account
    /// may still be billed.
    std::optional<std::int64_t> prepaid_balance;
    request_token token; ///< the `call:initiate` or `call:request` to be answered
};

/// An ACCEPTED call whose server was lost, as the store knows it.
struct call_survival {
    call_facts facts;
    wall_time accepted_at{};
    wall_time lost_at{}; ///< when that server is last known to have been alive
    call::rates rates;
    std::optional<std::int64_t> prepaid_balance; ///< as in call_setup
};

/// Decides every race of one call: events and the time in, effects out. Lives on the call's home shard and is used by
/// that thread alone; no I/O, no clock. What one device sends, its coming and its going must be given in the order in
/// which they happened; between devices any order will do.
///
/// Announced only when durable: while `opening` or `answering` is being recorded every other event is parked and
/// replayed in order, each with its own time, when the store has answered (or was silent for `record_patience`).
/// `opening` written: the parked events are replayed first and the callee rings only if the call is then still
/// RINGING (races.md row 4). `answering` written: it is announced first, then the parked events are replayed.
/// `opening` failed: the request is refused with INTERNAL, nobody is rung, the claims are released. `answering` failed:
/// the accepting device is refused with INTERNAL and the call rings on. Final states are told at once. Likewise, when a
/// prepaid call has used up its coins the balance is read once more before it ends, at the second that it pays for; a
/// store that does not answer has no more coins.
///
/// A survivor goes on when both parties have come back within `recovery_grace`, and costs what it would have cost
/// without the outage. However it ends before, it has lasted until the server was lost and no longer; nobody back in
/// time: `server_lost`. A party that is back has shared its side among all of its account's devices that came: each is
/// told what an owner is, until one of them acts on the call and becomes the owner.
///
/// A deadline that is due at the time of an event is decided before the event, so that outcomes do not depend on how
/// late a timer fires. A call that is over answers requests for `remembered`, then asks to be forgotten.
class call_machine {
public:
    call_machine(call_setup setup, call_config const& config, moment now);
    /// A survivor: both parties are away. The registry has its claims, and it has no first effects.
    call_machine(call_survival left, call_config const& config, moment now);

    /// The first effects: `opening` is to be recorded. Once, before everything else; not of a survivor.
    [[nodiscard]] effects open();

    /// Every event is allowed at any time. `now` never goes back.
    [[nodiscard]] effects apply(call_event event, moment now);

    /// When `deadline_reached` is due. nullopt: never (after `forget`).
    [[nodiscard]] std::optional<mono_time> next_deadline() const;

    [[nodiscard]] call_facts const& facts() const noexcept { return facts_; }
    /// As announced: RINGING while an answer is being recorded.
    [[nodiscard]] call_status status() const noexcept { return status_; }
    [[nodiscard]] std::optional<end_reason> reason() const noexcept { return reason_; }
    [[nodiscard]] std::optional<wall_time> accepted_at() const noexcept;
    [[nodiscard]] std::optional<wall_time> ended_at() const noexcept;
    [[nodiscard]] call::figures const& figures() const noexcept { return figures_; }
    /// The device that owns a side; null while there is none (a callee that has not answered, a party within a grace).
    [[nodiscard]] device_ref owner(side s) const noexcept { return leg_of(s).device; }
    /// The devices that what happens to an announced call is told to, but for those that ring: the owner, or those that
    /// share the side.
    [[nodiscard]] std::vector<device_ref> screens(side s) const;
    [[nodiscard]] bool is_shared_with(side s, device_ref device) const noexcept;
    [[nodiscard]] std::optional<side> side_of(account_id const& account) const noexcept;
    /// The device whose answer is being recorded; null: none. From then on it may send what an owner may.
    [[nodiscard]] device_ref answering_device() const noexcept;

private:
    /// One party's side of the call.
    struct leg {
        device_ref device;                ///< the owner, null while there is none
        std::vector<device_ref> shared{}; ///< of a survivor: those that are back, until one of them acts
        std::vector<device_ref> newer{};  ///< of the marketplace: came while there was an owner, which may be gone
        device_ref lost_device;           ///< the owner that is gone, while lost_at is set
        std::optional<moment> lost_at;    ///< set while its grace runs
        mono_time grace_end{};            ///< meaningful while lost_at is set, but not in an outage
        departure last_departure = departure::drop;
        std::vector<notice> untold; ///< what it is to learn when it comes back within the grace
        std::size_t parked = 0;     ///< requests of this side among parked_
    };
    /// What the store has not answered yet: a record, or the balance; of an answer also who accepted, and when.
    struct awaited {
        enum class step : std::uint8_t { opening, answering, balance };
        step what = step::opening;
        mono_time since{};
        moment at;
        request_token token;
        device_ref device;
        bool by_request = false; ///< of an answer: by calling the caller
    };
    struct parked_event {
        call_event event;
        moment at;
    };
    struct actor {
        call::side side = call::side::caller;
        device_ref device;
    };
    /// How the call ends. `by` is the device whose request ended it: its answer stands for the final notice.
    struct ending {
        enum class answer_with : std::uint8_t { nothing_more, figures };
        call_status status = call_status::missed;
        end_reason reason = end_reason::timeout;
        moment at;
        std::optional<actor> by = std::nullopt;
        request_token token{};
        answer_with body = answer_with::nothing_more;
    };
    /// The next thing that time itself does to the call.
    struct due {
        enum class what : std::uint8_t {
            store_overdue,
            ring_timeout,
            caller_lost,
            callee_lost,
            max_duration,
            coins_exhausted,
            media_question,
            not_resumed,
            forget
        };
        mono_time at{};
        what action = what::ring_timeout;
    };

    // call_machine.cpp: the order in which things are decided.
    [[nodiscard]] bool must_wait(call_event const& event) const;
    void park(call_event event);
    void replay();
    void settle(moment until);
    void act_on(due const& d);
    [[nodiscard]] std::optional<due> next_due() const;
    [[nodiscard]] std::optional<mono_time> paid_until() const;

    // call_machine_events.cpp: what an event means in each status. `at`: when it happened.
    void dispatch(call_event const& event, moment at);
    void handle(accept const& e, moment at);
    void handle(reject const& e, moment at);
    void handle(cancel const& e, moment at);
    void handle(hang_up const& e, moment at);
    void handle(resume const& e, moment at);
    void handle(device_joined const& e, moment at);
    void handle(device_left const& e, moment at);
    void handle(deadline_reached const& e, moment at);
    void handle(terminate const& e, moment at);
    void handle(balance_changed const& e, moment at);
    void handle(recorded const& e, moment at);
    void handle(media_hint const& e, moment at);
    void handle(media_roster const& e, moment at);
    void note_media_began();
    void ring_first();
    void begin_answer(accept const& e, moment at);
    void ring_too(device_ref device);
    void lose(side s, moment lost_at, departure how, moment at);
    void give_up(side s, moment lost_at);
    [[nodiscard]] end_reason loss_of(side s) const noexcept;
    void ask_balance();
    void end_if_used_up();
    void end_used_up();

    // call_machine_survival.cpp: parties that come back after a server was lost, the call's or only theirs.
    void handle(device_acted const& e, moment at);
    void share(side s, device_ref device);
    void act(side s, device_ref device);
    void lose_to_outage(side s, moment lost_at, moment at);
    void end_outage();

    // call_machine_outcome.cpp: the transitions, and who is told.
    void opening_failed();
    void answering_failed(awaited const& lost);
    void announce_ringing();
    void become_accepted(awaited const& won);
    void finish(ending const& e);
    void answer_opening(ending const& e);
    void tell_final(side s, bool was_ringing, std::optional<actor> const& by);
    void own(side s, device_ref device);
    void tell_owner(side s, notice const& what);
    void tell_screens(side s, notice const& what);
    void reply(request_token token, acknowledgement ok);
    void refuse(client_request const& e, refusal_code code);
    void refuse(request_token token, refusal_code code);

    [[nodiscard]] bool is_over() const noexcept { return is_final(status_); }
    [[nodiscard]] leg& leg_of(side s) noexcept { return legs_[static_cast<std::size_t>(s)]; }
    [[nodiscard]] leg const& leg_of(side s) const noexcept { return legs_[static_cast<std::size_t>(s)]; }

    // given
    call_config config_;
    call_facts facts_;
    call::rates rates_;
    moment created_;
    std::optional<std::int64_t> prepaid_balance_;
    request_token opening_token_;
    // state
    moment now_; ///< of the apply() that runs; an event that was parked happened before
    call_status status_ = call_status::ringing;
    std::optional<end_reason> reason_;
    std::optional<moment> accepted_;
    std::optional<moment> ended_;
    /// Of a survivor, or of a call one of whose parties was at a server that is lost: until both parties are back.
    struct outage {
        moment since;
        mono_time grace_end{};
    };
    std::optional<outage> outage_;
    call::figures figures_;
    std::string rejection_;      ///< what the caller is told of a REJECTED call
    bool may_be_stored_ = false; ///< the store has the call, or nobody knows whether it has
    bool announced_ = false;     ///< that it rings has been told
    bool forgotten_ = false;
    mono_time forget_at_{};
    std::array<leg, 2> legs_;
    std::vector<device_ref> ringing_devices_; ///< the callee's while RINGING
    std::vector<device_ref> gone_devices_;    ///< of the callee, that left while it was RINGING
    std::uint64_t questions_ = 0;             ///< number of the last one that the store was asked
    std::optional<media_watch> media_;        ///< of an ACCEPTED call with a media server
    std::optional<awaited> waiting_;
    std::deque<parked_event> parked_;
    effects out_;
};

} // namespace ringback::call
