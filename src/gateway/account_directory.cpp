#include "gateway/account_directory.hpp"

#include "gateway/account_shelf.hpp"

#include <chrono>
#include <utility>

namespace ringback::gateway {

call::role role_of(auth::account_role r) noexcept {
    switch (r) {
    case auth::account_role::user: return call::role::user;
    case auth::account_role::telecaller: return call::role::telecaller;
    case auth::account_role::admin: return call::role::admin;
    }
    return call::role::user;
}

namespace {

call::account_patch patch_of(auth::claims const& who) {
    call::account_patch p;
    p.role = role_of(who.role);
    if (who.name) p.name = who.name;
    if (who.profile) p.profile = who.profile;
    p.language = who.language;
    p.about = who.about;
    return p;
}

std::int64_t issued_at(auth::claims const& who) {
    if (!who.issued_at) return 0;
    return std::chrono::floor<std::chrono::seconds>(*who.issued_at).time_since_epoch().count();
}

/// The token says nothing that the account was not written from already, or never may be.
bool is_up_to_date(account_ptr const& account, auth::claims const& who) {
    return account && issued_at(who) <= account->claims_iat;
}

} // namespace

account_directory::account_directory(gateway_config const& config, ports::call_store& store,
                                     std::shared_ptr<shard_links> links)
    : config_{config},
      store_{store},
      links_{std::move(links)},
      shelf_{std::make_shared<shelf>(config.cached_accounts, links_)} {}

void account_directory::find(std::uint32_t shard, account_id const& id, ports::completion<found> done) {
    if (account_ptr copy = shelf_->copy_of(id)) return done(std::move(copy));
    shelf::waiter who{shard, std::move(done)};
    if (!shelf_->join_read(id, who)) read(shard, id, std::move(who.done));
}

void account_directory::read_again(std::uint32_t shard, account_id const& id, ports::completion<found> done) {
    if (shelf_->copy_of(id)) read(shard, id, std::move(done));
}

void account_directory::forget_all() { shelf_->forget_all(); }

void account_directory::read(std::uint32_t shard, account_id const& id, ports::completion<found> done) {
    std::uint64_t number = shelf_->begin_read(id, {shard, std::move(done)});
    store_.find_account(id, [on = shelf_, number, id](ports::read_result<std::optional<call::account>> answer) {
        on->end_read(number, id, std::move(answer));
    });
}

void account_directory::admit(std::uint32_t shard, auth::claims const& who, moment now, ports::completion<found> done) {
    if (config_.provisioning == provisioning::strict) return find(shard, who.account, std::move(done));
    // Read first: after a restart everyone comes back with a token that the store has seen, and reads are cheap.
    find(shard, who.account, [this, shard, who, now, done = std::move(done)](found known) mutable {
        if (!known || is_up_to_date(*known, who)) return done(std::move(known));
        refresh(shard, who, now, std::move(done));
    });
}

void account_directory::refresh(std::uint32_t shard, auth::claims const& who, moment now,
                                ports::completion<found> done) {
    store_.write(ports::put_account{.id = who.account,
                                    .patch = patch_of(who),
                                    .writer = ports::by_claims{issued_at(who)},
                                    .fresh_approval = config_.default_approval,
                                    .at = now.wall},
                 [](ports::write_outcome) {});
    // A read sees what was written before it; one that does not says that the write has failed.
    read(shard, who.account, [this, shard, who, done = std::move(done)](found written) mutable {
        if (written && !is_up_to_date(*written, who)) written = std::unexpected{ports::store_errc::unavailable};
        if (written && on_refreshed_) on_refreshed_(shard, who.account);
        done(std::move(written));
    });
}

void account_directory::write_by_admin(std::uint32_t shard, account_id const& id, call::account_patch patch, moment now,
                                       ports::completion<found> done) {
    auto then = [this, shard, id, done = std::move(done)](ports::write_outcome outcome) mutable {
        if (outcome != ports::write_outcome::ok) return done(std::unexpected{ports::store_errc::unavailable});
        read(shard, id, std::move(done));
    };
    store_.write(ports::put_account{.id = id,
                                    .patch = std::move(patch),
                                    .writer = ports::by_admin{},
                                    .fresh_approval = config_.default_approval,
                                    .at = now.wall},
                 [links = links_, shard, then = std::move(then)](ports::write_outcome outcome) mutable {
                     links->post(shard, [then = std::move(then), outcome]() mutable { then(outcome); });
                 });
}

account_ptr account_directory::latest(account_ptr const& held) const {
    account_ptr copy = shelf_->copy_of(held->id);
    return copy ? copy : held;
}

std::size_t account_directory::size() const { return shelf_->size(); }

} // namespace ringback::gateway
