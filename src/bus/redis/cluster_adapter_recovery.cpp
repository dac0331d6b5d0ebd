// Connection state recovery by a log and sessions that all nodes share.
#include "bus/redis/cluster_adapter.hpp"
#include "socketio/gathering.hpp"
#include "socketio/hub.hpp"

#include <functional>
#include <utility>

namespace ringback::bus {

using namespace socketio;

void cluster_adapter::session_opened(hub& on, std::string const& pid) {
    if (!log_) local_.session_opened(on, pid);
}

void cluster_adapter::session_forgotten(hub& on, std::string const& pid) {
    if (!log_) local_.session_forgotten(on, pid);
}

void cluster_adapter::keep_session(hub& on, lost_session session) {
    if (!log_) return local_.keep_session(on, std::move(session));
    auto window = on.config().recovery.window;
    on_first(on, [this, session = std::move(session), window] { log_->keep(session, window); });
}

void cluster_adapter::recover(hub& to, recovery_claim claim, recovery_handler then) {
    if (!log_) return local_.recover(to, std::move(claim), std::move(then));
    // Its old socket may still live here. It is lost first, so that its session is in the store when that is asked.
    on_first(to, [this, &to, claim = std::move(claim), then = std::move(then)]() mutable {
        using total = gathering<int, std::move_only_function<void(int)>>;
        auto shared = std::make_shared<recovery_claim const>(std::move(claim));
        auto ended = std::make_shared<total>(hubs_.size(), [this, &to, shared, then = std::move(then)](int) mutable {
            log_->take(*shared, [this, &to, nsp = shared->nsp, then = std::move(then)](auto found) mutable {
                hand_over(to, std::move(nsp), std::move(found), std::move(then));
            });
        });
        for (hub* at : hubs_)
            run_on(first(), *at, [this, at, shared, ended] {
                at->lose(*shared);
                on_first(*at, [ended] { ended->report([](int&) {}); });
            });
    });
}

void cluster_adapter::hand_over(hub& to, std::string nsp, std::optional<recovered_session> found,
                                recovery_handler then) {
    run_on(first(), to, [this, &to, nsp = std::move(nsp), found = std::move(found), then = std::move(then)]() mutable {
        if (!found || found->reached >= to.reached()) return then(std::move(found));
        // Something was delivered there meanwhile, when the socket was not yet in its rooms.
        on_first(to, [this, &to, nsp = std::move(nsp), found = std::move(found), then = std::move(then)]() mutable {
            log_->read_on(nsp, std::move(*found), [this, &to, nsp, then = std::move(then)](auto more) mutable {
                hand_over(to, std::move(nsp), std::move(more), std::move(then));
            });
        });
    });
}

void cluster_adapter::log_begins(cluster_offset at) {
    for (hub* each : hubs_)
        run_on(first(), *each, [each, at] { each->begin_log(at); });
}

void cluster_adapter::not_logged(broadcast_ptr what) { local_.send(first(), std::move(what), reach::node); }

} // namespace ringback::bus
