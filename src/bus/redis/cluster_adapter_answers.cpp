// What the other nodes of a cluster say, carried out on all shards of this process; everything begins on the first.
#include "bus/redis/cluster_adapter.hpp"
#include "socketio/gathering.hpp"
#include "socketio/hub.hpp"
#include "socketio/json_view.hpp"

#include <functional>
#include <set>
#include <utility>

namespace ringback::bus {

using namespace socketio;

void cluster_adapter::heard(cluster_request request) {
    auto shared = std::make_shared<cluster_request const>(std::move(request));
    std::visit([&](auto const& what) { carry_out(shared, what); }, shared->body);
}

void cluster_adapter::answer(cluster_request const& request, cluster_answer what) {
    what.id = request.id;
    link_->say(link_->answer(request, what));
}

void cluster_adapter::carry_out(request_ptr const& request, event_message const& e) {
    auto const& config = first().config();
    // Its receivers would close their connections.
    if (config.parser == parser::text && e.what.attachments.size() > config.limits.max_attachments) return;
    auto what = std::make_shared<broadcast>(broadcast{.nsp = request->nsp,
                                                      .to = e.to,
                                                      .name = e.name,
                                                      .args = e.what.args,
                                                      .attachments = e.what.attachments,
                                                      .flags = e.flags,
                                                      .origin = first().shard(),
                                                      .serial = log_ ? 0 : first().next_serial(),
                                                      .offset = log_ ? request->offset : cluster_offset{},
                                                      .ack_id = {},
                                                      .encoded = {}});
    if (e.ack_timeout) what->ack_id = local_.next_ack_id(first());
    std::string args = what->args;
    // Volatile events too: a string at their end could pass for an offset.
    if (!what->offset.is_null()) args.append(args.empty() ? "\"" : ",\"").append(to_string(what->offset)).append("\"");
    what->encoded =
        first().encoding().event(what->nsp, what->name, {args, what->attachments}, what->ack_id, e.flags.compression());
    if (!e.ack_timeout) return local_.send(first(), std::move(what), reach::node);
    ask_here(request, what, *e.ack_timeout);
}

// How many were asked is told even when there are none: who asked waits for it. Acknowledgements go out as they come.
void cluster_adapter::ask_here(request_ptr const& request, broadcast_ptr const& what,
                               std::chrono::milliseconds timeout) {
    using kind = cluster_answer::kind;
    using total = gathering<std::size_t, std::function<void(std::size_t)>>;
    auto counted = std::make_shared<total>(hubs_.size(), [this, request](std::size_t all) {
        answer(*request, {.what = kind::client_count, .clients = all});
    });
    for (hub* at : hubs_)
        run_on(first(), *at, [this, at, request, what, timeout, counted] {
            std::size_t asked = at->deliver_with_ack(what, timeout, [this, at, request](auto const& ack) {
                if (!ack) return;
                owned_content content{{json_array_view::of_items(ack->args).item(0), ack->attachments}};
                on_first(*at, [this, request, content = std::move(content)]() mutable {
                    answer(*request, {.what = kind::client_ack, .content = std::move(content)});
                });
            });
            on_first(*at, [counted, asked] { counted->report([&](std::size_t& sum) { sum += asked; }); });
        });
}

void cluster_adapter::carry_out(request_ptr const& request, change_message const& c) {
    if (request->id.empty()) return local_.change(first(), c.what, reach::node);
    // Who has the socket answers when it is done; the others keep silent.
    local_.fetch_sockets(first(), request->nsp, c.what.to, reach::node, [this, request, c](auto const& found) {
        if (found.empty()) return;
        using total = gathering<int, std::function<void(int)>>;
        auto done = std::make_shared<total>(hubs_.size(), [this, request](int) {
            link_->when_heard([this, request] { answer(*request, {.what = cluster_answer::kind::done}); });
        });
        for (hub* at : hubs_)
            run_on(first(), *at, [this, at, what = c.what, done] {
                at->apply(what);
                on_first(*at, [done] { done->report([](int&) {}); });
            });
    });
}

void cluster_adapter::carry_out(request_ptr const& request, fetch_message const& f) {
    using kind = cluster_answer::kind;
    local_.fetch_sockets(first(), request->nsp, f.of, reach::node, [this, request, ids_only = f.ids_only](auto found) {
        if (!ids_only) return answer(*request, {.what = kind::sockets, .sockets = std::move(found)});
        cluster_answer ids{.what = kind::socket_ids};
        for (auto& s : found)
            ids.names.push_back(std::move(s.id));
        answer(*request, std::move(ids));
    });
}

void cluster_adapter::carry_out(request_ptr const& request, rooms_message const&) {
    using names = std::set<std::string>;
    using total = gathering<names, std::function<void(names)>>;
    auto all = std::make_shared<total>(hubs_.size(), [this, request](names const& found) {
        answer(*request, {.what = cluster_answer::kind::room_names, .names = {found.begin(), found.end()}});
    });
    for (hub* at : hubs_)
        run_on(first(), *at, [this, at, request, all] {
            on_first(*at, [all, part = at->list_rooms(request->nsp)] {
                all->report([&](names& sum) { sum.insert(part.begin(), part.end()); });
            });
        });
}

void cluster_adapter::carry_out(request_ptr const& request, server_message const& m) {
    using total = gathering<bool, std::function<void(bool)>>;
    auto answer_once = [this, request, is_answered = std::make_shared<bool>(request->id.empty())](std::string args) {
        if (std::exchange(*is_answered, true)) return;
        cluster_answer a{.what = cluster_answer::kind::server_event};
        a.content.args = std::move(args);
        answer(*request, std::move(a));
    };
    auto handled = std::make_shared<total>(hubs_.size(), [answer_once](bool by_somebody) {
        if (!by_somebody) answer_once("null");
    });
    for (hub* at : hubs_)
        run_on(first(), *at, [this, at, request, &m, handled, answer_once] {
            auto reply = [this, at, answer_once](std::string const& args) {
                std::string one{json_array_view::of_items(args).item(0)};
                on_first(*at, [answer_once, one = std::move(one)] { answer_once(one); });
            };
            bool here = at->handle_server_side(request->nsp, m.name, m.args, std::move(reply));
            on_first(*at, [handled, here] { handled->report([&](bool& any) { any = any || here; }); });
        });
}

} // namespace ringback::bus
