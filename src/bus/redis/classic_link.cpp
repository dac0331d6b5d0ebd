#include "bus/redis/classic_link.hpp"

#include "base/base64.hpp"
#include "base/random.hpp"
#include "bus/redis/classic_codec.hpp"
#include "redis/command.hpp"

#include <array>
#include <utility>

namespace ringback::bus {
namespace {

// As long as Node's, and of the same alphabet.
std::string make_uid() {
    std::array<char, 5> raw;
    fill_random(std::as_writable_bytes(std::span{raw}));
    return base64url_encode({raw.data(), raw.size()}).substr(0, 6);
}

std::string publication(std::string_view channel, std::string const& payload) {
    return redis::command("PUBLISH", channel, payload);
}

} // namespace

classic_link::classic_link(boost::asio::any_io_executor first_shard, redis::config const& server, classic_config config)
    : config_{std::move(config)},
      uid_{make_uid()},
      commands_{first_shard, server},
      heard_{first_shard, server, [this](auto channel, auto payload) { on_message(channel, payload); },
             [this](auto pattern, auto channel, auto payload) { on_pattern(pattern, channel, payload); }} {
    // Nobody can tell when a lost connection will confirm anything.
    heard_.on_state([this](bool up) {
        if (!up) release(subscribed_);
    });
}

void classic_link::start(cluster_listener& listener, socketio::node_tag const& tag) {
    listener_ = &listener;
    rooms_.emplace(config_.prefix, base64url_encode({tag.data(), tag.size()}), config_.most_room_channels);
}

std::string classic_link::request_channel(std::string_view nsp) const {
    return std::string{config_.prefix}.append("-request#").append(nsp).append("#");
}

std::string classic_link::response_channel(std::string_view nsp) const {
    return std::string{config_.prefix}.append("-response#").append(nsp).append("#");
}

std::string classic_link::own_response_channel(std::string_view nsp) const {
    return response_channel(nsp).append(uid_).append("#");
}

// ---- saying

std::string classic_link::broadcast(socketio::broadcast const& what) const {
    // One room has a channel of its own.
    auto const& to = what.to.rooms;
    auto channel = to.size() == 1 ? rooms_->channel_of(what.nsp, to.front()) : rooms_->channel_of(what.nsp);
    return publication(channel, classic::encode_broadcast(uid_, what));
}

std::string classic_link::ask(socketio::broadcast const& what, std::string_view id,
                              std::chrono::milliseconds timeout) const {
    return publication(request_channel(what.nsp), classic::encode_ask(uid_, id, what, timeout));
}

std::string classic_link::change(socketio::audience_change const& what) const {
    return publication(request_channel(what.nsp), classic::encode_change(uid_, what));
}

std::string classic_link::fetch(std::string_view nsp, socketio::audience const& of, std::string_view id) const {
    return publication(request_channel(nsp), classic::encode_fetch(uid_, id, of));
}

std::string classic_link::server_event(std::string_view nsp, std::string_view name, std::string_view args,
                                       std::string_view id) const {
    return publication(request_channel(nsp), classic::encode_server_event(uid_, id, name, args));
}

std::string classic_link::answer(cluster_request const& to, cluster_answer const& what) const {
    auto channel = response_channel(to.nsp);
    if (config_.publish_on_specific_response_channel && !to.uid.empty()) channel.append(to.uid).append("#");
    return publication(channel, classic::encode_answer(what));
}

void classic_link::say(std::string said) {
    commands_.send(std::move(said), [](redis::reply) {});
}

void classic_link::count_others(std::string_view nsp, std::move_only_function<void(std::optional<std::size_t>)> then) {
    commands_.send(redis::command("PUBSUB", "NUMSUB", request_channel(nsp)),
                   [this, then = std::move(then)](redis::reply reply) mutable {
                       auto count = reply && reply->items().size() == 2 ? reply->items()[1].integer() : std::nullopt;
                       if (!count || *count < 0) return then(std::nullopt);
                       auto all = static_cast<std::size_t>(*count);
                       then(heard_.is_up() && all > 0 ? all - 1 : all);
                   });
}

// ---- hearing

void classic_link::on_message(std::string_view channel, std::string_view payload) {
    auto found = desks_.find(channel);
    if (found == desks_.end())
        return on_broadcast(payload, [&](std::string_view nsp) { return rooms_->hears(nsp, channel); });
    if (found->second.is_for_answers) {
        if (auto answer = classic::decode_answer(payload, config_.limits)) listener_->answered(std::move(*answer));
        return;
    }
    auto request = classic::decode_request(found->second.nsp, payload, config_.limits);
    if (request && request->uid != uid_) listener_->heard(std::move(*request));
}

void classic_link::on_pattern(std::string_view pattern, std::string_view, std::string_view payload) {
    on_broadcast(payload, [&](std::string_view nsp) { return rooms_->hears_by(nsp, pattern); });
}

template <class Counts>
void classic_link::on_broadcast(std::string_view payload, Counts&& counts) {
    if (classic::uid_of_broadcast(payload) == uid_) return;
    auto request = classic::decode_broadcast(payload, config_.limits);
    if (request && counts(request->nsp)) listener_->heard(std::move(*request));
}

// ---- subscriptions

void classic_link::nsp_opened(std::string_view nsp) {
    auto changes = rooms_->open_nsp(nsp);
    if (changes.empty()) return; // on another shard it was open already
    carry_out(changes);
    desks_.insert_or_assign(request_channel(nsp), desk{std::string{nsp}, false});
    desks_.insert_or_assign(response_channel(nsp), desk{std::string{nsp}, true});
    desks_.insert_or_assign(own_response_channel(nsp), desk{std::string{nsp}, true});
    // Who counts us must find us able to answer: the channel of requests comes last.
    subscribe(response_channel(nsp));
    subscribe(own_response_channel(nsp));
    subscribe(request_channel(nsp));
}

void classic_link::nsp_closed(std::string_view nsp) {
    auto changes = rooms_->close_nsp(nsp);
    if (changes.empty()) return; // still open on another shard
    carry_out(changes);
    for (auto const& channel : {request_channel(nsp), response_channel(nsp), own_response_channel(nsp)}) {
        desks_.erase(channel);
        unsubscribe(channel);
    }
}

void classic_link::room_opened(std::string_view nsp, std::string_view room) { carry_out(rooms_->open_room(nsp, room)); }

void classic_link::room_closed(std::string_view nsp, std::string_view room) {
    carry_out(rooms_->close_room(nsp, room));
}

void classic_link::carry_out(room_channels::changes const& changes) {
    using step = room_channels::step;
    for (auto const& [what, name] : changes) {
        switch (what) {
        case step::subscribe: subscribe(name); break;
        case step::unsubscribe: unsubscribe(name); break;
        case step::psubscribe:
            heard_.psubscribe(name, [this, name, number = number_of(name)] {
                carry_out(rooms_->confirmed(name));
                settle(name, number);
            });
            break;
        case step::punsubscribe:
            heard_.punsubscribe(name);
            if (auto known = unconfirmed_.find(name); known != unconfirmed_.end()) settle(name, known->second);
        }
    }
}

void classic_link::subscribe(std::string const& channel) {
    std::uint64_t number = number_of(channel);
    heard_.subscribe(channel, [this, channel, number] { settle(channel, number); });
}

void classic_link::unsubscribe(std::string const& channel) {
    heard_.unsubscribe(channel);
    // It will not be confirmed any more.
    if (auto known = unconfirmed_.find(channel); known != unconfirmed_.end()) settle(channel, known->second);
}

std::uint64_t classic_link::number_of(std::string const& name) {
    unsettled_.insert(++subscribed_);
    unconfirmed_.insert_or_assign(name, subscribed_);
    return subscribed_;
}

void classic_link::settle(std::string const& name, std::uint64_t number) {
    unsettled_.erase(number);
    if (auto known = unconfirmed_.find(name); known != unconfirmed_.end() && known->second == number)
        unconfirmed_.erase(known);
    release(unsettled_.empty() ? subscribed_ : *unsettled_.begin() - 1);
}

void classic_link::when_heard(work then) {
    if (!heard_.is_up() || unsettled_.empty()) return then();
    waiting_.emplace(subscribed_, std::move(then));
}

void classic_link::release(std::uint64_t last) {
    while (!waiting_.empty() && waiting_.begin()->first <= last) {
        auto next = waiting_.extract(waiting_.begin());
        next.mapped()();
    }
}

std::unique_ptr<socketio::adapter> make_classic_adapter(socketio::shard_adapter::poster post,
                                                        boost::asio::any_io_executor first_shard,
                                                        redis::config const& server, classic_config const& config) {
    auto link = std::make_unique<classic_link>(std::move(first_shard), server, config);
    return std::make_unique<cluster_adapter>(std::move(post), std::move(link), config.cluster);
}

} // namespace ringback::bus
