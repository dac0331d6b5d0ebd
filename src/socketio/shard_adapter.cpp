#include "socketio/shard_adapter.hpp"

#include "base/random.hpp"
#include "socketio/gathering.hpp"
#include "socketio/hub.hpp"

#include <memory>

namespace ringback::socketio {
namespace {

/// The acknowledgements of one shard's sockets. It reports when the last of them that owes one has let it go.
struct shard_answers {
    explicit shard_answers(broadcast_ack_handler report) : done{std::move(report)} {}
    shard_answers(shard_answers const&) = delete;
    shard_answers& operator=(shard_answers const&) = delete;
    ~shard_answers() { done(std::move(so_far)); }

    broadcast_answers so_far;
    broadcast_ack_handler done;
};

} // namespace

shard_adapter::shard_adapter(poster post) : post_{std::move(post)} {
    fill_random(std::as_writable_bytes(std::span{tag_}));
}

void shard_adapter::add(hub& next) {
    hubs_.push_back(&next);
    asked_.push_back(0);
}

void shard_adapter::run_on(hub& here, hub& at, work what) {
    if (&here == &at) return what();
    post_(at.shard(), std::move(what));
}

void shard_adapter::on_each(hub& from, std::function<void(hub&)> const& what) {
    what(from);
    for (hub* other : hubs_)
        if (other != &from) post_(other->shard(), [other, what] { what(*other); });
}

void shard_adapter::send(hub& from, broadcast_ptr what, reach) {
    from.deliver(what);
    for (hub* other : hubs_)
        if (other != &from) post_(other->shard(), [other, what] { other->deliver(what); });
}

std::uint64_t shard_adapter::next_ack_id(hub& from) {
    return hub::first_broadcast_ack_id + asked_[from.shard()]++ * hubs_.size() + from.shard();
}

void shard_adapter::ask(hub& from, broadcast_ptr what, std::chrono::milliseconds timeout, reach,
                        broadcast_ack_handler then) {
    using total = gathering<broadcast_answers, broadcast_ack_handler>;
    auto all = std::make_shared<total>(hubs_.size(), std::move(then));
    on_each(from, [this, &from, all, what, timeout](hub& at) {
        auto mine = std::make_shared<shard_answers>([this, &from, &at, all](broadcast_answers part) {
            run_on(at, from, [all, part = std::move(part)]() mutable {
                all->report([&](broadcast_answers& sum) { sum.add(std::move(part)); });
            });
        });
        mine->so_far.asked = at.deliver_with_ack(what, timeout, [mine](auto const& answer) {
            if (answer)
                mine->so_far.acks.emplace_back(*answer);
            else
                mine->so_far.complete = false;
        });
    });
}

void shard_adapter::change(hub& from, audience_change what, reach) {
    auto shared = std::make_shared<audience_change const>(std::move(what));
    on_each(from, [shared](hub& at) { at.apply(*shared); });
}

void shard_adapter::fetch_sockets(hub& from, std::string nsp, audience of, reach, fetch_handler then) {
    using total = gathering<std::vector<socket_description>, fetch_handler>;
    auto all = std::make_shared<total>(hubs_.size(), std::move(then));
    on_each(from, [this, &from, all, nsp = std::move(nsp), of = std::move(of)](hub& at) {
        run_on(at, from, [all, part = at.describe(nsp, of)]() mutable {
            all->report([&](auto& sum) { append_all(sum, std::move(part)); });
        });
    });
}

void shard_adapter::server_side_emit(hub&, std::string, std::string, std::string, server_answers_handler then) {
    if (then) then({}, true);
}

// ---- recovery: the first shard knows where each session is

void shard_adapter::keep_session(hub& on, lost_session session) {
    on.recovery().keep(std::move(session), on.now().mono);
}

void shard_adapter::session_opened(hub& on, std::string const& pid) {
    run_on(on, *hubs_[0], [this, pid, at = on.shard()] { sessions_[pid].shard = at; });
}

void shard_adapter::session_forgotten(hub& on, std::string const& pid) {
    run_on(on, *hubs_[0], [this, pid, at = on.shard()] {
        auto known = sessions_.find(pid);
        if (known == sessions_.end()) return;
        if (!known->second.is_moving)
            sessions_.erase(known);
        else if (known->second.shard != at)
            known->second.is_over = true;
    });
}

// A shard sends a broadcast to all mailboxes in one go. So when a token has visited every shard and only then reaches
// `last`, all broadcasts that any shard had delivered when the token set out have reached `last` before it.
void shard_adapter::after_a_round(hub& here, std::size_t next, hub& last, work then) {
    if (next == hubs_.size()) return run_on(here, last, std::move(then));
    hub& at = *hubs_[next];
    run_on(here, at, [this, &at, next, &last, then = std::move(then)]() mutable {
        after_a_round(at, next + 1, last, std::move(then));
    });
}

void shard_adapter::recover(hub& to, recovery_claim claim, recovery_handler then) {
    auto move = [this, &to, claim = std::move(claim), then = std::move(then)]() mutable {
        move_session(to, std::move(claim), std::move(then));
    };
    if (hubs_.size() == 1) return move();
    // Through the mailbox even on the first shard itself: an older claim of the same client may wait there.
    post_(0, std::move(move));
}

/// On the first shard.
void shard_adapter::move_session(hub& to, recovery_claim claim, recovery_handler then) {
    hub& first = *hubs_[0];
    auto known = sessions_.find(claim.pid);
    if (known == sessions_.end()) return run_on(first, to, [then = std::move(then)]() mutable { then(std::nullopt); });
    if (known->second.is_moving) {
        // A client that was lost once more before it heard of its first claim.
        known->second.claims.emplace_back([this, &to, claim = std::move(claim), then = std::move(then)]() mutable {
            move_session(to, std::move(claim), std::move(then));
        });
        return;
    }
    known->second.is_moving = true;
    hub& owner = *hubs_[known->second.shard];
    auto take = [this, &to, &owner, claim = std::move(claim), then = std::move(then)]() mutable {
        auto found = owner.take_session(claim);
        run_on(owner, to,
               [this, &to, pid = std::move(claim.pid), found = std::move(found), then = std::move(then)]() mutable {
                   bool arrived = found.has_value();
                   then(std::move(found));
                   run_on(to, *hubs_[0], [this, &to, pid = std::move(pid), arrived] { end_move(pid, to, arrived); });
               });
    };
    if (&owner == &to) return run_on(first, owner, std::move(take));
    after_a_round(first, 1, owner, std::move(take));
}

/// On the first shard.
void shard_adapter::end_move(std::string const& pid, hub& to, bool arrived) {
    auto& session = sessions_.at(pid);
    auto claims = std::move(session.claims);
    if (arrived && !session.is_over)
        session = {.shard = to.shard()};
    else
        sessions_.erase(pid);
    for (work& claim : claims)
        claim(); // the first goes on, the others wait for it
}

} // namespace ringback::socketio
