#include "gateway/presence_record.hpp"

#include "base/log_line.hpp"
#include "gateway/station.hpp"

namespace ringback::gateway {

void record_presence(station& at, ports::presence_change const& change) {
    services& shared = at.shared();
    if (!shared.config.tells_presence) return;
    shared.store.write(ports::presence_shown{change.account, change.realm, change.now, at.now().wall},
                       [who = change.account](ports::write_outcome outcome) {
                           if (outcome == ports::write_outcome::ok) return;
                           log_line{"presence-not-recorded"}.text("account", who.text()).write(spdlog::level::warn);
                       });
}

} // namespace ringback::gateway
