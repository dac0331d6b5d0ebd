// Several servers on one database, as jobs of the store's thread.
#include "store/sql/query_jobs.hpp"
#include "store/sql/recovery.hpp"
#include "store/sql/sql_store.hpp"
#include "store/sql/statement.hpp"

#include <algorithm>
#include <expected>
#include <future>
#include <stdexcept>
#include <utility>

namespace ringback::store {

namespace {

std::string name_of(ports::inheritance::survivor const& s) { return s.call.facts.id.text(); }
std::string name_of(ports::inheritance::untold const& u) {
    return std::string{to_string(u.side)}.append(" of ").append(u.call.facts.id.text());
}

/// Leaves those that are not in `given`, and names all in `here`.
template <typename Item>
void keep_new(std::vector<Item>& found, std::set<std::string> const& given, std::set<std::string>& here) {
    std::erase_if(found, [&](Item const& each) {
        auto const name = name_of(each);
        here.insert(name);
        return given.contains(name);
    });
}

} // namespace

// One step -----------------------------------------------------------------------------------------------------------

template <typename Result, typename Step>
Result sql_store::carry_out(Step step, std::string_view name) {
    using found = ports::read_result<Result>;
    std::promise<found> answered;
    thread_.submit(query_of<Result, query_kind::change>([&step](tables& in) -> found { return step(in); },
                                                        [&answered](found r) { answered.set_value(std::move(r)); },
                                                        name));
    found result = answered.get_future().get();
    if (!result) throw std::runtime_error("what lost servers left could not be taken over: see the log");
    return *std::move(result);
}

ports::inheritance sql_store::take_over(wall_time now, ports::inheritance_terms const& terms) {
    std::vector<ports::stored_call> missed;
    (void)carry_out<std::uint32_t>([&](tables& in) { return declare_lost(in, 0, now); }, "fencing");
    while (carry_out<bool>([&](tables& in) { return store::hand_over(in, now); }, "handing-over")) {
    }
    for (bool is_more = true; is_more;) {
        auto some = carry_out<missed_calls>([&](tables& in) { return miss_some(in, now, terms.untold_until, node_); },
                                            "missing");
        std::ranges::move(some.calls, std::back_inserter(missed));
        is_more = some.is_more;
    }
    auto left = carry_out<ports::inheritance>([&](tables& in) { return store::inherit(in, now, terms.sessions_until); },
                                              "take-over");
    left.missed = std::move(missed);
    std::promise<void> begun;
    thread_.submit(query_of([](tables&) -> ports::read_result<bool> { return true; },
                            ports::completion<ports::read_result<bool>>{[&](ports::read_result<bool>) {
                                thread_.begin_liveness(0);
                                begun.set_value();
                            }}));
    begun.get_future().wait();
    return left;
}

sql_store::membership sql_store::join(std::string name, wall_time now) {
    using found = ports::read_result<membership>;
    std::promise<found> answered;
    auto enter = [&](tables& in) -> found {
        return membership{static_cast<std::uint32_t>(in.nodes.add(name, now)), in.nodes.database()};
    };
    thread_.submit(query_of<membership, query_kind::change>(
        std::move(enter),
        [&](found joined) {
            if (joined) thread_.begin_liveness(joined->node);
            answered.set_value(std::move(joined));
        },
        "joining"));
    found joined = answered.get_future().get();
    if (!joined) throw std::runtime_error("this node could not join the others in the store: see the log");
    return *std::move(joined);
}

// A lost node --------------------------------------------------------------------------------------------------------

struct sql_store::handing_over {
    std::uint32_t lost = 0;
    wall_time now{};
    ports::inheritance_terms terms;
    ports::completion<ports::read_result<ports::taken_node>> done;
    ports::taken_node taken{};

    void fail() { done(std::unexpected{ports::store_errc::unavailable}); }
};

void sql_store::take_over(std::uint32_t lost, wall_time now, ports::inheritance_terms terms,
                          ports::completion<ports::read_result<ports::taken_node>> done) {
    declare(std::make_shared<handing_over>(lost, now, terms, std::move(done)));
}

void sql_store::declare(std::shared_ptr<handing_over> const& what) {
    struct taker {
        std::uint32_t number = 0;
        bool is_us = false;
    };
    using found = ports::read_result<taker>;
    auto ask = [what](tables& in) -> found {
        auto const by = declare_lost(in, what->lost, what->now);
        return taker{by, by != 0 && by == static_cast<std::uint32_t>(in.node)};
    };
    auto then = [this, what](found by) {
        if (!by) return what->fail();
        what->taken.by = by->number;
        by->is_us ? hand_over(what) : what->done(std::move(what->taken));
    };
    thread_.submit(query_of<taker, query_kind::change>(std::move(ask), std::move(then), "fencing"));
}

void sql_store::hand_over(std::shared_ptr<handing_over> const& what) {
    using found = ports::read_result<bool>;
    auto ask = [what](tables& in) -> found { return store::hand_over(in, what->now); };
    auto then = [this, what](found is_more) {
        if (!is_more) return what->fail();
        *is_more ? hand_over(what) : miss(what);
    };
    thread_.submit(query_of<bool, query_kind::change>(std::move(ask), std::move(then), "handing-over"));
}

void sql_store::miss(std::shared_ptr<handing_over> const& what) {
    using found = ports::read_result<missed_calls>;
    auto ask = [this, what](tables& in) -> found { return miss_some(in, what->now, what->terms.untold_until, node_); };
    auto then = [this, what](found some) {
        if (!some) return what->fail();
        std::ranges::move(some->calls, std::back_inserter(what->taken.left.missed));
        some->is_more ? miss(what) : inherit(what);
    };
    thread_.submit(query_of<missed_calls, query_kind::change>(std::move(ask), std::move(then), "missing"));
}

/// What a commit that was not answered has handed over is found here too: all that is there is asked for, and what this
/// process was given before is left out.
void sql_store::inherit(std::shared_ptr<handing_over> const& what) {
    using found = ports::read_result<ports::inheritance>;
    auto ask = [what](tables& in) -> found { return store::inherit(in, what->now, what->terms.sessions_until); };
    auto then = [this, what](found left) {
        if (!left) return what->fail();
        std::set<std::string> here;
        keep_new(left->survivors, given_, here);
        keep_new(left->untolds, given_, here);
        given_ = std::move(here);
        left->missed = std::move(what->taken.left.missed);
        what->taken.left = *std::move(left);
        limit_sessions(what->terms.sessions_until);
        what->done(std::move(what->taken));
    };
    thread_.submit(query_of<ports::inheritance, query_kind::change>(std::move(ask), std::move(then), "take-over"));
}

/// Behind the others: until it is done these tokens are good, as they are to be for a while.
void sql_store::limit_sessions(wall_time until) {
    using found = ports::read_result<bool>;
    auto ask = [until](tables& in) -> found { return store::limit_sessions(in, until); };
    auto then = [this, until](found is_more) {
        if (is_more && *is_more) limit_sessions(until);
    };
    thread_.submit(query_of<bool, query_kind::change>(std::move(ask), std::move(then), "limiting-sessions"));
}

void sql_store::take_over_call(call_id id, wall_time untold_until,
                               ports::completion<ports::read_result<std::optional<ports::stored_call>>> done) {
    using found = std::optional<ports::stored_call>;
    auto ask = [this, id, untold_until](tables& in) -> ports::read_result<found> {
        return miss_overdue(in, id, untold_until, node_);
    };
    thread_.submit(query_of<found, query_kind::change>(std::move(ask), std::move(done), "overdue"));
}

void sql_store::find_abandoned(wall_time now, std::chrono::milliseconds lease,
                               ports::completion<ports::read_result<std::vector<std::uint32_t>>> done) {
    using found = ports::read_result<std::vector<std::uint32_t>>;
    thread_.submit(query_of([then = now - lease](tables& in) -> found { return in.nodes.abandoned(in.node, then); },
                            std::move(done)));
}

// This node ----------------------------------------------------------------------------------------------------------

void sql_store::is_lost(ports::completion<ports::read_result<bool>> done) {
    using found = ports::read_result<bool>;
    thread_.submit(
        query_of([](tables& in) -> found { return in.node != 0 && in.nodes.is_lost(in.node); }, std::move(done)));
}

void sql_store::watch_fence(std::function<void()> on_fenced) {
    using found = ports::read_result<bool>;
    std::promise<void> watched;
    auto then = [&](found) {
        thread_.watch_fence(std::move(on_fenced));
        watched.set_value();
    };
    thread_.submit(query_of([](tables&) -> found { return true; }, ports::completion<found>{std::move(then)}));
    watched.get_future().wait();
}

void sql_store::take_session(std::string hash, account_id account, wall_time now,
                             ports::completion<ports::read_result<ports::session_answer>> done) {
    using found = ports::read_result<ports::session_answer>;
    auto ask = [hash = std::move(hash), account = std::move(account), now](tables& in) -> found {
        return in.sessions.take(hash, account, now);
    };
    thread_.submit(query_of<ports::session_answer, query_kind::change>(std::move(ask), std::move(done), "session"));
}

// Duties -------------------------------------------------------------------------------------------------------------

void sql_store::claim_duty(ports::duty what, mono_time asked_at, std::chrono::milliseconds lease,
                           ports::completion<ports::read_result<bool>> done) {
    using found = ports::read_result<duty_rows::seen>;
    auto& beat = beats_[static_cast<std::size_t>(what)];
    auto ask = [&beat, what, asked_at, lease](tables& in) -> found {
        if (in.node == 0) return duty_rows::seen{.is_mine = true};
        bool const is_stale = beat.beat != -1 && asked_at - beat.since >= lease;
        auto seen = in.duties.claim(what, in.node, is_stale ? beat.beat : -1);
        if (seen.is_mine && what == ports::duty::webhooks) in.webhooks.free_stranded();
        return seen;
    };
    auto then = [&beat, asked_at, done = std::move(done)](found seen) mutable {
        if (!seen) return done(std::unexpected{seen.error()});
        if (seen->is_mine)
            beat = {};
        else if (seen->beat != beat.beat)
            beat = {seen->beat, asked_at};
        done(seen->is_mine);
    };
    thread_.submit(query_of<duty_rows::seen, query_kind::change>(std::move(ask), std::move(then), "duty"));
}

void sql_store::give_back_duty(ports::duty what) {
    using found = ports::read_result<bool>;
    auto ask = [what](tables& in) -> found {
        if (in.node != 0) in.duties.give_back(what, in.node);
        return true;
    };
    thread_.submit(query_of<bool, query_kind::change>(std::move(ask), ports::completion<found>{[](found) {}}, "duty"));
}

} // namespace ringback::store
