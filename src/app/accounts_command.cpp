#include "app/accounts_command.hpp"

#include "app/data_directory.hpp"
#include "app/store_opening.hpp"
#include "base/json_text.hpp"
#include "gateway/event_payload.hpp"
#include "gateway/rest_body.hpp"
#include "gateway/rest_payloads.hpp"

#include <fstream>
#include <future>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace ringback::app {
namespace {

using action = accounts_request::action;

constexpr std::size_t max_errors = 20;   ///< of a file, before the rest is left out
constexpr std::size_t max_waiting = 512; ///< writes that the store is given at once

/// The result of a store's operation, waited for.
template <typename Result, typename Start>
std::future<Result> begin(Start&& start) {
    auto promise = std::make_shared<std::promise<Result>>();
    start([promise](Result r) { promise->set_value(std::move(r)); });
    return promise->get_future();
}

class account_book {
public:
    account_book(settings const& s, clock_source const& clock)
        : fresh_{s.accounts.default_approval == first_approval::pending ? call::approval_status::pending
                                                                        : call::approval_status::approved},
          clock_{clock},
          store_{open_store(s, "accounts", clock)} {}

    void write(std::vector<std::pair<account_id, call::account_patch>> accounts) {
        std::vector<std::future<ports::write_outcome>> waiting;
        for (auto& [id, patch] : accounts) {
            waiting.push_back(begin<ports::write_outcome>([&](auto done) {
                store_->write(
                    ports::put_account{std::move(id), std::move(patch), ports::by_admin{}, fresh_, clock_.now().wall},
                    std::move(done));
            }));
            if (waiting.size() == max_waiting) settle(waiting);
        }
        settle(waiting);
    }
    [[nodiscard]] std::optional<call::account> find(account_id const& id) {
        return read<std::optional<call::account>>([&](auto done) { store_->find_account(id, std::move(done)); });
    }
    template <typename Visit>
    void each(Visit&& visit) {
        ports::page_request page{.limit = 100, .cursor = {}};
        do {
            auto found =
                read<ports::page<call::account>>([&](auto done) { store_->list_accounts(page, std::move(done)); });
            for (auto const& account : found.items)
                visit(account);
            page.cursor = std::move(found.next_cursor);
        } while (!page.cursor.empty());
    }

private:
    static void settle(std::vector<std::future<ports::write_outcome>>& waiting) {
        for (auto& each : waiting)
            if (each.get() != ports::write_outcome::ok) throw std::runtime_error("an account could not be written");
        waiting.clear();
    }
    template <typename Result, typename Start>
    Result read(Start&& start) {
        auto found = begin<ports::read_result<Result>>(std::forward<Start>(start)).get();
        if (!found) throw std::runtime_error("the store could not be read");
        return *std::move(found);
    }

    call::approval_status const fresh_;
    clock_source const& clock_;
    std::unique_ptr<store::sql_store> store_;
};

constexpr std::string_view id_allowed = "1 to 128 printable ASCII characters without spaces";

std::string refusal(std::string_view option, std::string_view value, std::string_view allowed) {
    return std::string{option} + " " + json_string(value) + ": allowed is " + std::string{allowed};
}

template <typename Value>
std::optional<Value> word(std::string_view option, std::optional<std::string> const& given,
                          std::optional<Value> (*parse)(std::string_view) noexcept, std::string_view allowed,
                          setting_errors& errors) {
    if (!given) return std::nullopt;
    auto value = parse(*given);
    if (!value) errors.push_back(refusal(option, *given, allowed));
    return value;
}

account_id read_id(std::string const& text, setting_errors& errors) {
    auto id = account_id::parse(text);
    if (!id) errors.push_back(refusal("ID", text, id_allowed));
    return id.value_or(account_id{});
}

call::account_patch read_patch(accounts_request const& r, setting_errors& errors) {
    call::account_patch p;
    p.role = word("--role", r.role, call::parse_role, "USER, TELECALLER or ADMIN", errors);
    p.status = word("--status", r.status, call::parse_account_status, "ACTIVE or SUSPENDED", errors);
    p.approval = word("--approval", r.approval, call::parse_approval_status, "PENDING, APPROVED or REJECTED", errors);
    if (r.name) p.name.emplace(r.name->empty() ? std::nullopt : r.name);
    if (r.profile) p.profile.emplace(r.profile->empty() ? std::nullopt : r.profile);
    p.language = r.language;
    p.about = r.about;
    return p;
}

/// Every account of the file, or what is wrong with its lines.
std::vector<std::pair<account_id, call::account_patch>> read_file(std::string const& path, setting_errors& errors) {
    std::ifstream in{path};
    if (!in) throw std::runtime_error("cannot read " + path);
    std::vector<std::pair<account_id, call::account_patch>> accounts;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        std::string const where = path + ":" + std::to_string(number) + ": ";
        auto patch = gateway::read_account_patch(line);
        auto id = patch ? account_id::parse(gateway::text_member(line, "_id").value_or("")) : std::nullopt;
        if (patch && id)
            accounts.emplace_back(*std::move(id), *std::move(patch));
        else
            errors.push_back(where + (patch ? "_id: allowed is " + std::string{id_allowed} : patch.error()));
        if (errors.size() == max_errors) break;
    }
    if (in.bad()) throw std::runtime_error("cannot read " + path);
    return accounts;
}

void print(call::account const& a, std::ostream& out) { out << gateway::render_account(a) << '\n'; }

} // namespace

std::expected<bool, setting_errors> run_accounts(accounts_request const& request, settings const& s,
                                                 clock_source const& clock, std::ostream& out) {
    setting_errors errors;
    std::vector<std::pair<account_id, call::account_patch>> to_write;
    account_id id;
    if (request.what == action::put || request.what == action::get) id = read_id(request.id, errors);
    call::account_patch patch = read_patch(request, errors);
    if (request.what == action::put) to_write.emplace_back(id, patch);
    if (request.what == action::import) to_write = read_file(request.file, errors);
    if (!errors.empty()) return std::unexpected{std::move(errors)};

    create_data_directory(s.data_directory);
    std::optional<data_directory_lock> lock;
    if (request.what == action::put || request.what == action::import)
        lock.emplace(s.data_directory, ": change accounts through its REST interface, or stop it");
    account_book book{s, clock};
    std::size_t const count = to_write.size();
    book.write(std::move(to_write));
    if (request.what == action::import) {
        out << count << " accounts\n";
    } else if (request.what == action::list) {
        book.each([&](call::account const& a) {
            if (!patch.role || a.role == *patch.role) print(a, out);
        });
    } else {
        auto found = book.find(id);
        if (!found) return false;
        print(*found, out);
    }
    return true;
}

} // namespace ringback::app
