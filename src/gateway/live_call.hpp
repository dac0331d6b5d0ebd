#pragma once

#include "gateway/switchboard.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ringback::gateway {

/// One call at its home.
struct switchboard::live_call final : timer_wheel::timer {
    live_call(switchboard& owner, call_id const& i) : id{i}, at_{owner} {}

    call_id const id;
    std::optional<call::call_machine> machine; ///< empty while the claim is being decided
    /// What happened while the claim or an earlier event was being worked off.
    std::vector<call::call_event> waiting;
    bool is_busy = false;      ///< effects are being carried out: they come before the next event
    bool is_forgotten = false; ///< nothing needs it any more
    /// The end, from when the registry is asked to free the parties until it has.
    call::effects held;
    bool is_releasing = false; ///< the registry's function is running
    /// Whether the store has the end; in a cluster only.
    enum class closing : std::uint8_t { not_sent, on_its_way, written, refused } closed = closing::not_sent;
    bool awaits_closing = false; ///< the other nodes could not be asked: the store decides whether this end holds
    /// By side, the devices that were told of the end and whose nodes have not given it back.
    std::array<std::vector<call::device_ref>, 2> told;
    /// By side, devices to which the end came too late: their node ends, and still has to take them from the registry.
    std::array<std::vector<call::device_ref>, 2> gone;
    /// Who has acted on it, so that its history can name the device.
    std::vector<std::pair<socket_ref, device_name>> names;
    std::vector<std::pair<socket_ref, connect_refusal>> look_again; ///< devices to be closed after the call, and why
    std::vector<account_id> suspended;                              ///< whose devices are, everywhere
    /// `livekit` of each side as JSON, from the accept until it is announced; empty: to be minted.
    std::array<std::string, 2> media;
    // Between peers; by side where there are two.
    std::string metadata;                     ///< of the request, JSON; empty without
    std::array<call::media_state, 2> shown{}; ///< what each party says of its microphone and camera
    std::array<call::signal_queue, 2> kept{}; ///< for a party that is away
    std::array<std::uint64_t, 2> signalled{}; ///< how many signals each was sent
    std::vector<sent_signal> early;           ///< of the callee, while its answer is being recorded
    moment record_since;                      ///< when the store got the record that is waited for

    /// Ended, and its devices have been told.
    [[nodiscard]] bool is_over() const { return machine && is_final(machine->status()) && held.empty(); }
    void remember_name(socket_ref who, device_name const& name) {
        if (name == device_name{} || std::ranges::find(names, who, &decltype(names)::value_type::first) != names.end())
            return;
        if (names.size() < max_names) names.emplace_back(who, name);
    }
    [[nodiscard]] std::string name_of(std::optional<call::device_ref> const& who) const {
        if (!who) return {};
        auto at_name = std::ranges::find(names, who->socket, &decltype(names)::value_type::first);
        return at_name == names.end() ? std::string{} : std::string{at_name->second.begin(), at_name->second.end()};
    }

private:
    static constexpr std::size_t max_names = 16;

    void on_expiry(mono_time) override { at_.apply(*this, call::deadline_reached{}); }

    switchboard& at_;
};

} // namespace ringback::gateway
