// The routes of accounts, their coins and ledgers.
#include "gateway/account_changes.hpp"
#include "gateway/rest_body.hpp"
#include "gateway/rest_lists.hpp"
#include "gateway/rest_payloads.hpp"
#include "gateway/rest_routes.hpp"
#include "gateway/station.hpp"

#include <utility>

namespace ringback::gateway {
namespace {

constexpr std::size_t max_key_bytes = 255;

using read_account = ports::read_result<std::optional<call::account>>;

/// Reads the account from the store, whose coins are the true ones, and goes on with it when it exists.
template <class Then>
void with_account(exchange_ptr x, std::optional<account_id> const& id, Then then) {
    if (!id) return x->refuse(no_such_account());
    station& at = x->at;
    at.shared().store.find_account(
        *id, at.back_here<read_account>([x = std::move(x), then = std::move(then)](read_account found) mutable {
            if (!found) return x->refuse(problem_of(found.error()));
            if (!*found) return x->refuse(no_such_account());
            then(std::move(x), **std::move(found));
        }));
}

void show(exchange_ptr x, call::account const& a) { x->answer(render_account(a)); }

void write(exchange_ptr x, account_id const& id, call::account_patch patch) {
    station& at = x->at;
    at.shared().accounts.write_by_admin(at.shard(), id, std::move(patch), at.now(),
                                        [x = std::move(x)](account_directory::found written) mutable {
                                            if (!written) return x->refuse(problem_of(written.error()));
                                            enforce(x->at, *written);
                                            show(std::move(x), **written);
                                        });
}

std::optional<account_id> id_in(rest_exchange const& x) { return account_id::parse(x.ids.front()); }

} // namespace

void get_me(exchange_ptr x) {
    auto id = x->me->id;
    with_account(std::move(x), id, show);
}

void list_accounts(exchange_ptr x) {
    auto page = page_of(x->query);
    if (!page) return x->refuse(page.error());
    station& at = x->at;
    at.shared().store.list_accounts(*std::move(page), list_answer<call::account>(std::move(x), render_account));
}

void get_account(exchange_ptr x) {
    auto id = id_in(*x);
    with_account(std::move(x), id, show);
}

void put_account(exchange_ptr x) {
    auto id = id_in(*x);
    if (!id) return x->refuse(invalid_request("An account id is 1 to 128 printable ASCII characters without spaces."));
    auto patch = read_account_patch(x->request.body);
    if (!patch) return x->refuse(invalid_request(std::move(patch.error())));
    write(std::move(x), *id, *std::move(patch));
}

void patch_account(exchange_ptr x) {
    auto id = id_in(*x);
    auto patch = read_account_patch(x->request.body);
    if (!patch) return x->refuse(invalid_request(std::move(patch.error())));
    with_account(std::move(x), id, [patch = *std::move(patch)](exchange_ptr y, call::account const& a) mutable {
        write(std::move(y), a.id, std::move(patch));
    });
}

void add_coins(exchange_ptr x) {
    auto id = id_in(*x);
    if (!id) return x->refuse(no_such_account());
    std::string key{x->request.header("idempotency-key")};
    if (key.empty() || key.size() > max_key_bytes)
        return x->refuse(invalid_request("The header Idempotency-Key is required, of at most 255 bytes."));
    auto wanted = read_coins(x->request.body);
    if (!wanted) return x->refuse(invalid_request(std::move(wanted.error())));
    station& at = x->at;
    ports::coin_movement what{.account = *std::move(id),
                              .amount = wanted->amount,
                              .reason = std::move(wanted->reason),
                              .key = std::move(key),
                              .at = at.now().wall};
    using moved = ports::read_result<std::optional<ports::ledger_entry>>;
    at.shared().store.add_coins(std::move(what), at.back_here<moved>([x = std::move(x)](moved entry) mutable {
        if (!entry) return x->refuse(problem_of(entry.error()));
        if (!*entry) return x->refuse(no_such_account());
        tell_balance_changed(x->at, (*entry)->account);
        x->answer(render_coins(**entry));
    }));
}

void list_ledger(exchange_ptr x) {
    auto page = page_of(x->query);
    if (!page) return x->refuse(page.error());
    auto id = id_in(*x);
    with_account(std::move(x), id, [page = *std::move(page)](exchange_ptr y, call::account const& a) mutable {
        station& at = y->at;
        at.shared().store.ledger_of(a.id, std::move(page),
                                    list_answer<ports::ledger_entry>(std::move(y), render_entry));
    });
}

} // namespace ringback::gateway
