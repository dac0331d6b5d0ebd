#pragma once

#include "base/timer_wheel.hpp"
#include "call/call_machine.hpp"
#include "call/media_state.hpp"
#include "call/signal_queue.hpp"
#include "gateway/account_directory.hpp"
#include "gateway/error_to_wire.hpp"
#include "gateway/peer_payloads.hpp"
#include "gateway/request_kind.hpp"
#include "gateway/station_message.hpp"
#include "ports/call_registry.hpp"
#include "ports/call_store.hpp"
#include "ports/media_server.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ringback::gateway {

class station;

[[nodiscard]] device_name name_of(socketio::socket const& s);

/// A call that somebody wants to begin, with every check behind it that needs no registry.
struct call_attempt {
    call::call_type type = call::call_type::audio;
    call::party caller;
    call::party callee;
    call::device_ref device; ///< of the caller
    device_name name{};      ///< of that device
    call::rates rates;
    std::optional<std::int64_t> prepaid_balance;
    bool can_afford = true;
    call::request_token token;
    std::string metadata{}; ///< between peers: JSON for the callee; empty without
};

/// The home of the calls whose callers are on this shard: owns their machines, feeds them one event at a time and
/// carries out what they decide. Used on the shard's thread only, but for the counters.
class switchboard {
public:
    explicit switchboard(station& at);
    switchboard(switchboard const&) = delete;
    switchboard& operator=(switchboard const&) = delete;
    ~switchboard();

    /// Claims both parties and opens the call here, or refuses the token.
    void begin(call_attempt attempt);

    /// An ACCEPTED call of a server that was lost goes on here, when its parties come back. `under_way` is held until
    /// the registry knows.
    void take_over(ports::inheritance::survivor left, std::shared_ptr<void> under_way);

    /// From any station: takes the event to the home of its call. A request for a call that is not there any more is
    /// refused. `from` names the device of a request.
    static void submit(station& here, place home, call_id const& call, call::call_event event,
                       device_name const& from = {});
    /// At the home of the call.
    void deliver(call_id const& id, call::call_event event, device_name const& from);

    /// The party could not be told of the end, its node is gone or going: it is told where it is now, or comes next.
    void keep_missed(device_notice const& what);

    /// Fresh media credentials for the owning device of an ACCEPTED call, or the refusal of the token.
    void refresh_media(wanted_media const& wanted);
    /// What the media server says of the room of a call that was accepted here.
    void hear(ports::media_notice const& notice);
    /// The party has no device in this call: one that comes now comes back to it.
    [[nodiscard]] bool misses(call_id const& call, account_id const& party) const;
    /// Between peers: takes a signal to the other party, or keeps it for when that one is back.
    void relay(sent_signal s);
    /// The signal waits with what comes later, or goes to the device that has come meanwhile.
    void take_back(missed_signal s);
    /// What the party could go on with, as JSON; nullopt: nothing.
    [[nodiscard]] std::optional<std::string> describe(call_id const& call, account_id const& party) const;
    /// Looks at this device, which is to be closed for `why`, again when the call is over; at once when it is.
    void look_again_after(look_after_call const& wish);
    /// Ends the call, and then has the devices of the account closed everywhere.
    void end_for_suspended(suspended_party const& party);
    /// Prepaid: the caller's balance has changed; the call lasts as long as the one that the store has now.
    void read_balance(call_id const& call, account_id const& caller, std::uint64_t answers = 0);

    /// It is known again whether this node may decide: what has waited for that is worked off.
    void decide_doubted();

    /// For any thread.
    [[nodiscard]] std::size_t active() const noexcept { return active_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::size_t known() const noexcept { return known_.load(std::memory_order_relaxed); }

private:
    struct live_call;

    // switchboard.cpp: the lives of calls.
    void on_claim(call_id const& id, call_attempt attempt, std::expected<ports::claimed, call::refusal_code> result);
    void open_prepaid(call_id const& id, call_attempt attempt, std::vector<call::device_ref> ringing,
                      ports::read_result<std::optional<call::account>> const& caller);
    void open(call_id const& id, call_attempt attempt, std::vector<call::device_ref> ringing);
    void note_busy(call_id const& id, call_attempt const& attempt);
    void welcome_parties(call_id const& id, ports::taken_over const& found);
    void give_back(call_id const& id, call::request_token token, call::refusal_code why);
    void apply(live_call& c, call::call_event event);
    void after_events(live_call& c);
    void discard(call_id const& id);
    [[nodiscard]] live_call* find(call_id const& id) const;
    [[nodiscard]] call::call_config config_of(call::realm callers) const;
    [[nodiscard]] bool goes_on_with(live_call& c, call::side s, call::device_ref device);

    // switchboard_effects.cpp: what the machines want.
    void keep_missed(device_notice const& what, call::party const& party, std::vector<call::device_ref> const& gone);
    /// False: the rest waits for the registry, which has to free the parties first; go_on() follows.
    [[nodiscard]] bool carry_out(live_call& c, call::effects wanted);
    void go_on(call_id const& id, ports::released const& freed);
    void hear_of_closing(call_id const& id, ports::write_outcome outcome);
    void finish(live_call& c);
    void carry_out_all(live_call& c, std::span<call::effect> wanted);
    void carry_out(live_call& c, call::record& e);
    void await_record(call_id const& id, std::uint64_t number, bool is_opening, ports::call_write write);
    void carry_out(live_call& c, call::read_balance& e);
    void carry_out(live_call& c, call::ask_media& e);
    void carry_out(live_call& c, call::record_media& e);
    void carry_out(live_call& c, call::tell& e);
    void carry_out(live_call& c, call::answer& e);
    void carry_out(live_call& c, call::take_leg& e);
    void carry_out(live_call& c, call::drop_leg& e);
    void carry_out(live_call& c, call::deliver_kept& e);
    void carry_out(live_call& c, call::keep_final_event& e);
    /// For a party that is away: `event` without its account and realm.
    void keep(ports::kept_event event, call::party const& party);
    void carry_out(live_call& c, call::mark_accepted& e);
    void carry_out(live_call& c, call::release& e);
    void carry_out(live_call& c, call::delete_room& e);
    void carry_out(live_call& c, call::forget& e);
    void refuse(call::request_token token, call::refusal_code code);
    void announce(ports::presence_changes const& changes);
    void tell_operators(live_call const& c, call::closing const* closing);

    // switchboard_media.cpp: credentials, and what the media server says.
    [[nodiscard]] bool prepare_media(live_call& c, call::accept const& e);
    [[nodiscard]] std::optional<std::string> mint(call::call_facts const& facts, call::side s);
    [[nodiscard]] std::string const& media_of(live_call& c, call::side s);
    [[nodiscard]] bool uses_media_server(call::realm of_caller) const;

    // switchboard_signals.cpp: from peer to peer.
    void pass_on(live_call& c, call::side to, call::peer_signal s);
    [[nodiscard]] peer_call_view view_of(live_call& c, std::string const& media, std::string const& ice_servers) const;
    [[nodiscard]] rendered_event render_for(live_call& c, call::notice const& n, call::side to);
    [[nodiscard]] std::string render_answer(live_call& c, call::acknowledgement const& a);

    station& at_;
    std::unordered_map<call_id, std::unique_ptr<live_call>> calls_;
    std::vector<call_id> doubted_;        ///< whose events wait until this node may decide
    std::atomic<std::size_t> active_ = 0; ///< RINGING or ACCEPTED
    std::atomic<std::size_t> known_ = 0;  ///< calls_.size()
};

} // namespace ringback::gateway
