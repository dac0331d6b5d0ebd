#pragma once

#include "ports/call_store.hpp"
#include "store/sql/steps.hpp"

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace ringback::store {

struct write_job {
    ports::call_write what;
    ports::completion<ports::write_outcome> done;
    ports::write_outcome outcome = ports::write_outcome::unavailable;
    std::chrono::steady_clock::time_point submitted = std::chrono::steady_clock::now();
    bool is_in_doubt = false; ///< the connection was lost while it was committed: nobody knows whether it was
};

/// Something else to be done with the tables, and to be answered once. It can be run again after a rollback.
class query {
public:
    virtual ~query() = default;

    [[nodiscard]] virtual std::string_view name() const noexcept = 0; ///< for failpoints
    [[nodiscard]] virtual bool needs_transaction() const noexcept = 0;
    [[nodiscard]] virtual bool is_list() const noexcept = 0;
    virtual void run(tables& in) = 0;   ///< throws what SQL throws
    virtual void forget() noexcept = 0; ///< what the last run found does not hold
    virtual void answer() = 0;          ///< with what the last run found, or `unavailable`
};
using query_job = std::unique_ptr<query>;

enum class query_kind {
    read,  ///< in its place among the writes
    list,  ///< may be long: sees the writes before it, and perhaps some after it
    change ///< a transaction
};

/// `Ask` is called with the tables and returns a `read_result<Result>`.
template <typename Result, query_kind Kind, typename Ask>
class typed_query final : public query {
public:
    typed_query(std::string_view name, Ask ask, ports::completion<ports::read_result<Result>> done)
        : name_{name},
          ask_{std::move(ask)},
          done_{std::move(done)} {}

    [[nodiscard]] std::string_view name() const noexcept override { return name_; }
    [[nodiscard]] bool needs_transaction() const noexcept override { return Kind == query_kind::change; }
    [[nodiscard]] bool is_list() const noexcept override { return Kind == query_kind::list; }
    void run(tables& in) override { found_ = ask_(in); }
    void forget() noexcept override { found_ = std::unexpected{ports::store_errc::unavailable}; }
    void answer() override { done_(std::move(found_)); }

private:
    std::string_view name_; ///< has static storage
    Ask ask_;
    ports::completion<ports::read_result<Result>> done_;
    ports::read_result<Result> found_ = std::unexpected{ports::store_errc::unavailable};
};

using job = std::variant<write_job, query_job>;

/// What the job does, in a word.
[[nodiscard]] std::string_view name_of(job const& j) noexcept;

} // namespace ringback::store
