#include "bus/redis/cluster_adapter.hpp"

#include "base/base64.hpp"
#include "base/random.hpp"
#include "socketio/gathering.hpp"
#include "socketio/hub.hpp"

#include <array>
#include <utility>

namespace ringback::bus {

using namespace socketio;

namespace {

std::string make_request_id() {
    std::array<char, 12> raw;
    fill_random(std::as_writable_bytes(std::span{raw}));
    return base64url_encode({raw.data(), raw.size()});
}

} // namespace

cluster_adapter::cluster_adapter(poster post, std::unique_ptr<cluster_link> link, cluster_config const& config)
    : post_{std::move(post)},
      config_{config},
      local_{post_},
      link_{std::move(link)} {
    link_->start(*this, local_.tag());
}

void cluster_adapter::add(hub& next) {
    if (hubs_.empty()) {
        questions_.emplace(next.timers());
        if (next.recovery().is_on()) log_ = link_->log();
    }
    hubs_.push_back(&next);
    local_.add(next);
}

void cluster_adapter::run_on(hub& here, hub& at, work what) {
    if (&here == &at) return what();
    post_(at.shard(), std::move(what));
}

void cluster_adapter::say(hub& from, std::string said) {
    on_first(from, [this, said = std::move(said)]() mutable { link_->say(std::move(said)); });
}

void cluster_adapter::inquire(std::string id, cluster_answer::kind wanted, std::string const& nsp, std::string said,
                              std::chrono::milliseconds timeout, question_book::handler then) {
    questions_->ask(id, wanted, first().now().mono + timeout, std::move(then));
    link_->say(std::move(said));
    link_->count_others(nsp, [this, id = std::move(id)](auto others) { questions_->expect(id, others); });
}

// ---- what this process says

void cluster_adapter::send(hub& from, broadcast_ptr what, reach how_far) {
    // Everybody's events have one order then, that of the log, by which clients name what they have seen.
    if (log_ && how_far == reach::cluster) return on_first(from, [this, what = std::move(what)] { log_->log(what); });
    local_.send(from, what, reach::node);
    if (how_far == reach::cluster) say(from, link_->broadcast(*what));
}

void cluster_adapter::change(hub& from, audience_change what, reach how_far) {
    if (how_far == reach::cluster) say(from, link_->change(what));
    local_.change(from, std::move(what), reach::node);
}

void cluster_adapter::ask(hub& from, broadcast_ptr what, std::chrono::milliseconds timeout, reach how_far,
                          broadcast_ack_handler then) {
    if (how_far == reach::node) return local_.ask(from, std::move(what), timeout, how_far, std::move(then));
    using total = gathering<broadcast_answers, broadcast_ack_handler>;
    auto all = std::make_shared<total>(2, std::move(then)); // this process and all others
    auto report = [all](broadcast_answers part) {
        all->report([&](broadcast_answers& sum) { sum.add(std::move(part)); });
    };
    auto from_others = [this, &from, report](question q, bool complete) {
        q.acks.complete = complete;
        run_on(first(), from, [report, part = std::move(q.acks)]() mutable { report(std::move(part)); });
    };
    std::string id = make_request_id();
    on_first(from, [this, id, nsp = what->nsp, said = link_->ask(*what, id, timeout), timeout,
                    then = std::move(from_others)]() mutable {
        inquire(std::move(id), cluster_answer::kind::client_ack, nsp, std::move(said), timeout, std::move(then));
    });
    local_.ask(from, std::move(what), timeout, reach::node, report);
}

void cluster_adapter::fetch_sockets(hub& from, std::string nsp, audience of, reach how_far, fetch_handler then) {
    if (how_far == reach::node)
        return local_.fetch_sockets(from, std::move(nsp), std::move(of), how_far, std::move(then));
    using total = gathering<std::vector<socket_description>, fetch_handler>;
    auto all = std::make_shared<total>(2, std::move(then));
    auto report = [all](std::vector<socket_description> part) {
        all->report([&](auto& sum) { append_all(sum, std::move(part)); });
    };
    auto from_others = [this, &from, report](question q, bool) {
        run_on(first(), from, [report, part = std::move(q.sockets)]() mutable { report(std::move(part)); });
    };
    std::string id = make_request_id();
    on_first(from, [this, id, nsp, said = link_->fetch(nsp, of, id), then = std::move(from_others)]() mutable {
        inquire(std::move(id), cluster_answer::kind::sockets, nsp, std::move(said), config_.requests_timeout,
                std::move(then));
    });
    local_.fetch_sockets(from, std::move(nsp), std::move(of), reach::node, report);
}

void cluster_adapter::server_side_emit(hub& from, std::string nsp, std::string name, std::string args,
                                       server_answers_handler then) {
    if (!then) return say(from, link_->server_event(nsp, name, args, {}));
    std::string id = make_request_id();
    auto from_others = [this, &from, then = std::move(then)](question q, bool complete) mutable {
        run_on(first(), from, [then = std::move(then), answers = std::move(q.server_answers), complete]() mutable {
            then(std::move(answers), complete);
        });
    };
    on_first(from,
             [this, id, nsp, said = link_->server_event(nsp, name, args, id), then = std::move(from_others)]() mutable {
                 inquire(std::move(id), cluster_answer::kind::server_event, nsp, std::move(said),
                         config_.requests_timeout, std::move(then));
             });
}

// ---- what it has

void cluster_adapter::when_joined(hub& from, work then) {
    // Behind what the hub has told of its rooms so far.
    on_first(from, [this, &from, then = std::move(then)]() mutable {
        link_->when_heard([this, &from, then = std::move(then)]() mutable { run_on(first(), from, std::move(then)); });
    });
}

void cluster_adapter::nsp_opened(hub& at, std::string_view nsp) {
    on_first(at, [this, nsp = std::string{nsp}] { link_->nsp_opened(nsp); });
}

void cluster_adapter::nsp_closed(hub& at, std::string_view nsp) {
    on_first(at, [this, nsp = std::string{nsp}] { link_->nsp_closed(nsp); });
}

void cluster_adapter::room_opened(hub& at, std::string_view nsp, std::string_view room) {
    on_first(at, [this, nsp = std::string{nsp}, room = std::string{room}] { link_->room_opened(nsp, room); });
}

void cluster_adapter::room_closed(hub& at, std::string_view nsp, std::string_view room) {
    on_first(at, [this, nsp = std::string{nsp}, room = std::string{room}] { link_->room_closed(nsp, room); });
}

} // namespace ringback::bus
