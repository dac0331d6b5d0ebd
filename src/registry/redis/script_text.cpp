#include "registry/redis/script_text.hpp"

#include <charconv>
#include <chrono>
#include <limits>
#include <type_traits>

namespace ringback::registry {

namespace {

/// How far from ours a time may be: others could not be reckoned with on the monotonic clock.
constexpr std::chrono::years longest_time{100};

bool is_near(wall_time at, moment now) { return at > now.wall - longest_time && at < now.wall + longest_time; }

/// Reads words with one blank between them. Once something is wrong all that is read later is empty.
class word_reader {
public:
    explicit word_reader(std::string_view text) : rest_{text} {}

    std::string_view word() {
        auto end = rest_.find(' ');
        auto found = rest_.substr(0, end);
        rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end + 1);
        if (found.empty()) is_good_ = false;
        return found;
    }
    template <std::unsigned_integral Number>
    Number number() {
        auto text = word();
        Number read{};
        auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
        if (error != std::errc{} || end != text.data() + text.size()) is_good_ = false;
        return read;
    }
    /// One of the values up to `last`.
    template <typename Enum>
    Enum one_of(Enum last) {
        auto read = number<unsigned>();
        if (read > static_cast<unsigned>(last)) is_good_ = false;
        return static_cast<Enum>(read);
    }
    account_id account() {
        auto read = account_id::parse(word());
        if (!read) is_good_ = false;
        return read.value_or(account_id{});
    }
    call_id call() {
        auto read = call_id::parse(word());
        if (!read) is_good_ = false;
        return read.value_or(call_id{});
    }
    wall_time wall() {
        auto const read = number<std::uint64_t>();
        if (read > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) is_good_ = false;
        return wall_time{std::chrono::milliseconds{static_cast<std::int64_t>(read)}};
    }
    std::string_view rest() const noexcept { return rest_; }
    bool is_good() const noexcept { return is_good_; }

private:
    std::string_view rest_;
    bool is_good_ = true;
};

template <typename Value>
std::optional<Value> when(bool is_good, Value value) {
    return is_good ? std::optional<Value>{std::move(value)} : std::nullopt;
}

} // namespace

std::string text_of(call::device_ref const& d) {
    std::string text;
    for (std::uint64_t number : {std::uint64_t{static_cast<unsigned>(d.realm)}, std::uint64_t{d.socket.at.node},
                                 std::uint64_t{d.socket.at.shard}, std::uint64_t{d.socket.slot}, d.socket.generation}) {
        if (!text.empty()) text += ' ';
        text += std::to_string(number);
    }
    return text;
}

std::optional<call::device_ref> read_device(std::string_view text) {
    word_reader r{text};
    call::device_ref d;
    d.realm = r.one_of(call::realm::peer);
    d.socket.at.node = r.number<std::uint32_t>();
    d.socket.at.shard = r.number<std::uint32_t>();
    d.socket.slot = r.number<std::uint32_t>();
    d.socket.generation = r.number<std::uint64_t>();
    return when(r.is_good(), d);
}

std::vector<call::device_ref> read_devices(redis::value const& list) {
    std::vector<call::device_ref> devices;
    for (redis::value const& each : list.items())
        if (auto d = read_device(each.text())) devices.push_back(*d);
    return devices;
}

std::optional<ports::involvement> read_involvement(std::string_view text) {
    word_reader r{text};
    ports::involvement in;
    in.call = r.call();
    in.side = r.one_of(call::side::callee);
    in.realm = r.one_of(call::realm::peer);
    in.is_accepted = r.number<unsigned>() != 0;
    in.home.node = r.number<std::uint32_t>();
    in.home.shard = r.number<std::uint32_t>();
    return when(r.is_good(), in);
}

std::optional<ports::presence_change> read_change(std::string_view text) {
    word_reader r{text};
    ports::presence_change c;
    c.account = r.account();
    c.realm = r.one_of(call::realm::peer);
    c.now = r.one_of(call::presence::on_call);
    c.version = r.number<std::uint64_t>();
    c.last_seen = r.wall();
    return when(r.is_good(), c);
}

ports::presence_changes read_changes(redis::value const& list) {
    ports::presence_changes changes;
    for (redis::value const& each : list.items())
        if (auto c = read_change(each.text())) changes.push_back(*std::move(c));
    return changes;
}

std::optional<departure> read_departure(redis::value const& list, moment now) {
    word_reader r{item(list, 0).text()};
    departure gone;
    gone.account = r.account();
    auto device = read_device(item(list, 1).text());
    auto active = read_involvement(item(list, 2).text());
    auto lost_at = item(list, 4).integer();
    if (!r.is_good() || !device || !active || !lost_at) return std::nullopt;
    gone.device = *device;
    gone.active = *active;
    gone.remaining = read_devices(item(list, 3));
    gone.lost_at = wall_time{std::chrono::milliseconds{*lost_at}};
    if (!is_near(gone.lost_at, now)) return std::nullopt;
    return gone;
}

std::optional<ports::kept_event> read_kept(std::string_view text, account_id const& account, moment now) {
    word_reader r{text};
    ports::kept_event kept;
    kept.account = account;
    kept.realm = r.one_of(call::realm::peer);
    kept.until.wall = r.wall();
    if (!is_near(kept.until.wall, now)) return std::nullopt;
    kept.until.mono = now.mono + (kept.until.wall - now.wall);
    kept.call = r.call();
    kept.side = r.one_of(call::side::callee);
    kept.event = r.word();
    kept.args = r.rest();
    return when(r.is_good(), std::move(kept));
}

std::optional<published> read_published(std::string_view text) {
    auto end = text.find('\n');
    word_reader r{text.substr(0, end)};
    published p{r.number<std::uint32_t>(), {}};
    while (end != std::string_view::npos) {
        text.remove_prefix(end + 1);
        end = text.find('\n');
        if (auto c = read_change(text.substr(0, end))) p.changes.push_back(*std::move(c));
    }
    return when(r.is_good(), std::move(p));
}

redis::value const& item(redis::value const& list, std::size_t number) {
    static redis::value const none;
    auto items = list.items();
    return number < items.size() ? items[number] : none;
}

std::optional<overdue_call> read_overdue(std::string_view text) {
    word_reader r{text};
    overdue_call o;
    o.call = r.call();
    o.home.node = r.number<std::uint32_t>();
    o.home.shard = r.number<std::uint32_t>();
    o.times = r.number<std::uint32_t>();
    return when(r.is_good(), o);
}

std::optional<std::uint32_t> read_node(redis::value const& number) {
    auto read = number.integer();
    if (!read || *read < 0 || *read > 0xffff'ffff) return std::nullopt;
    return static_cast<std::uint32_t>(*read);
}

} // namespace ringback::registry
