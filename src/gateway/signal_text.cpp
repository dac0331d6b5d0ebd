#include "gateway/signal_text.hpp"

#include "base/json_text.hpp"
#include "socketio/json_view.hpp"

namespace ringback::gateway {

std::string with_sender(std::string_view payload, account_id const& sender) {
    std::string out;
    out.reserve(payload.size() + sender.text().size() + 16);
    out += '{';
    std::size_t done = 1; // what stands between two members that both stay is copied too
    bool has_members = false, follows_kept = true;
    for (socketio::json_member const& m : socketio::json_object_view{payload}) {
        auto begin = static_cast<std::size_t>(m.key.data() - payload.data());
        auto end = static_cast<std::size_t>(m.value.data() - payload.data()) + m.value.size();
        bool stays = !socketio::key_equals(m.key, "from");
        if (stays && follows_kept)
            out += payload.substr(done, end - done);
        else if (stays)
            out.append(has_members ? "," : "").append(payload.substr(begin, end - begin));
        has_members |= stays;
        follows_kept = stays;
        done = end;
    }
    if (follows_kept) out += payload.substr(done, payload.rfind('}') - done);
    out.append(has_members ? "," : "").append(R"("from":)");
    append_json_string(out, sender.text());
    return out += '}';
}

std::size_t count_members(std::string_view payload, std::string_view name) {
    std::size_t n = 0;
    for (socketio::json_member const& m : socketio::json_object_view{payload})
        n += socketio::key_equals(m.key, name) ? 1 : 0;
    return n;
}

} // namespace ringback::gateway
