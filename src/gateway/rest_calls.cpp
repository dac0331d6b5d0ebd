// The routes of calls, and what the server counts.
#include "gateway/rest_lists.hpp"
#include "gateway/rest_payloads.hpp"
#include "gateway/rest_routes.hpp"
#include "gateway/station.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <expected>
#include <utility>

namespace ringback::gateway {
namespace {

/// The home of a call that has ended writes that down in this time, unless the store has stopped answering it.
constexpr std::chrono::seconds end_is_written_within{3};
constexpr std::chrono::milliseconds look_again_after{20};

using read_call = ports::read_result<std::optional<ports::stored_call>>;

bool is_admin(rest_exchange const& x) { return x.me->role == call::role::admin; }

/// Reads the call from the store and goes on with it when it exists and the account may see it.
template <class Then>
void with_call(exchange_ptr x, Then then) {
    auto id = call_id::parse(x->ids.front());
    if (!id) return x->refuse(no_such_call());
    station& at = x->at;
    at.shared().store.find_call(
        *id, at.back_here<read_call>([x = std::move(x), then = std::move(then)](read_call found) mutable {
            if (!found) return x->refuse(problem_of(found.error()));
            bool may_see = *found && (is_admin(*x) || side_of(**found, x->me->id));
            if (!may_see) return x->refuse(no_such_call());
            then(std::move(x), **found);
        }));
}

void show(exchange_ptr x, ports::stored_call const& c) {
    x->answer(render_call(c, is_admin(*x) ? std::nullopt : side_of(c, x->me->id)));
}

/// The call is over, but another node may still be writing its end: it is read until it says so.
void show_ended(exchange_ptr x, mono_time until) {
    with_call(std::move(x), [until](exchange_ptr y, ports::stored_call const& c) {
        if (is_final(c.status)) return show(std::move(y), c);
        station& at = y->at;
        mono_time const now = at.now().mono;
        if (now >= until) return y->refuse(end_not_written());
        at.later().run_at(now + look_again_after,
                          [y = std::move(y), until]() mutable { show_ended(std::move(y), until); });
    });
}

void show_ended(exchange_ptr x) {
    mono_time const until = x->at.now().mono + end_is_written_within;
    show_ended(std::move(x), until);
}

std::expected<ports::call_filter, problem> filter_of(rest_query const& query) {
    ports::call_filter filter;
    if (auto const* account = query.find("account")) {
        filter.account = account_id::parse(*account);
        if (!filter.account) return std::unexpected{invalid_request("account: allowed is an account id")};
    }
    if (auto const* status = query.find("status")) {
        filter.status = call::parse_call_status(*status);
        if (!filter.status)
            return std::unexpected{
                invalid_request("status: allowed is RINGING, ACCEPTED, COMPLETED, REJECTED, MISSED or CANCELLED")};
    }
    return filter;
}

/// How many of the first events are still to be shown; nullopt: the text was not made here.
std::optional<std::size_t> events_before(std::string const& cursor, std::size_t all) {
    if (cursor.empty()) return all;
    std::size_t before = 0;
    auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), before);
    if (error != std::errc{} || end != cursor.data() + cursor.size() || before > all) return std::nullopt;
    return before;
}

/// The history of a call only grows, so that a place in it is the number of events before it.
void show_events(exchange_ptr x, ports::page_request const& page, std::vector<ports::timeline_event> const& events) {
    auto before = events_before(page.cursor, events.size());
    if (!before) return x->refuse(problem_of(ports::store_errc::bad_cursor));
    std::vector<std::string> items;
    std::size_t const last = *before - std::min<std::size_t>(page.limit, *before);
    for (std::size_t i = *before; i > last; --i)
        items.push_back(render_timeline_event(events[i - 1]));
    x->answer(render_list(items, last == 0 ? std::string{} : std::to_string(last)));
}

} // namespace

void list_calls(exchange_ptr x) {
    auto page = page_of(x->query);
    if (!page) return x->refuse(page.error());
    station& at = x->at;
    if (is_admin(*x)) {
        auto filter = filter_of(x->query);
        if (!filter) return x->refuse(filter.error());
        auto render = [](ports::stored_call const& c) { return render_call(c, std::nullopt); };
        return at.shared().store.list_calls(*std::move(filter), *std::move(page),
                                            list_answer<ports::stored_call>(std::move(x), render));
    }
    auto me = x->me->id;
    auto render = [me](ports::stored_call const& c) { return render_call(c, side_of(c, me)); };
    at.shared().store.calls_of(me, *std::move(page), list_answer<ports::stored_call>(std::move(x), render));
}

void get_call(exchange_ptr x) { with_call(std::move(x), show); }

void list_call_events(exchange_ptr x) {
    auto page = page_of(x->query);
    if (!page) return x->refuse(page.error());
    with_call(std::move(x), [page = *std::move(page)](exchange_ptr y, ports::stored_call const& c) mutable {
        using read = ports::read_result<std::vector<ports::timeline_event>>;
        station& at = y->at;
        at.shared().store.timeline(c.facts.id,
                                   at.back_here<read>([y = std::move(y), page = std::move(page)](read events) mutable {
                                       if (!events) return y->refuse(problem_of(events.error()));
                                       show_events(std::move(y), page, *events);
                                   }));
    });
}

/// Answers with the call that is over, whether it was ended here or before.
void end_call(exchange_ptr x) {
    auto id = call_id::parse(x->ids.front());
    if (!id) return x->refuse(no_such_call());
    station& at = x->at;
    using found = ports::agreed<std::optional<place>>;
    at.registry().find_call(*id, [x = std::move(x), call = *id](found home) mutable {
        if (!home) return x->refuse(problem_of(home.error()));
        if (!*home) return show_ended(std::move(x));
        station& here = x->at;
        auto who = x->me;
        auto token = here.desk().open(std::move(who), request_kind::force_end, call,
                                      [x = std::move(x)](auto const&) mutable { show_ended(std::move(x)); });
        switchboard::submit(here, **home, call, call::terminate{.token = token, .reason = call::end_reason::admin});
    });
}

void get_stats(exchange_ptr x) {
    station& at = x->at;
    at.registry().counts([x = std::move(x), &at](ports::agreed<ports::presence_counts> present) mutable {
        if (!present) return x->refuse(problem_of(present.error()));
        using read = ports::read_result<std::size_t>; // the store knows those of all nodes
        at.shared().store.count_active_calls(
            at.back_here<read>([x = std::move(x), online = *present](read const& active) {
                if (!active) return x->refuse(problem_of(active.error()));
                x->answer(render_stats(online, *active, x->at.now().wall));
            }));
    });
}

} // namespace ringback::gateway
