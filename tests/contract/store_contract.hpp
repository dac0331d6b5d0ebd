#pragma once

#include "contract/store_contract_accounts.hpp"
#include "contract/store_contract_calls.hpp"
#include "contract/store_contract_coins.hpp"
#include "contract/store_contract_lists.hpp"
#include "contract/store_contract_media.hpp"
#include "contract/store_contract_nodes.hpp"
#include "contract/store_contract_order.hpp"
#include "contract/store_contract_recovery.hpp"
#include "contract/store_contract_relations.hpp"
#include "contract/store_contract_webhooks.hpp"

/// What every implementation of ports::call_store must do. A store joins with a harness (see store_story.hpp) and
///
///     RINGBACK_STORE_CONTRACT(MyStore, my_harness);
#define RINGBACK_STORE_CONTRACT(name, harness)                                                                         \
    INSTANTIATE_TYPED_TEST_SUITE_P(name, StoreAccounts, harness);                                                      \
    INSTANTIATE_TYPED_TEST_SUITE_P(name, StoreCalls, harness);                                                         \
    INSTANTIATE_TYPED_TEST_SUITE_P(name, StoreCoins, harness);                                                         \
    INSTANTIATE_TYPED_TEST_SUITE_P(name, StoreLists, harness);                                                         \
    INSTANTIATE_TYPED_TEST_SUITE_P(name, StoreMedia, harness);                                                         \
    INSTANTIATE_TYPED_TEST_SUITE_P(name, StoreNodes, harness);                                                         \
    INSTANTIATE_TYPED_TEST_SUITE_P(name, StoreOrder, harness);                                                         \
    INSTANTIATE_TYPED_TEST_SUITE_P(name, StoreRecovery, harness);                                                      \
    INSTANTIATE_TYPED_TEST_SUITE_P(name, StoreRelations, harness);                                                     \
    INSTANTIATE_TYPED_TEST_SUITE_P(name, StoreWebhooks, harness)
