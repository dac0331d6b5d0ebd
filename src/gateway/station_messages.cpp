// What the stations of a cluster say to each other, and what each does about it.
#include "gateway/account_changes.hpp"
#include "gateway/station.hpp"
#include "gateway/station_codec.hpp"

#include <chrono>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace ringback::gateway {
namespace {

constexpr std::chrono::seconds sweep_interval{1};
/// Accounts that are read again at each sweep: the store has other work.
constexpr std::size_t doubted_at_once = 500;

/// Which call a message is about that goes to the home of a call; null for the others.
call_id const* addressed_call(station_message const& m) {
    return std::visit(
        []<class M>(M const& each) -> call_id const* {
            constexpr bool goes_home = requires { each.call; } && !std::is_same_v<M, taken_leg> &&
                                       !std::is_same_v<M, left_call> && !std::is_same_v<M, passed_signal> &&
                                       !std::is_same_v<M, moved_call>;
            if constexpr (goes_home) return &each.call;
            return nullptr;
        },
        m);
}

} // namespace

/// Carries out one message.
class station::handler {
public:
    explicit handler(station& at) : at_{at} {}

    void operator()(call_input& m) { at_.calls().deliver(m.call, std::move(m.event), m.from); }
    void operator()(sent_signal& m) { at_.calls().relay(std::move(m)); }
    void operator()(missed_signal& m) { at_.calls().take_back(std::move(m)); }
    void operator()(wanted_media& m) { at_.calls().refresh_media(m); }
    void operator()(heard_of_media& m) { at_.calls().hear(m.what); }
    void operator()(look_after_call& m) { at_.calls().look_again_after(m); }
    void operator()(moved_coins& m) { at_.calls().read_balance(m.call, m.caller); }
    void operator()(suspended_party& m) { at_.calls().end_for_suspended(m); }
    void operator()(call_question& m) {
        std::string text;
        if (m.about == call_question::subject::resumed_call)
            text = at_.calls().describe(m.call, m.party).value_or("");
        else if (at_.calls().misses(m.call, m.party))
            text = "yes";
        at_.send(m.back, call_answer{m.number, std::move(text)});
    }
    void operator()(device_notice& m) {
        bool const is_missed = at_.shared().is_draining && !at_.devices_here().find(m.who);
        if (is_missed && m.effect == on_screen::freed) return at_.send(m.home, missed_end{std::move(m)});
        at_.devices_here().tell(m.who, m.about, m.effect, m.event, m.args);
    }
    void operator()(missed_end& m) { at_.calls().keep_missed(m.what); }
    void operator()(taken_leg& m) { at_.devices_here().take_leg(m.who, m.call, m.home); }
    void operator()(left_call& m) {
        at_.devices_here().leave_call(m.who, m.call);
        if (m.frees_screen) at_.devices_here().free_screen(m.who, m.call);
    }
    void operator()(passed_signal& m) {
        if (socketio::socket* target = at_.devices_here().find(m.device.socket))
            return target->emit(m.what.event, m.what.payload);
        at_.send(m.home, missed_signal{m.call, m.to, m.device, std::move(m.what)});
    }
    void operator()(request_success& m) { at_.desk().succeed(m.token, m.acknowledgement); }
    void operator()(request_refusal& m) { at_.desk().refuse(m.token, m.code); }
    void operator()(call_answer& m) {
        auto const asked = at_.questions_.extract(m.number);
        if (!asked.empty()) asked.mapped().then(std::move(m.text));
    }
    void operator()(closing_wish& m) { at_.entrance().close_when_free(m.who, m.why); }
    void operator()(moved_call& m) {
        if (!at_.devices_here().find(m.device.socket)) return;
        bool const is_owner = at_.devices_here().is_in(m.device.socket, m.call);
        at_.send(m.home, call_input{m.call, call::device_joined{m.side, m.device, is_owner}});
    }
    void operator()(used_session& m) {
        if (auto hash = auth::parse_session_hash(m.hash)) at_.shared().sessions.retire(*hash);
    }
    void operator()(replaced_device& m) {
        if (socketio::socket* old = at_.devices_here().find(m.who)) old->disconnect();
    }
    void operator()(changed_account& m) { notice_change(at_, m); }

private:
    station& at_;
};

void station::handle(station_message m) { std::visit(handler{*this}, m); }

void station::send(place to, station_message m) {
    if (to == here()) return handle(std::move(m));
    if (to.node == here().node)
        return run_on(to.shard, [m = std::move(m)](station& there) mutable { there.handle(std::move(m)); });
    if (!shared_.bus) return; // a name of a former life
    std::string bytes;
    append_encoded(bytes, m, now());
    shared_.bus->send(shard_, to, std::move(bytes));
}

void station::send_to_other_nodes(station_message m) {
    if (!shared_.bus) return;
    std::string bytes;
    append_encoded(bytes, m, now());
    shared_.bus->send_to_all(shard_, std::move(bytes));
}

void station::take_back(station_message m) {
    if (auto const* notice = std::get_if<device_notice>(&m); notice && notice->effect == on_screen::freed)
        return switchboard_.keep_missed(*notice);
    call_id const* call = addressed_call(m);
    if (!call) return; // was for a device or a request of that node
    registry().find_call(*call, [this, m = std::move(m)](ports::agreed<std::optional<place>> home) mutable {
        if (home && *home && (*home)->node != 0) return send(**home, std::move(m));
        handle(std::move(m)); // as a home answers that does not know the call
    });
}

void station::ask(place home, call_id const& call, account_id const& party, call_question::subject about,
                  std::function<void(std::string)> then) {
    std::uint64_t const number = next_question_++;
    questions_.emplace(number, question{now().mono, std::move(then)});
    send(home, call_question{call, party, about, here(), number});
}

// Silence ------------------------------------------------------------------------------------------------------------

station::sweeper::sweeper(station& at) : at_{at} { at_.hub().timers().arm(*this, at_.now().mono + sweep_interval); }

void station::sweeper::on_expiry(mono_time now) {
    at_.give_up_before(now - at_.shared().config.node_patience);
    at_.read_doubted();
    at_.hub().timers().arm(*this, now + sweep_interval);
}

void station::give_up_before(mono_time since) {
    desk_.give_up_before(since);
    std::vector<std::uint64_t> late;
    for (auto const& [number, q] : questions_)
        if (q.since < since) late.push_back(number);
    for (std::uint64_t number : late)
        questions_.extract(number).mapped().then({});
}

// Accounts that others may have changed ------------------------------------------------------------------------------

void station::doubt_accounts() {
    doubted_accounts_.clear();
    for (char const* name : {"/user", "/telecaller", "/admin", "/"})
        for (socketio::socket* s : hub_.of(name).sockets())
            if (account_ptr const account = s->is_connected() ? device_of(*s).account : nullptr)
                doubted_accounts_.push_back(account->id);
}

void station::read_doubted() {
    for (std::size_t i = 0; i < doubted_at_once && !doubted_accounts_.empty(); ++i) {
        account_id const id = std::move(doubted_accounts_.back());
        doubted_accounts_.pop_back();
        shared_.accounts.find(shard_, id, [this](account_directory::found const& who) {
            if (who && *who) arrivals_.look_at(*who);
        });
    }
}

} // namespace ringback::gateway
