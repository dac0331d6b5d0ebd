#include "socketio/rooms.hpp"

#include "socketio/hub.hpp"
#include "socketio/socket.hpp"

#include <algorithm>

namespace ringback::socketio {

bool room_table::join(socket& s, std::string_view name) {
    auto found = rooms_.find(name);
    if (found == rooms_.end()) {
        found = rooms_.emplace(std::string{name}, room{}).first;
        found->second.name = &found->first;
    }
    room& r = found->second;
    if (std::ranges::find(s.memberships_, &r, &membership::in) != s.memberships_.end()) return false;
    s.memberships_.push_back({&r, static_cast<std::uint32_t>(r.members.size())});
    r.members.push_back(&s);
    if (room_watcher* w = s.hub_.watcher(); w && r.members.size() == 1) w->room_opened(s.hub_, s.nsp_.name(), *r.name);
    return true;
}

bool room_table::leave(socket& s, std::string_view name) {
    auto at = std::ranges::find_if(s.memberships_, [&](membership const& m) { return *m.in->name == name; });
    if (at == s.memberships_.end()) return false;
    remove(s, static_cast<std::size_t>(at - s.memberships_.begin()));
    return true;
}

void room_table::leave_all(socket& s) {
    while (!s.memberships_.empty())
        remove(s, s.memberships_.size() - 1);
}

void room_table::remove(socket& s, std::size_t index) {
    auto [r, at] = s.memberships_[index];
    s.memberships_[index] = s.memberships_.back();
    s.memberships_.pop_back();
    // The last member takes the free place and is told.
    socket* moved = r->members.back();
    r->members[at] = moved;
    r->members.pop_back();
    if (moved != &s) std::ranges::find(moved->memberships_, r, &membership::in)->at = at;
    if (!r->members.empty()) return;
    auto empty = rooms_.extract(rooms_.find(*r->name));
    if (room_watcher* w = s.hub_.watcher()) w->room_closed(s.hub_, s.nsp_.name(), empty.key());
}

room const* room_table::find(std::string_view name) const {
    auto found = rooms_.find(name);
    return found == rooms_.end() ? nullptr : &found->second;
}

} // namespace ringback::socketio
