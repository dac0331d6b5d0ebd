#include "bus/redis/question_book.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ringback::bus {

void question_book::ask(std::string const& id, cluster_answer::kind wanted, mono_time until, handler then) {
    auto& made = entries_[id] = std::make_unique<entry>(*this, id, std::move(then));
    made->asked_.wanted = wanted;
    timers_.arm(*made, until);
}

void question_book::expect(std::string const& id, std::optional<std::size_t> nodes) {
    auto found = entries_.find(id);
    if (found == entries_.end()) return;
    if (!nodes) return finish(id, false);
    found->second->asked_.nodes = nodes;
    if (found->second->asked_.is_answered()) finish(id, true);
}

void question_book::take(cluster_answer answer) {
    using kind = cluster_answer::kind;
    auto found = entries_.find(answer.id);
    if (found == entries_.end()) return;
    question& q = found->second->asked_;
    if (answer.what == kind::client_count && q.wanted == kind::client_ack) {
        q.acks.asked += answer.clients;
        ++q.reported;
    } else if (answer.what != q.wanted) {
        return;
    } else if (answer.what == kind::client_ack) {
        q.acks.acks.push_back(std::move(answer.content));
    } else if (answer.what == kind::sockets) {
        std::ranges::move(answer.sockets, std::back_inserter(q.sockets));
        ++q.reported;
    } else {
        q.server_answers.push_back(answer.content.args.empty() ? "null" : std::move(answer.content.args));
        ++q.reported;
    }
    if (q.is_answered()) finish(answer.id, true);
}

void question_book::finish(std::string const& id, bool complete) {
    auto node = entries_.extract(id);
    if (!node.empty()) node.mapped()->then_(std::move(node.mapped()->asked_), complete);
}

} // namespace ringback::bus
