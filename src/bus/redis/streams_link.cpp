#include "bus/redis/streams_link.hpp"

#include "base/random.hpp"
#include "bus/redis/streams_codec.hpp"
#include "redis/command.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace ringback::bus {
namespace {

// As Node's: 16 hexadecimal digits.
std::string make_uid() {
    std::array<unsigned char, 8> raw;
    fill_random(std::as_writable_bytes(std::span{raw}));
    std::string uid;
    for (unsigned char byte : raw) {
        uid += "0123456789abcdef"[byte >> 4];
        uid += "0123456789abcdef"[byte & 15];
    }
    return uid;
}

std::string entry(streams_config const& config, std::string_view uid, std::string_view nsp,
                  streams::message const& what) {
    return redis::command("XADD", config.stream, "MAXLEN", "~", config.max_entries, "*", "uid", uid, "nsp", nsp, "type",
                          std::to_underlying(what.type), "data", streams::encode_data(what));
}

std::string publication(std::string const& channel, std::string const& payload) {
    return redis::command("PUBLISH", channel, payload);
}

} // namespace

streams_link::streams_link(boost::asio::any_io_executor first_shard, redis::config const& server, streams_config config)
    : config_{std::move(config)},
      uid_{make_uid()},
      commands_{first_shard, server},
      heard_{first_shard, server, [this](auto, auto payload) { on_publication(payload); }},
      reader_{first_shard, server, config_.stream, [this](auto at) { listener_->log_begins(at); },
              [this](stream_entry const& e) { on_entry(e); }} {}

void streams_link::start(cluster_listener& listener, socketio::node_tag const&) {
    listener_ = &listener;
    reader_.start();
}

std::string streams_link::public_channel(std::string_view nsp) const {
    return std::string{config_.channel_prefix}.append("#").append(nsp).append("#");
}

std::string streams_link::channel_of(std::string_view nsp, std::string_view uid) const {
    return public_channel(nsp).append(uid).append("#");
}

// ---- saying

std::string streams_link::broadcast(socketio::broadcast const& what) const {
    return entry(config_, uid_, what.nsp, streams::broadcast_message(what));
}

std::string streams_link::ask(socketio::broadcast const& what, std::string_view id,
                              std::chrono::milliseconds timeout) const {
    auto message = streams::ask_message(what, id, timeout);
    return publication(public_channel(what.nsp), streams::encode_publication(uid_, what.nsp, message));
}

std::string streams_link::change(socketio::audience_change const& what) const {
    return entry(config_, uid_, what.nsp, streams::change_message_of(what));
}

std::string streams_link::fetch(std::string_view nsp, socketio::audience const& of, std::string_view id) const {
    auto message = streams::fetch_message_of(of, id);
    return publication(public_channel(nsp), streams::encode_publication(uid_, nsp, message));
}

std::string streams_link::server_event(std::string_view nsp, std::string_view name, std::string_view args,
                                       std::string_view id) const {
    auto message = streams::server_message_of(name, args, id);
    return publication(public_channel(nsp), streams::encode_publication(uid_, nsp, message));
}

std::string streams_link::answer(cluster_request const& to, cluster_answer const& what) const {
    auto message = streams::answer_message(what);
    return publication(channel_of(to.nsp, to.uid), streams::encode_publication(uid_, to.nsp, message));
}

void streams_link::say(std::string said) {
    commands_.send(std::move(said), [](redis::reply const&) {});
}

void streams_link::count_others(std::string_view nsp, std::move_only_function<void(std::optional<std::size_t>)> then) {
    commands_.send(redis::command("PUBSUB", "NUMSUB", public_channel(nsp)),
                   [this, then = std::move(then)](redis::reply const& reply) mutable {
                       auto count = reply && reply->items().size() == 2 ? reply->items()[1].integer() : std::nullopt;
                       if (!count || *count < 0) return then(std::nullopt);
                       auto all = static_cast<std::size_t>(*count);
                       then(heard_.is_up() && all > 0 ? all - 1 : all);
                   });
}

// ---- hearing

void streams_link::on_publication(std::string_view payload) {
    auto message = streams::decode_publication(payload, config_.limits);
    if (!message) return;
    if (auto* answer = std::get_if<cluster_answer>(&*message)) return listener_->answered(std::move(*answer));
    auto& request = std::get<cluster_request>(*message);
    if (request.uid != uid_ && open_.contains(request.nsp)) listener_->heard(std::move(request));
}

/// Of an entry of ours, by its number; none has those that are delivered without the log.
bool streams_link::was_delivered(std::string_view number) {
    std::uint64_t n = 0;
    auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), n);
    if (error != std::errc{} || end != number.data() + number.size()) return true;
    // They come in their order: what has not turned up by now never will.
    delivered_early_.erase(delivered_early_.begin(), delivered_early_.lower_bound(n));
    return delivered_early_.erase(n) > 0;
}

void streams_link::on_entry(stream_entry const& e) {
    bool is_own = e.uid == uid_;
    // Of our own only those count that were logged to be heard in their place.
    if (is_own && was_delivered(e.own)) return;
    if (!open_.contains(e.nsp)) return;
    auto message = streams::decode_entry(e.uid, e.nsp, e.type, e.data, config_.limits);
    if (!message) return;
    if (auto* answer = std::get_if<cluster_answer>(&*message)) return listener_->answered(std::move(*answer));
    auto& request = std::get<cluster_request>(*message);
    request.offset = e.at;
    listener_->heard(std::move(request));
}

void streams_link::nsp_opened(std::string_view nsp) {
    if (open_[std::string{nsp}]++ > 0) return;
    heard_.subscribe(channel_of(nsp, uid_));
    // Who counts us must find us able to hear: the channel that is counted comes last.
    heard_.subscribe(public_channel(nsp));
}

void streams_link::nsp_closed(std::string_view nsp) {
    auto at = open_.find(nsp);
    if (--at->second > 0) return;
    open_.erase(at);
    heard_.unsubscribe(channel_of(nsp, uid_));
    heard_.unsubscribe(public_channel(nsp));
}

std::unique_ptr<socketio::adapter> make_streams_adapter(socketio::shard_adapter::poster post,
                                                        boost::asio::any_io_executor first_shard,
                                                        redis::config const& server, streams_config const& config) {
    auto link = std::make_unique<streams_link>(std::move(first_shard), server, config);
    return std::make_unique<cluster_adapter>(std::move(post), std::move(link), config.cluster);
}

} // namespace ringback::bus
