// The stream as the log that connection state recovery needs, and the sessions beside it.
#include "bus/redis/streams_codec.hpp"
#include "bus/redis/streams_link.hpp"
#include "redis/command.hpp"

#include <utility>

namespace ringback::bus {

using namespace socketio;

namespace {

constexpr int most_at_once = 1000; // entries of one XRANGE

/// The last one that has been looked at, exclusively.
std::string behind(cluster_offset const& at) { return "(" + to_string(at); }

} // namespace

// Where it is unknown whether the log has it, those here get it at once, and not again should it turn up.
void streams_link::log(broadcast_ptr what) {
    if (!commands_.is_up()) return listener_->not_logged(std::move(what));
    auto number = ++logged_;
    auto message = streams::broadcast_message(*what);
    auto command =
        redis::command("XADD", config_.stream, "MAXLEN", "~", config_.max_entries, "*", "uid", uid_, "nsp", what->nsp,
                       "type", std::to_underlying(message.type), "data", streams::encode_data(message), "n", number);
    bool is_early = !reader_.has_begun(); // what is logged now may be before where it begins
    if (is_early) {
        delivered_early_.insert(number);
        listener_->not_logged(what);
    }
    commands_.send(std::move(command), [this, what, number, is_early](redis::reply const& reply) {
        if (is_early || (reply && !reply->is_error())) return;
        if (!reply && reply.error() != redis::errc::away) delivered_early_.insert(number);
        listener_->not_logged(what);
    });
}

void streams_link::keep(lost_session const& session, std::chrono::milliseconds window) {
    say(redis::command("SET", config_.session_prefix + session.pid, streams::encode_session(session), "PX",
                       window.count()));
}

void streams_link::take(recovery_claim claim, recovery_handler then) {
    auto command = redis::command("GETDEL", config_.session_prefix + claim.pid);
    commands_.send(std::move(command), [this, claim = std::move(claim),
                                        then = std::move(then)](redis::reply const& reply) mutable {
        auto lost = reply && reply->is_text() ? streams::decode_session(reply->text(), config_.limits) : std::nullopt;
        if (!lost || lost->pid != claim.pid || (!lost->nsp.empty() && lost->nsp != claim.nsp))
            return then(std::nullopt);
        // A session of Node's does not tell where its client began.
        bool knows_begin = !lost->nsp.empty();
        auto since = claim.offset ? parse_offset(*claim.offset) : std::optional{lost->mark.reached};
        if (!since || (!claim.offset && !knows_begin)) return then(std::nullopt);
        recovered_session session{.socket_id = std::move(lost->socket_id),
                                  .pid = std::move(lost->pid),
                                  .rooms = std::move(lost->rooms),
                                  .data = std::move(lost->data),
                                  .missed = {},
                                  .covered = {},
                                  .presented = to_string(*since),
                                  .reached = *since};
        check_log(std::move(claim.nsp), std::move(session), std::move(then));
    });
}

/// What follows is known completely when the log still has the place itself, or anything before it.
void streams_link::check_log(std::string nsp, recovered_session session, recovery_handler then) {
    auto command = redis::command("XRANGE", config_.stream, "-", "+", "COUNT", 1);
    commands_.send(std::move(command), [this, nsp = std::move(nsp), session = std::move(session),
                                        then = std::move(then)](redis::reply const& reply) mutable {
        if (!reply || !reply->is_array()) return then(std::nullopt);
        auto entries = reply->items();
        auto first = entries.empty() ? std::nullopt : read_entry(entries[0]);
        bool is_known = first ? first->at <= session.reached : session.reached.is_null();
        if (!is_known) return then(std::nullopt);
        read_on(std::move(nsp), std::move(session), std::move(then));
    });
}

void streams_link::read_on(std::string nsp, recovered_session session, recovery_handler then) {
    auto command = redis::command("XRANGE", config_.stream, behind(session.reached), "+", "COUNT", most_at_once);
    commands_.send(std::move(command), [this, nsp = std::move(nsp), session = std::move(session),
                                        then = std::move(then)](redis::reply const& reply) mutable {
        if (!reply || !reply->is_array()) return then(std::nullopt);
        for (auto const& raw : reply->items()) {
            auto entry = read_entry(raw);
            if (!entry) continue;
            session.reached = entry->at;
            if (auto missed = missed_by(session, nsp, *entry)) session.missed.push_back(std::move(missed));
        }
        if (reply->items().size() == most_at_once) return read_on(std::move(nsp), std::move(session), std::move(then));
        then(std::move(session));
    });
}

broadcast_ptr streams_link::missed_by(recovered_session const& session, std::string_view nsp,
                                      stream_entry const& entry) const {
    if (entry.nsp != nsp) return nullptr;
    auto message = streams::decode_entry(entry.uid, entry.nsp, entry.type, entry.data, config_.limits);
    auto* request = message ? std::get_if<cluster_request>(&*message) : nullptr;
    auto* event = request ? std::get_if<event_message>(&request->body) : nullptr;
    if (!event || event->ack_timeout || event->flags.is_volatile) return nullptr;
    auto rooms = session.rooms;
    rooms.push_back(session.socket_id);
    if (!is_in(event->to, rooms)) return nullptr;
    return std::make_shared<socketio::broadcast>(socketio::broadcast{.nsp = std::string{nsp},
                                                                     .to = std::move(event->to),
                                                                     .name = std::move(event->name),
                                                                     .args = std::move(event->what.args),
                                                                     .attachments = std::move(event->what.attachments),
                                                                     .flags = event->flags,
                                                                     .offset = entry.at,
                                                                     .ack_id = {},
                                                                     .encoded = {}});
}

} // namespace ringback::bus
