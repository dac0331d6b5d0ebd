#include "store/sql/statement.hpp"
#include "unit/store_sqlite/sqlite_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace ringback::store {

using contract::awaited;
using contract::call_number;
using contract::conflict;
using contract::ok;
using contract::start;
using contract::store_gate;
using contract::unavailable;
namespace say = contract::say;
using namespace std::chrono_literals;

namespace {

/// The disk has no room for the process' files while this lives: no file grows beyond its first page.
class full_disk {
public:
    full_disk() {
        before_ = std::signal(SIGXFSZ, SIG_IGN); // an error of write() instead of the end of the process
        ::getrlimit(RLIMIT_FSIZE, &limit_);
        rlimit tight = limit_;
        tight.rlim_cur = 4096;
        ::setrlimit(RLIMIT_FSIZE, &tight);
    }
    ~full_disk() {
        ::setrlimit(RLIMIT_FSIZE, &limit_);
        std::signal(SIGXFSZ, before_);
    }
    full_disk(full_disk const&) = delete;
    full_disk& operator=(full_disk const&) = delete;

private:
    rlimit limit_{};
    void (*before_)(int) = nullptr;
};

/// Another process writes while this lives: nobody else can.
class write_lock {
public:
    explicit write_lock(test::sqlite_file const& file) : sql_{file.connect()} { run_once(*sql_, "BEGIN IMMEDIATE"); }
    ~write_lock() { run_once(*sql_, "ROLLBACK"); }
    write_lock(write_lock const&) = delete;
    write_lock& operator=(write_lock const&) = delete;

private:
    std::unique_ptr<soci::session> sql_;
};

/// Real time, because closings are tried again by the clock; nothing waits for it but they.
struct SqliteTrouble : testing::Test {
    test::sqlite_file file;
    system_clock_source clock;
    std::unique_ptr<sqlite_store> store;

    void SetUp() override {
        open(quick());
        for (auto name : {"ann", "amy"})
            ASSERT_EQ(write(account(name, call::role::user)), ok);
        for (auto name : {"tom", "tim"})
            ASSERT_EQ(write(account(name, call::role::telecaller)), ok);
    }
    /// Waits for no lock, and tries again at once.
    static sqlite_config quick() {
        sqlite_config c;
        c.busy_timeout = 0ms;
        c.retry_first = c.retry_longest = 1ms;
        return c;
    }
    void open(sqlite_config const& config) {
        store.reset();
        store = std::make_unique<sqlite_store>(file.path(), config, clock);
    }
    static ports::put_account account(std::string_view name, call::role role) {
        call::account_patch p;
        p.role = role;
        return say::token(name, std::move(p), 1);
    }
    awaited<ports::write_outcome> submit(ports::call_write what) {
        return start<ports::write_outcome>([&](auto done) { store->write(std::move(what), std::move(done)); });
    }
    ports::write_outcome write(ports::call_write what) { return submit(std::move(what)).get(); }
    ports::read_result<std::optional<ports::stored_call>> find(std::uint32_t n) {
        return start<ports::read_result<std::optional<ports::stored_call>>>(
                   [&](auto done) { store->find_call(call_number(n), std::move(done)); })
            .get();
    }
    call::call_status status(std::uint32_t n) { return find(n).value().value().status; }
};

} // namespace

// A full disk --------------------------------------------------------------------------------------------------------

TEST_F(SqliteTrouble, WithoutRoomWritesAreUnavailableAndReadsGoOn) {
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    {
        full_disk const full;
        EXPECT_EQ(write(say::opened(2, "amy", "tim")), unavailable);
        EXPECT_EQ(write(say::answered(1)), unavailable);
        EXPECT_EQ(write(account("new", call::role::user)), unavailable);
        EXPECT_EQ(status(1), call::call_status::ringing);
    }
    EXPECT_EQ(find(2).value(), std::nullopt) << "what was answered `unavailable` never happens";
    EXPECT_EQ(write(say::opened(3, "amy", "tim")), ok);
    EXPECT_EQ(write(say::answered(1)), ok);
    EXPECT_EQ(file.ask<std::string>("PRAGMA integrity_check"), "ok");
}

TEST_F(SqliteTrouble, AClosingIsKeptUntilThereIsRoomAndThenBilledOnce) {
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(write(say::answered(1)), ok);
    auto full = std::make_unique<full_disk>();
    auto closed = submit(say::completed(1, 60));
    EXPECT_EQ(status(1), call::call_status::accepted);
    EXPECT_FALSE(closed.is_ready());
    full.reset();
    EXPECT_EQ(closed.get(), ok);
    EXPECT_EQ(status(1), call::call_status::completed);
    EXPECT_EQ(file.ask<int>("SELECT coins FROM accounts WHERE id = 'tom'"), 60);
    EXPECT_EQ(file.ask<int>("SELECT COUNT(*) FROM ledger"), 2);
}

// Another process that writes ----------------------------------------------------------------------------------------

TEST_F(SqliteTrouble, WhileAnotherProcessWritesEachKindHasItsOutcomeAndLaterAllIsWell) {
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    auto lock = std::make_unique<write_lock>(file);
    store_gate gate{*store};
    auto opened = submit(say::opened(2, "amy", "tim"));
    auto closed = submit(say::missed(1));
    auto answered = submit(say::answered(1));
    gate.open();
    EXPECT_EQ(opened.get(), unavailable);
    EXPECT_EQ(answered.get(), unavailable);
    EXPECT_FALSE(closed.is_ready());
    lock.reset();
    EXPECT_EQ(closed.get(), ok);
    EXPECT_EQ(status(1), call::call_status::missed);
    EXPECT_EQ(find(2).value(), std::nullopt);
}

TEST_F(SqliteTrouble, APartyWhoseClosingWaitsIsNotSaidToBeBusy) {
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    sqlite_config patient = quick();
    patient.retry_first = patient.retry_longest = 1h;
    open(patient);
    auto lock = std::make_unique<write_lock>(file);
    auto closed = submit(say::missed(1));
    ASSERT_EQ(write(say::answered(1)), unavailable); // so the closing was tried, too
    lock.reset();
    EXPECT_EQ(write(say::opened(2, "ann", "tim")), unavailable);
    EXPECT_EQ(write(say::opened(3, "amy", "tim")), ok) << "nobody else is concerned";
    store.reset();
    EXPECT_EQ(closed.get(), ok) << "the last try succeeded";
}

TEST_F(SqliteTrouble, ManyClosingsWaitTogetherAndAreAllWritten) {
    constexpr std::uint32_t calls = 20;
    for (std::uint32_t n = 1; n <= calls; ++n) {
        auto const user = "user-" + std::to_string(n), tele = "tele-" + std::to_string(n);
        ASSERT_EQ(write(account(user, call::role::user)), ok);
        ASSERT_EQ(write(account(tele, call::role::telecaller)), ok);
        ASSERT_EQ(write(say::opened(n, user, tele)), ok);
    }
    std::vector<awaited<ports::write_outcome>> closed;
    auto lock = std::make_unique<write_lock>(file);
    for (std::uint32_t n = 1; n <= calls; ++n)
        closed.push_back(submit(say::completed(n, 10)));
    closed.push_back(submit(say::completed(1, 99))); // a second end of the same call
    ASSERT_EQ(write(say::answered(1)), unavailable); // so all were tried
    lock.reset();
    for (std::uint32_t n = 0; n < calls; ++n)
        EXPECT_EQ(closed[n].get(), ok);
    EXPECT_EQ(closed[calls].get(), conflict);
    EXPECT_EQ(file.ask<int>("SELECT COUNT(*) FROM ledger"), 2 * calls);
}

TEST_F(SqliteTrouble, AClosingBeyondTheLimitIsLostAndTheNextStartFindsItsCall) {
    sqlite_config one = quick();
    one.max_kept_closings = 1;
    open(one);
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(write(say::opened(2, "amy", "tim")), ok);
    auto lock = std::make_unique<write_lock>(file);
    auto kept = submit(say::missed(1));
    EXPECT_EQ(write(say::missed(2)), unavailable);
    lock.reset();
    EXPECT_EQ(kept.get(), ok);
    open(quick());
    auto left = store->take_over(clock.now().wall, {});
    ASSERT_EQ(left.missed.size(), 1u);
    EXPECT_EQ(left.missed[0].facts.id, call_number(2));
}

TEST_F(SqliteTrouble, DestructionTriesOnceMoreAndAnswersWhatIsLost) {
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    write_lock const lock{file};
    auto closed = submit(say::missed(1));
    store.reset();
    EXPECT_TRUE(closed.is_ready());
    EXPECT_EQ(closed.get(), unavailable);
}

TEST_F(SqliteTrouble, RecoveryThatCannotWriteThrows) {
    write_lock const lock{file};
    EXPECT_THROW(store->take_over(clock.now().wall, {}), std::runtime_error);
}

// Other errors -------------------------------------------------------------------------------------------------------

TEST_F(SqliteTrouble, AReadThatFailsIsUnavailable) {
    run_once(*file.connect(), "ALTER TABLE calls RENAME TO gone");
    EXPECT_EQ(find(1).error(), ports::store_errc::unavailable);
    EXPECT_EQ(write(account("amy", call::role::admin)), ok) << "and stops nothing else";
}

TEST_F(SqliteTrouble, ARowThatNobodyCanReadIsUnavailable) {
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    run_once(*file.connect(), "UPDATE calls SET caller_realm = 'mars'");
    EXPECT_EQ(find(1).error(), ports::store_errc::unavailable);
}

TEST_F(SqliteTrouble, AClosingThatFailsAgainAndAgainStandsInNobodysWay) {
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(write(say::opened(2, "amy", "tim")), ok);
    run_once(*file.connect(), "UPDATE calls SET caller_realm = 'mars' WHERE caller_id = 'ann'");
    store_gate gate{*store};
    auto spoilt = submit(say::missed(1));
    auto sound = submit(say::missed(2));
    gate.open();
    EXPECT_EQ(sound.get(), ok);
    EXPECT_EQ(write(account("amy", call::role::admin)), ok);
    EXPECT_FALSE(spoilt.is_ready());
    run_once(*file.connect(), "UPDATE calls SET caller_realm = 'user' WHERE caller_id = 'ann'");
    EXPECT_EQ(spoilt.get(), ok);
}

TEST_F(SqliteTrouble, OfClosingsThatWaitOnlyTheSpoiltOneGoesOnWaiting) {
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    ASSERT_EQ(write(say::opened(2, "amy", "tim")), ok);
    run_once(*file.connect(), "UPDATE calls SET caller_realm = 'mars' WHERE caller_id = 'ann'");
    auto lock = std::make_unique<write_lock>(file);
    auto spoilt = submit(say::missed(1));
    auto sound = submit(say::missed(2));
    ASSERT_EQ(write(say::answered(1)), unavailable); // so both were tried
    lock.reset();
    EXPECT_EQ(sound.get(), ok);
    EXPECT_FALSE(spoilt.is_ready());
    store.reset();
    EXPECT_EQ(spoilt.get(), unavailable);
}

TEST_F(SqliteTrouble, AFloodBeyondTheLimitIsUnavailableButForClosings) {
    sqlite_config narrow = quick();
    narrow.max_waiting = 1;
    open(narrow);
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    store_gate gate{*store};
    auto first = submit(say::opened(2, "amy", "tim"));
    auto refused = submit(say::answered(1));
    auto closed = submit(say::missed(1));
    gate.open();
    EXPECT_EQ(first.get(), ok);
    EXPECT_EQ(refused.get(), unavailable);
    EXPECT_EQ(closed.get(), ok);
}

TEST_F(SqliteTrouble, AnOpeningThatWaitedForTooLongIsUnavailableAndItsEndIsWrittenAllTheSame) {
    ASSERT_EQ(write(say::opened(1, "ann", "tom")), ok);
    sqlite_config hasty = quick();
    hasty.longest_wait = 0ms;
    open(hasty);
    store_gate gate{*store};
    auto opened = submit(say::opened(2, "amy", "tim"));
    auto answered = submit(say::answered(1));
    auto closed = submit(say::missed(1));
    gate.open();
    EXPECT_EQ(opened.get(), unavailable);
    EXPECT_EQ(answered.get(), unavailable);
    EXPECT_EQ(closed.get(), ok);
    EXPECT_EQ(find(2).value(), std::nullopt);
}

// The end of the process ---------------------------------------------------------------------------------------------

TEST_F(SqliteTrouble, WhatWasAcknowledgedIsThereAfterAKill) {
    store.reset(); // the child must be alone with the file, and the parent without threads
    pid_t const child = ::fork();
    if (child == 0) {
        open(quick());
        (void)store->take_over(clock.now().wall, {});
        bool const is_done = write(say::opened(1, "ann", "tom")) == ok && write(say::answered(1)) == ok &&
                             write(say::opened(2, "amy", "tim")) == ok;
        ::kill(::getpid(), is_done ? SIGKILL : SIGTERM);
    }
    int how = 0;
    ASSERT_EQ(::waitpid(child, &how, 0), child);
    ASSERT_TRUE(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);

    open(quick());
    EXPECT_EQ(status(1), call::call_status::accepted);
    EXPECT_EQ(status(2), call::call_status::ringing);
    EXPECT_EQ(file.ask<std::string>("PRAGMA integrity_check"), "ok");
    auto left = store->take_over(clock.now().wall, {});
    EXPECT_EQ(left.missed.size(), 1u);
    EXPECT_EQ(left.survivors.size(), 1u);
    EXPECT_EQ(status(1), call::call_status::accepted);
    EXPECT_EQ(status(2), call::call_status::missed);
}

} // namespace ringback::store
