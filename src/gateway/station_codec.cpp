#include "gateway/station_codec.hpp"

#include <boost/pfr.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstring>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace ringback::gateway {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

/// Times of messages are near to ours; others could not be reckoned with.
constexpr std::chrono::years longest_age{100};

template <class T>
concept scalar = std::integral<T> || std::is_enum_v<T>;
template <class T>
concept request_event = std::derived_from<T, call::client_request> && !std::same_as<T, call::client_request>;

// The last value of each enumeration that travels.
template <class E>
constexpr E last_of = [] { static_assert(sizeof(E) == 0, "say what its last value is"); }();
template <>
constexpr call::side last_of<call::side> = call::side::callee;
template <>
constexpr call::realm last_of<call::realm> = call::realm::peer;
template <>
constexpr call::allowance last_of<call::allowance> = call::allowance::over_limit;
template <>
constexpr call::departure last_of<call::departure> = call::departure::server_lost;
template <>
constexpr call::end_reason last_of<call::end_reason> = call::end_reason::server_lost;
template <>
constexpr call::recorded::outcome last_of<call::recorded::outcome> = call::recorded::outcome::failed;
template <>
constexpr call::media_hint::kind last_of<call::media_hint::kind> = call::media_hint::kind::room_finished;
template <>
constexpr call::refusal_code last_of<call::refusal_code> = call::refusal_code::internal;
template <>
constexpr request_kind last_of<request_kind> = request_kind{request_kinds - 1};
template <>
constexpr connect_refusal last_of<connect_refusal> = connect_refusal::not_approved;
template <>
constexpr on_screen last_of<on_screen> = on_screen::freed_again;
template <>
constexpr ports::media_notice::kind last_of<ports::media_notice::kind> = ports::media_notice::kind::room_finished;
template <>
constexpr call_question::subject last_of<call_question::subject> = call_question::subject::resumed_call;

/// The members that a request has beside those of client_request.
template <class Io, class Request>
void own_members(Io& io, Request& r) {
    if constexpr (std::same_as<std::remove_const_t<Request>, call::accept>) io(r.by_request);
    if constexpr (std::same_as<std::remove_const_t<Request>, call::reject>) io(r.reason);
    if constexpr (std::same_as<std::remove_const_t<Request>, call::resume>) {
        io(r.instead_of);
        io(r.instead_of_node);
    }
}

class writer {
public:
    writer(std::string& to, moment now) : to_{to}, now_{now} {}

    template <scalar T>
    void operator()(T v) {
        char bytes[sizeof v];
        std::memcpy(bytes, &v, sizeof v);
        to_.append(bytes, sizeof v);
    }
    void operator()(std::string_view v) {
        (*this)(static_cast<std::uint32_t>(v.size()));
        to_.append(v);
    }
    void operator()(std::string const& v) { (*this)(std::string_view{v}); }
    void operator()(account_id const& v) { (*this)(std::string_view{v.text()}); }
    void operator()(call_id const& v) { to_.append(reinterpret_cast<char const*>(v.raw().data()), v.raw().size()); }
    void operator()(wall_time v) { (*this)(std::int64_t{v.time_since_epoch().count()}); }
    void operator()(moment const& v) {
        (*this)(v.wall);
        (*this)(std::int64_t{std::chrono::duration_cast<microseconds>(now_.mono - v.mono).count()});
    }
    void operator()(call::peer_signal const& v) {
        (*this)(v.number);
        (*this)(v.event);
        (*this)(std::string_view{v.payload});
    }
    template <class T>
    void operator()(std::optional<T> const& v) {
        (*this)(v.has_value());
        if (v) (*this)(*v);
    }
    template <class T>
    void operator()(std::vector<T> const& v) {
        (*this)(static_cast<std::uint32_t>(v.size()));
        for (T const& each : v)
            (*this)(each);
    }
    template <class T, std::size_t Size>
    void operator()(std::array<T, Size> const& v) {
        for (T const& each : v)
            (*this)(each);
    }
    template <class... T>
    void operator()(std::variant<T...> const& v) {
        (*this)(static_cast<std::uint8_t>(v.index()));
        std::visit([&](auto const& each) { (*this)(each); }, v);
    }
    template <request_event T>
    void operator()(T const& v) {
        (*this)(static_cast<call::client_request const&>(v));
        own_members(*this, v);
    }
    template <class T>
        requires std::is_aggregate_v<T> && (!request_event<T>)
    void operator()(T const& v) {
        boost::pfr::for_each_field(v, [&](auto const& each) { (*this)(each); });
    }

private:
    std::string& to_;
    moment const now_;
};

/// Once something does not fit, everything that follows does not.
class reader {
public:
    reader(std::string_view from, moment now) : rest_{from}, now_{now} {}

    [[nodiscard]] bool is_good() const noexcept { return good_; }
    [[nodiscard]] bool is_at_end() const noexcept { return good_ && rest_.empty(); }

    template <scalar T>
    void operator()(T& v) {
        if constexpr (std::same_as<T, bool>) {
            std::uint8_t byte = 0;
            (*this)(byte);
            v = byte != 0;
        } else if constexpr (std::is_enum_v<T>) {
            std::underlying_type_t<T> number{};
            static_assert(std::unsigned_integral<decltype(number)>);
            (*this)(number);
            if (number > static_cast<std::underlying_type_t<T>>(last_of<T>)) return fail();
            v = static_cast<T>(number);
        } else {
            auto const bytes = take(sizeof v);
            if (good_) std::memcpy(&v, bytes.data(), sizeof v);
        }
    }
    void operator()(std::string& v) { v = text(); }
    void operator()(account_id& v) {
        auto const t = text();
        if (t.empty()) return;
        auto id = account_id::parse(t);
        if (!id) return fail();
        v = *std::move(id);
    }
    void operator()(call_id& v) {
        call_id::bytes bytes{};
        for (auto& each : bytes)
            (*this)(each);
        v = call_id{bytes};
    }
    void operator()(wall_time& v) {
        std::int64_t ms = 0;
        (*this)(ms);
        v = wall_time{milliseconds{ms}};
    }
    void operator()(moment& v) {
        (*this)(v.wall);
        std::int64_t age = 0;
        (*this)(age);
        if (microseconds const long_ago{age}; long_ago < -longest_age || long_ago > longest_age) return fail();
        v.mono = now_.mono - microseconds{age};
    }
    void operator()(call::peer_signal& v) {
        (*this)(v.number);
        auto const name = text();
        (*this)(v.payload);
        auto kind = std::uint8_t{0};
        while (kind < request_kinds && rules_of(request_kind{kind}).event != name)
            ++kind;
        if (kind == request_kinds) return fail();
        v.event = rules_of(request_kind{kind}).event;
    }
    template <class T>
    void operator()(std::optional<T>& v) {
        bool is_there = false;
        (*this)(is_there);
        if (is_there) (*this)(*(v = T{}));
    }
    template <class T>
    void operator()(std::vector<T>& v) {
        std::uint32_t size = 0;
        (*this)(size);
        if (size > rest_.size()) return fail(); // each has a byte at least
        for (; good_ && size != 0; --size)
            (*this)(v.emplace_back());
    }
    template <class T, std::size_t Size>
    void operator()(std::array<T, Size>& v) {
        for (T& each : v)
            (*this)(each);
    }
    template <class... T>
    void operator()(std::variant<T...>& v) {
        std::uint8_t index = 0;
        (*this)(index);
        if (index >= sizeof...(T)) return fail();
        [&]<std::size_t... Each>(std::index_sequence<Each...>) {
            (void)((Each == index && ((*this)(v.template emplace<Each>()), true)) || ...);
        }(std::index_sequence_for<T...>{});
    }
    template <request_event T>
    void operator()(T& v) {
        (*this)(static_cast<call::client_request&>(v));
        own_members(*this, v);
    }
    template <class T>
        requires std::is_aggregate_v<T> && (!request_event<T>)
    void operator()(T& v) {
        boost::pfr::for_each_field(v, [&](auto& each) { (*this)(each); });
    }

private:
    void fail() { good_ = false; }
    std::string_view take(std::size_t n) {
        if (!good_ || rest_.size() < n) {
            fail();
            return {};
        }
        auto const taken = rest_.substr(0, n);
        rest_.remove_prefix(n);
        return taken;
    }
    std::string_view text() {
        std::uint32_t size = 0;
        (*this)(size);
        return take(size);
    }

    std::string_view rest_;
    moment const now_;
    bool good_ = true;
};

} // namespace

void append_encoded(std::string& to, station_message const& m, moment now) { writer{to, now}(m); }

std::optional<station_message> decode_station_message(std::string_view text, moment now) {
    std::optional<station_message> m{std::in_place};
    reader r{text, now};
    r(*m);
    if (!r.is_at_end()) m.reset();
    return m;
}

} // namespace ringback::gateway
