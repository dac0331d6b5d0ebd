// The routes of dead letters.
#include "gateway/rest_lists.hpp"
#include "gateway/rest_routes.hpp"
#include "gateway/station.hpp"
#include "gateway/webhook_payloads.hpp"

#include <utility>

namespace ringback::gateway {

void list_dead_webhooks(exchange_ptr x) {
    auto page = page_of(x->query);
    if (!page) return x->refuse(page.error());
    auto& outbox = x->at.shared().outbox;
    outbox.list_dead_webhooks(*std::move(page), list_answer<ports::dead_webhook>(std::move(x), render_dead_webhook));
}

void replay_webhook(exchange_ptr x) {
    station& at = x->at;
    std::string id = x->ids.front();
    if (!call_id::parse(id)) return x->refuse(no_such_webhook()); // ids of events have the same form
    using read = ports::read_result<bool>;
    at.shared().outbox.replay_webhook(std::move(id), at.now().wall,
                                      at.back_here<read>([x = std::move(x)](read is_replayed) {
                                          if (!is_replayed) return x->refuse(problem_of(is_replayed.error()));
                                          if (!*is_replayed) return x->refuse(no_such_webhook());
                                          x->answer("{}");
                                      }));
}

} // namespace ringback::gateway
