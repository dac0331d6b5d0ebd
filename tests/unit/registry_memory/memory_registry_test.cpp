#include "contract/registry_call_contract.hpp"
#include "contract/registry_contract.hpp"
#include "registry/memory/memory_registry.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace ringback::contract {

namespace {

struct memory_harness {
    registry::memory_registry memory;

    ports::call_registry& registry() { return memory; }
    static std::uint32_t node() { return 0; }
    template <typename Ready>
    void wait(Ready ready) {
        ASSERT_TRUE(ready()) << "the memory registry completes before it returns";
    }
};

account_id numbered(std::string_view word, int n) { return *account_id::parse(std::string{word} + std::to_string(n)); }

call_id call_of(int thread, int round) {
    call_id::bytes b{};
    b[0] = static_cast<std::uint8_t>(thread);
    b[10] = static_cast<std::uint8_t>(round >> 8);
    b[11] = static_cast<std::uint8_t>(round);
    return call_id{b};
}

} // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, RegistryContract, memory_harness);
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, RegistryCallContract, memory_harness);

TEST(MemoryRegistry, ACompletionMayUseTheRegistryAgain) {
    registry::memory_registry r;
    std::optional<call::presence> seen;
    account_id bob = numbered("bob", 1);
    r.add_device(bob, call::role::telecaller, {{{}, 0, 1}, call::realm::telecaller}, {},
                 [&](ports::agreed<ports::arrival>) {
                     r.presence_of(bob, call::realm::telecaller, [&](ports::agreed<call::presence> p) { seen = *p; });
                 });
    EXPECT_EQ(seen, call::presence::online);
}

TEST(MemoryRegistry, ShardsThatRaceNeverShareAParty) {
    constexpr int shards = 4, rounds = 500;
    registry::memory_registry r;
    account_id callee = numbered("callee", 0);
    r.add_device(callee, call::role::telecaller, {{{}, 0, 1}, call::realm::telecaller}, {},
                 [](ports::agreed<ports::arrival>) {});
    std::atomic<int> holders{0}, wins{0}, shared{0};
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < shards; ++t)
            threads.emplace_back([&, t] {
                for (int round = 0; round < rounds; ++round) {
                    ports::claim_request c{
                        .call = call_of(t, round), .home = {}, .caller = numbered("caller", t), .callee = callee};
                    bool won = false;
                    r.claim(c, [&](auto outcome) { won = outcome.has_value(); });
                    if (!won) continue;
                    if (++holders != 1) ++shared;
                    ++wins;
                    r.mark_accepted(c.call, [](auto) {});
                    --holders;
                    r.release(c.call, [](auto) {});
                    r.forget_call(c.call, [](auto) {});
                }
            });
    }
    EXPECT_EQ(shared, 0);
    EXPECT_GT(wins, 0);
    r.active_call_of(callee, [](auto active) { EXPECT_EQ(active, std::nullopt); });
}

} // namespace ringback::contract
