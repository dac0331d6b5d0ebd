#include "gateway/rest_body.hpp"

#include "ports/call_store.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <cmath>
#include <optional>

namespace ringback::gateway {
namespace {

namespace json = boost::json;

constexpr std::size_t max_reason_bytes = 1024;

std::expected<json::object, std::string> read_object(std::string_view body) {
    boost::system::error_code error;
    json::value document = json::parse({body.data(), body.size()}, error);
    if (error || !document.is_object()) return std::unexpected{"The body must be a JSON object."};
    return std::move(document.get_object());
}

/// A text that every store can keep.
std::optional<std::string> text_of(json::value const& value) {
    if (!value.is_string()) return std::nullopt;
    auto const& text = value.get_string();
    if (text.find('\0') != json::string::npos) return std::nullopt;
    return std::string{text.data(), text.size()};
}

/// Writes each member into its field of the patch; the first that is not allowed ends it.
class patch_reader {
public:
    explicit patch_reader(json::object const& from) : from_{from} {}

    [[nodiscard]] std::expected<call::account_patch, std::string> read() {
        word("role", patch_.role, call::parse_role, "USER, TELECALLER or ADMIN");
        nullable_text("name", patch_.name);
        nullable_text("profile", patch_.profile);
        text("language", patch_.language);
        text("about", patch_.about);
        word("accountStatus", patch_.status, call::parse_account_status, "ACTIVE or SUSPENDED");
        approval();
        if (!error_.empty()) return std::unexpected{std::move(error_)};
        return std::move(patch_);
    }

private:
    void refuse(std::string_view key, std::string_view allowed) {
        if (error_.empty()) error_.append(key).append(": allowed is ").append(allowed);
    }
    [[nodiscard]] json::value const* find(std::string_view key) const {
        return from_.if_contains({key.data(), key.size()});
    }
    template <typename Value>
    void word(std::string_view key, std::optional<Value>& to, std::optional<Value> (*parse)(std::string_view) noexcept,
              std::string_view allowed) {
        auto const* value = find(key);
        if (!value) return;
        to = parse(text_of(*value).value_or(""));
        if (!to) refuse(key, allowed);
    }
    /// Null is as good as not said: an account that never was a telecaller shows it so.
    void approval() {
        auto const* value = find("approvalStatus");
        if (value && !value->is_null())
            word("approvalStatus", patch_.approval, call::parse_approval_status, "PENDING, APPROVED or REJECTED");
    }
    void nullable_text(std::string_view key, std::optional<std::optional<std::string>>& to) {
        auto const* value = find(key);
        if (!value) return;
        auto read = text_of(*value);
        if (!read && !value->is_null()) return refuse(key, "a string without NUL, or null");
        to.emplace(std::move(read));
    }
    void text(std::string_view key, std::optional<std::string>& to) {
        auto const* value = find(key);
        if (!value) return;
        to = value->is_null() ? std::string{} : text_of(*value);
        if (!to) refuse(key, "a string without NUL, or null");
    }

    json::object const& from_;
    call::account_patch patch_;
    std::string error_;
};

std::optional<std::int64_t> whole_number(json::value const* value) {
    if (!value || !value->is_number()) return std::nullopt;
    double const number = value->to_number<double>(); // exact where it matters: up to max_balance
    if (std::trunc(number) != number || std::abs(number) > static_cast<double>(ports::max_balance)) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

} // namespace

std::expected<call::account_patch, std::string> read_account_patch(std::string_view body) {
    auto object = read_object(body);
    if (!object) return std::unexpected{std::move(object.error())};
    return patch_reader{*object}.read();
}

std::expected<coins_request, std::string> read_coins(std::string_view body) {
    auto object = read_object(body);
    if (!object) return std::unexpected{std::move(object.error())};
    coins_request request;
    auto amount = whole_number(object->if_contains("amount"));
    if (!amount) return std::unexpected{"amount: allowed is a whole number"};
    request.amount = *amount;
    auto const* reason = object->if_contains("reason");
    if (!reason || reason->is_null()) return request;
    auto text = text_of(*reason);
    if (!text || text->size() > max_reason_bytes)
        return std::unexpected{"reason: allowed is a string without NUL of at most 1024 bytes"};
    request.reason = *std::move(text);
    return request;
}

} // namespace ringback::gateway
