#include "socketio/hub.hpp"

#include "base/base64.hpp"
#include "base/random.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace ringback::socketio {
namespace {

// A socket id names its slot, so that `to(id)` needs no table of ids: 3 bytes of its process, by which other nodes
// reach it, 2 of shard, 4 of slot, 6 random ones, which make it unique over time. It is public; what must stay secret
// is the Engine.IO sid.
constexpr std::size_t id_bytes = 15;

encoder const& encoder_for(parser p) { return p == parser::msgpack ? msgpack_encoder() : text_encoder(); }

std::array<char, 20> make_id(node_tag const& tag, std::uint32_t shard, std::uint32_t slot) {
    std::array<char, id_bytes> raw;
    std::ranges::copy(tag, raw.begin());
    raw[3] = static_cast<char>(shard >> 8);
    raw[4] = static_cast<char>(shard);
    for (unsigned i = 0; i < 4; ++i)
        raw[5 + i] = static_cast<char>(slot >> (24 - 8 * i));
    fill_random(std::as_writable_bytes(std::span{raw}.subspan<9>()));
    std::string text = base64url_encode({raw.data(), raw.size()});
    std::array<char, 20> id;
    std::memcpy(id.data(), text.data(), id.size());
    return id;
}

} // namespace

hub::hub(std::uint32_t shard, hub_config const& config, adapter& others, timer_wheel& timers, clock_source const& clock)
    : shard_{shard},
      config_{config},
      others_{others},
      watcher_{others.watcher()},
      timers_{timers},
      clock_{clock},
      encoder_{encoder_for(config.parser)},
      recovery_{config.recovery, timers, [this](std::string const& pid) { others_.session_forgotten(*this, pid); }} {}

hub::~hub() = default;

void hub::require_sendable(std::span<std::string const> attachments) const {
    if (config_.parser == parser::text && attachments.size() > config_.limits.max_attachments)
        throw std::length_error{"more attachments than a client accepts"};
}

// ---- namespaces

nsp& hub::of(name_matcher matches) {
    parents_.push_back({std::move(matches), std::make_unique<nsp>(*this, "")});
    return *parents_.back().handlers;
}

nsp* hub::nsp_for_connect(std::string_view name, std::string_view auth) {
    if (nsp* known = find_nsp(name)) return known;
    auto found = std::ranges::find_if(parents_, [&](parent const& p) { return p.matches(name, auth); });
    if (found == parents_.end() || dynamic_ >= config_.max_dynamic_namespaces) return nullptr;
    nsp& made = of(name);
    made.inherit(*found->handlers);
    ++dynamic_;
    return &made;
}

void hub::collect() {
    ended_.clear();
    left_nsps_.clear();
}

nsp& hub::of(std::string_view name) {
    if (nsp* known = find_nsp(name)) return *known;
    std::string key{name};
    nsp& made = *nsps_.emplace(key, std::make_unique<nsp>(*this, key)).first->second;
    if (watcher_) watcher_->nsp_opened(*this, name);
    return made;
}

nsp* hub::find_nsp(std::string_view name) {
    auto found = nsps_.find(name);
    return found == nsps_.end() ? nullptr : found->second.get();
}

// ---- sockets

void hub::enlist(socket& s) {
    std::uint32_t at;
    if (free_slots_.empty()) {
        at = static_cast<std::uint32_t>(slots_.size());
        slots_.emplace_back();
    } else {
        at = free_slots_.back();
        free_slots_.pop_back();
    }
    slots_[at] = {&s, next_generation_++};
    s.ref_ = {here(), at, slots_[at].generation};
    s.id_ = make_id(others_.tag(), shard_, at);
    ++live_;
    ++s.nsp_.clients_;
}

void hub::retire(std::unique_ptr<socket> s) {
    slots_[s->ref_.slot] = {};
    free_slots_.push_back(s->ref_.slot);
    --live_;
    nsp& in = s->nsp_;
    ended_.push_back(std::move(s));
    if (--in.clients_ || !in.is_dynamic_ || config_.keep_empty_namespaces) return;
    left_nsps_.push_back(std::move(nsps_.extract(in.name()).mapped()));
    if (watcher_) watcher_->nsp_closed(*this, in.name());
    --dynamic_;
}

socket* hub::find(socket_ref who) const noexcept {
    if (who.at != here() || who.slot >= slots_.size()) return nullptr;
    slot const& at = slots_[who.slot];
    return at.generation == who.generation ? at.holds : nullptr;
}

socket* hub::find_by_id(std::string_view id) const noexcept {
    if (id.size() != 20) return nullptr;
    auto raw = base64url_decode(id);
    if (!raw || raw->size() != id_bytes) return nullptr;
    auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>((*raw)[i])); };
    std::uint32_t at = byte(5) << 24 | byte(6) << 16 | byte(7) << 8 | byte(8);
    if ((byte(3) << 8 | byte(4)) != shard_ || at >= slots_.size()) return nullptr;
    socket* s = slots_[at].holds;
    return s && s->id() == id ? s : nullptr;
}

} // namespace ringback::socketio
