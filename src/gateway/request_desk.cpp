#include "gateway/request_desk.hpp"

#include "gateway/error_to_wire.hpp"

#include <utility>
#include <vector>

namespace ringback::gateway {

call::request_token request_desk::open(socketio::socket& from, std::optional<std::uint64_t> ack_id, request_kind kind,
                                       call_id const& about) {
    return keep({.who = device_of(from).account, .from = from.ref(), .ack_id = ack_id, .kind = kind, .about = about},
                ack_id.has_value());
}

call::request_token request_desk::open(account_ptr who, request_kind kind, call_id const& about, outcome_handler done) {
    bool wants_answer = kind != request_kind::force_end;
    return keep(
        {.who = std::move(who), .from = {}, .ack_id = {}, .kind = kind, .about = about, .done = std::move(done)},
        wants_answer);
}

call::request_token request_desk::keep(request r, bool wants_answer) {
    // The lowest bit says whether an acknowledgement is wanted, so that the home of a call knows without asking.
    std::uint64_t number = next_++ << 1 | (wants_answer ? 1 : 0);
    r.since = hub_.now().mono;
    requests_.emplace(number, std::move(r));
    waiting_.store(requests_.size(), std::memory_order_relaxed);
    return {hub_.here(), number};
}

void request_desk::set_callee(call::request_token token, account_ptr callee) {
    if (auto at = requests_.find(token.number); at != requests_.end()) at->second.callee = std::move(callee);
}

void request_desk::set_bytes(call::request_token token, std::size_t bytes) {
    if (auto at = requests_.find(token.number); at != requests_.end()) at->second.bytes = bytes;
}

void request_desk::set_call(call::request_token token, call_id const& made) {
    if (auto at = requests_.find(token.number); at != requests_.end()) at->second.made = made;
}

std::optional<request_desk::request> request_desk::take(call::request_token token,
                                                        std::optional<call::refusal_code> refusal) {
    auto node = requests_.extract(token.number);
    if (node.empty()) return std::nullopt;
    waiting_.store(requests_.size(), std::memory_order_relaxed);
    request& r = node.mapped();
    seen_.answered({.kind = r.kind,
                    .who = r.who->id,
                    .call = r.made.is_null() ? r.about : r.made,
                    .callee = r.callee ? std::optional{r.callee->id} : std::nullopt,
                    .refusal = refusal,
                    .bytes = r.bytes,
                    .took = hub_.now().mono - r.since});
    return std::move(r);
}

void request_desk::succeed(call::request_token token, std::string_view acknowledgement) {
    auto r = take(token, std::nullopt);
    if (!r) return;
    if (r->done) return r->done(acknowledgement);
    if (rules_of(r->kind).frees_screen) devices_.free_screen(r->from, r->about);
    if (socketio::socket* s = r->ack_id ? devices_.find(r->from) : nullptr) s->acknowledge(r->ack_id, acknowledgement);
}

void request_desk::refuse(call::request_token token, call::refusal_code code) {
    refuse(token, code, telling::by_event_too);
}

void request_desk::give_up_before(mono_time since) {
    std::vector<std::uint64_t> late;
    for (auto const& [number, r] : requests_)
        if (r.since < since) late.push_back(number);
    for (std::uint64_t number : late)
        refuse({hub_.here(), number}, call::refusal_code::internal);
}

void request_desk::refuse_quietly(call::request_token token, call::refusal_code code) {
    refuse(token, code, telling::by_acknowledgement);
}

void request_desk::refuse(call::request_token token, call::refusal_code code, telling how) {
    auto r = take(token, code);
    if (r && r->done) return r->done(std::unexpected{code});
    socketio::socket* s = r ? devices_.find(r->from) : nullptr;
    if (!s) return;
    request_rules const rules = rules_in(device_of(*s).realm, r->kind);
    auto callee = r->callee ? call::display_of(*r->callee) : call::display{};
    std::string message = call::message_of(code, rules.channel, call::name_in_message(callee));
    s->acknowledge(r->ack_id, render_refused(code, message));
    if (how == telling::by_event_too) s->emit(rules.error_event, render_error(code, message, r->about));
}

} // namespace ringback::gateway
