#include "contract/registry_call_contract.hpp"
#include "contract/registry_contract.hpp"
#include "node.hpp"

namespace ringback::contract {

namespace {

using registry::test::loop;
using registry::test::redis_server;

/// One server for all tests, each with an empty memory and a node that is alone.
struct redis_harness {
    redis_harness() {
        server().ask({"FLUSHALL"});
        member.join();
    }
    static redis_server& server() {
        static redis_server one;
        return one;
    }

    ports::call_registry& registry() { return member.registry(); }
    std::uint32_t node() { return 1; }
    template <typename Ready>
    void wait(Ready ready) {
        ASSERT_TRUE(events.until(ready)) << "no answer came";
    }

    loop events;
    registry::test::node member{events, server(), 1};
};

} // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Redis, RegistryContract, redis_harness);
INSTANTIATE_TYPED_TEST_SUITE_P(Redis, RegistryCallContract, redis_harness);

} // namespace ringback::contract
