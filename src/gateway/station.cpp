#include "gateway/station.hpp"

#include "gateway/recovered_device.hpp"

#include <optional>

namespace ringback::gateway {

station::station(services& shared, std::uint32_t shard)
    : shared_{shared},
      shard_{shard},
      hub_{shared.links->hub(shard)},
      delays_{hub_.timers()},
      devices_{hub_},
      desk_{hub_, devices_, shared.seen},
      presence_{*this},
      switchboard_{*this},
      archive_{*this},
      arrivals_{*this},
      authenticator_{*this},
      requests_{*this},
      peer_presence_{*this},
      peers_{*this},
      marketplace_{*this},
      operators_{*this} {
    socketio::nsp& user = hub_.of("/user");
    authenticator_.guard(user, call::realm::user);
    arrivals_.serve(user);
    marketplace_.serve_users(user);

    socketio::nsp& telecaller = hub_.of("/telecaller");
    authenticator_.guard(telecaller, call::realm::telecaller);
    arrivals_.serve(telecaller);
    marketplace_.serve_telecallers(telecaller);

    socketio::nsp& peer = hub_.of("/");
    authenticator_.guard(peer, call::realm::peer);
    peers_.serve(peer);

    socketio::nsp& admin = hub_.of("/admin");
    authenticator_.guard(admin, std::nullopt);
    operators_.serve(admin);

    for (socketio::nsp* each : {&user, &telecaller, &peer, &admin})
        recover_own_devices(*each);

    for (socketio::nsp* each : {&user, &telecaller, &admin})
        each->on_unhandled([this](socketio::socket&, socketio::event const&) { shared_.seen.ignored(); });

    if (shared_.is_cluster()) sweeper_.emplace(*this);
}

} // namespace ringback::gateway
