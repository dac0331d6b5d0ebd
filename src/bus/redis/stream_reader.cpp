#include "bus/redis/stream_reader.hpp"

#include "redis/command.hpp"
#include "socketio/recovery.hpp"

#include <chrono>
#include <utility>

namespace ringback::bus {
namespace {

using namespace std::chrono_literals;

constexpr auto block_for = 5000ms;
constexpr int most_at_once = 100; // as Node's adapter
constexpr auto retry_after = 1s;  // a refusal that repeats costs one command a second

// It blocks by intention.
redis::config patient(redis::config c) {
    c.command_timeout += block_for;
    return c;
}

} // namespace

std::optional<stream_entry> read_entry(redis::value const& raw) {
    auto parts = raw.items();
    if (parts.size() != 2) return std::nullopt;
    auto at = socketio::parse_offset(parts[0].text());
    if (!at) return std::nullopt;
    stream_entry e{*at, {}, {}, {}, {}, {}};
    auto fields = parts[1].items();
    for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
        auto name = fields[i].text(), text = fields[i + 1].text();
        if (name == "uid") e.uid = text;
        if (name == "nsp") e.nsp = text;
        if (name == "type") e.type = text;
        if (name == "data") e.data = text;
        if (name == "n") e.own = text;
    }
    return e;
}

stream_reader::stream_reader(boost::asio::any_io_executor executor, redis::config server, std::string stream,
                             on_begin begins, on_entry heard)
    : stream_{std::move(stream)},
      begins_{std::move(begins)},
      heard_{std::move(heard)},
      client_{executor, patient(std::move(server))},
      retry_{executor} {
    client_.on_state([this](bool up) {
        if (up && std::exchange(is_waiting_, false)) go_on();
    });
}

void stream_reader::start() { is_waiting_ = true; }

void stream_reader::go_on() {
    if (last_) return read();
    find_end();
}

// Not `$`, which would mean a new end for every read that finds nothing, and lose what comes between two of them.
void stream_reader::find_end() {
    client_.send(redis::command("XREVRANGE", stream_, "+", "-", "COUNT", 1), [this](redis::reply reply) {
        if (!reply || !reply->is_array()) return pause();
        auto entry = reply->items().empty() ? std::optional{stream_entry{}} : read_entry(reply->items()[0]);
        if (!entry) return pause();
        last_ = entry->at;
        begins_(*last_);
        read();
    });
}

void stream_reader::read() {
    client_.send(redis::command("XREAD", "COUNT", most_at_once, "BLOCK", block_for.count(), "STREAMS", stream_,
                                socketio::to_string(*last_)),
                 [this](redis::reply reply) { take(reply); });
}

void stream_reader::take(redis::reply const& reply) {
    if (!reply || reply->is_error()) return pause();
    for (auto const& stream : reply->items())
        if (stream.items().size() == 2)
            for (auto const& raw : stream.items()[1].items())
                if (auto entry = read_entry(raw)) {
                    last_ = entry->at;
                    heard_(*entry);
                }
    read();
}

void stream_reader::pause() {
    if (!client_.is_up()) {
        is_waiting_ = true;
        return;
    }
    retry_.expires_after(retry_after);
    retry_.async_wait([this](boost::system::error_code ec) {
        if (!ec) go_on();
    });
}

} // namespace ringback::bus
