#pragma once

#include "call/call_machine.hpp"
#include "registry/memory/memory_registry.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace ringback::model {

/// A small world of accounts, devices, shards and a store around real call machines and the memory registry, driven at
/// random. It checks at every step what must hold whatever happens (contract section 6, promises 1 and 2), and stops
/// at the first violation. Coins are bought meanwhile; in the end the ledger, the balances and the calls must agree.
///
/// As in the server, each shard's messages reach a call's home in the order in which they were sent, and those of
/// different shards in any order; the store works through its queue in order, fails at times and is silent at times.
class world {
public:
    explicit world(std::uint64_t seed);

    /// One random thing happens.
    void step();
    /// Everybody leaves, every message arrives and time passes until nothing is left to happen; then nothing may be.
    void wind_down();

    /// The first thing that must not happen, or empty.
    [[nodiscard]] std::string const& violation() const { return violation_; }
    [[nodiscard]] std::uint64_t calls_ended() const { return calls_ended_; }
    [[nodiscard]] std::uint64_t calls_resumed() const { return calls_resumed_; }
    [[nodiscard]] std::uint64_t calls_accepted() const { return calls_accepted_; }

private:
    struct device {
        call::device_ref ref;
        std::size_t account = 0;
        bool is_connected = false;
        std::optional<call_id> screen; ///< the call that the app shows
    };
    struct person {
        account_id id;
        std::int64_t coins = 0;    ///< in the store
        std::int64_t at_first = 0; ///< coins that were there before everything
        std::vector<std::size_t> devices;
        call::presence shown = call::presence::offline; ///< as the changes said
        std::uint64_t version = 0;
    };
    /// What a device was told of one call.
    struct told {
        int incoming = 0, ringing = 0, accepted = 0, final = 0;
    };
    struct live_call {
        explicit live_call(call::call_setup setup, call::call_config const& config, moment now)
            : machine{std::move(setup), config, now} {}
        explicit live_call(call::call_survival left, call::call_config const& config, moment now)
            : machine{std::move(left), config, now},
              was_rung{true} {}
        call::call_machine machine;
        bool is_released = false;
        std::optional<std::int64_t> paid_from; ///< prepaid: the last balance that the machine was told
        std::map<std::uint64_t, told> told_to; ///< by device number
        std::set<call::side> kept_for;
        std::set<call::side> answered_final; ///< sides whose own request ended the call
        bool was_rung = false;
        bool may_cancel_again = false; ///< an accept was just refused: its device is told once more
    };
    struct stored {
        std::size_t caller = 0, callee = 0;
        call::call_status status = call::call_status::ringing;
        wall_time created_at{}, accepted_at{};
        std::optional<wall_time> lost_at; ///< since when it is without a server
    };
    // What waits for the store, which works through it in order.
    struct store_write {
        call_id id;
        call::record record;
        std::size_t caller = 0, callee = 0;
    };
    struct top_up {
        std::size_t account = 0;
        std::int64_t amount = 0;
    };
    struct balance_query {
        std::size_t account = 0;
        call_id call;
        std::uint64_t number = 0; ///< of the machine's question; 0: the coins were moved, or the call is to be opened
    };
    struct ledger_entry {
        std::size_t account = 0;
        std::optional<call_id> call;
        std::int64_t amount = 0, balance = 0;
    };
    /// A call that won its claim and whose caller's balance is being read; what happens meanwhile waits.
    struct claimed_call {
        call::call_setup setup;
        std::vector<call::call_event> waiting;
    };
    struct linger {
        std::size_t account = 0;
        std::uint64_t number = 0;
    };

    // What may happen.
    void connect_or_leave();
    void initiate();
    void request();
    void operate();
    void buy_coins();
    void deliver_one();
    void store_works();
    void time_passes(std::chrono::milliseconds by);
    void connect(device& d);
    void disconnect(device& d, call::departure how);
    void crash();
    void take_over(call_id id);

    // The server's part.
    void post(std::uint32_t from_shard, call_id to, call::call_event event);
    void give(call_id to, call::call_event event);
    void drop(call::call_event const& event);
    void open(call_id id, call::call_setup setup);
    void open_claimed(call_id id, std::optional<std::int64_t> coins);
    void hear_balance(call_id id, call::balance_changed now);
    void carry_out(call_id id, call::effects const& effects);
    void carry_out(call_id id, live_call& c, call::record const& e);
    void carry_out(call_id id, live_call& c, call::read_balance const& e);
    static void carry_out(call_id, live_call&, call::ask_media const&) {} // these calls have no media server
    static void carry_out(call_id, live_call&, call::record_media const&) {}
    void carry_out(call_id id, live_call& c, call::tell const& e);
    void carry_out(call_id id, live_call& c, call::answer const& e);
    void carry_out(call_id id, live_call& c, call::take_leg const& e);
    void carry_out(call_id id, live_call& c, call::drop_leg const& e);
    void carry_out(call_id id, live_call& c, call::deliver_kept const& e);
    void carry_out(call_id id, live_call& c, call::keep_final_event const& e);
    void carry_out(call_id id, live_call& c, call::mark_accepted const& e);
    void carry_out(call_id id, live_call& c, call::release const& e);
    void carry_out(call_id id, live_call& c, call::delete_room const& e);
    void carry_out(call_id id, live_call& c, call::forget const& e);
    void check_figures(live_call& c, call::closing const& closed);
    void work_off(store_write const& w);
    void work_off(top_up const& t);
    void work_off(balance_query const& q);
    void apply_write(store_write const& w, bool succeeds);
    void bill(store_write const& w, call::closing const& closed);
    void move_coins(std::size_t account, std::optional<call_id> call, std::int64_t amount);

    // Checks.
    void check(bool holds, char const* what);
    void check_transition(call::call_status before, call::call_machine const& after);
    void check_told_at_end(call_id id, live_call& c);
    void note(ports::presence_changes const& changes);
    void check_presence();
    void check_ledger();

    [[nodiscard]] std::size_t below(std::size_t n) {
        return std::uniform_int_distribution<std::size_t>{0, n - 1}(random_);
    }
    [[nodiscard]] bool one_in(std::size_t n) { return below(n) == 0; }
    [[nodiscard]] std::size_t account_index(account_id const& id) const;
    [[nodiscard]] device* find_device(call::device_ref const& ref);

    struct pending_request {
        enum class kind { initiate, accept, join, reject, cancel, end, resume, operate };
        kind what = kind::initiate;
        std::size_t device = 0;
        call_id call;
        call::device_ref sent_by; ///< the device may have another socket by the time of the answer
    };

    std::mt19937_64 random_;
    moment now_{mono_time{std::chrono::hours{1}}, wall_time{std::chrono::hours{500'000}}};
    call::call_config config_;
    call::rates rates_{2, 1};
    bool is_prepaid_ = false;
    call::realm realm_ = call::realm::peer;

    std::vector<person> people_;
    std::vector<device> devices_;
    std::unique_ptr<registry::memory_registry> registry_ = std::make_unique<registry::memory_registry>();
    std::unordered_map<call_id, live_call> calls_;
    std::vector<call_id> recent_;                                     ///< the calls that requests are about
    std::map<std::uint32_t, std::deque<std::function<void()>>> mail_; ///< per sending shard
    std::unordered_map<call_id, claimed_call> claimed_;
    std::deque<std::variant<store_write, top_up, balance_query>> store_queue_;
    std::vector<ledger_entry> ledger_;
    std::map<std::size_t, std::int64_t> by_calls_, by_top_ups_; ///< coins that each account got or lost
    std::map<call_id, stored> store_;
    std::map<std::uint64_t, pending_request> requests_; ///< that wait for an answer
    std::vector<linger> lingers_;
    std::set<std::uint64_t> told_final_now_; ///< devices, since the last closing
    std::uint64_t tokens_ = 0;
    std::uint32_t call_numbers_ = 0;
    std::uint64_t socket_numbers_ = 0;
    std::uint64_t calls_ended_ = 0;
    std::uint64_t calls_accepted_ = 0;
    std::uint64_t calls_resumed_ = 0;
    std::string violation_;
};

} // namespace ringback::model
