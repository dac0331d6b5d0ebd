#include "gateway/peer_payloads.hpp"

#include "base/clock.hpp"
#include "gateway/json_object.hpp"

#include <variant>

namespace ringback::gateway {
namespace {

constexpr std::size_t usual_size = 256; ///< without metadata and media

auto display_of(call::display const& who) {
    return [&who](json_object& o) { write_display(o, who); };
}

/// The final notices; the others have no payload without their call.
struct final_writer {
    call_id const& call;

    rendered_event operator()(call::rejected const& n) const { return with_reason("call:rejected", n.reason); }
    rendered_event operator()(call::missed const& n) const { return with_reason("call:missed", to_string(n.reason)); }
    rendered_event operator()(call::cancelled const& n) const { return with_reason("call:cancelled", reason_text(n)); }
    rendered_event operator()(call::ended const& n) const {
        return {"call:ended", object_text(120, [&](json_object& o) {
                    o.id("callId", call).text("reason", to_string(n.reason));
                    o.number("durationInSeconds", n.figures.duration_s);
                })};
    }
    rendered_event operator()(call::reconnecting const& n) const {
        return {"call:reconnecting",
                object_text(80, [&](json_object& o) { o.id("callId", call).number("graceMs", n.grace.count()); })};
    }
    rendered_event operator()(call::reconnected const&) const {
        return {"call:reconnected", object_text(48, [&](json_object& o) { o.id("callId", call); })};
    }
    template <class Other>
    rendered_event operator()(Other const&) const {
        return {};
    }
    [[nodiscard]] rendered_event with_reason(std::string_view event, std::string_view reason) const {
        return {event, object_text(80, [&](json_object& o) { o.id("callId", call).text("reason", reason); })};
    }
};

struct notice_writer : final_writer {
    peer_call_view const& c;
    call::side to;

    using final_writer::operator();
    rendered_event operator()(call::incoming const&) const {
        std::size_t size = usual_size + c.metadata.size() + c.ice_servers.size();
        return {"call:incoming", object_text(size, [&](json_object& o) {
                    o.id("callId", c.facts.id)
                        .text("callType", to_string(c.facts.type))
                        .object("from", display_of(c.facts.caller.who));
                    if (!c.metadata.empty()) o.raw("metadata", c.metadata);
                    o.text("expiresAt", iso8601(c.facts.expires_at)).raw("iceServers", c.ice_servers);
                })};
    }
    rendered_event operator()(call::ringing const&) const {
        return {"call:ringing", object_text(usual_size, [&](json_object& o) {
                    o.id("callId", c.facts.id).text("to", c.facts.callee.who.id.text());
                })};
    }
    rendered_event operator()(call::accepted const&) const {
        return {"call:accepted", object_text(usual_size + c.media.size(), [&](json_object& o) {
                    o.id("callId", c.facts.id)
                        .text("callType", to_string(c.facts.type))
                        .text("by", c.facts.callee.who.id.text())
                        .text("role", to_string(to))
                        .raw(c.media_key, c.media);
                })};
    }
};

struct ok_writer {
    peer_call_view const& c;

    std::string operator()(call::ack_opened const& a) const {
        return ok([&](json_object& o) { o.text("expiresAt", iso8601(a.expires_at)); });
    }
    std::string operator()(call::ack_joined const& a) const {
        return ok([&](json_object& o) { o.text("expiresAt", iso8601(a.expires_at)).text("role", "callee"); });
    }
    std::string operator()(call::ack_accepted const&) const {
        return ok([&](json_object& o) {
            o.text("callType", to_string(c.facts.type))
                .text("role", "callee")
                .object("peer", display_of(c.facts.caller.who))
                .raw(c.media_key, c.media);
        });
    }
    std::string operator()(call::ack_done const&) const { return render_done_ok(c.facts.id); }
    std::string operator()(call::ack_ended const& a) const { return render_peer_ended_ok(a, c.facts.id); }
    std::string operator()(call::ack_resumed const&) const { return render_done_ok(c.facts.id); }

    template <class Write>
    [[nodiscard]] std::string ok(Write&& write) const {
        return object_text(usual_size + c.media.size(), [&](json_object& o) {
            o.boolean("ok", true).id("callId", c.facts.id);
            write(o);
        });
    }
};

auto media_of(call::media_state const& m) {
    return [&m](json_object& o) {
        o.boolean("muted", m.muted).boolean("videoOff", m.video_off).boolean("onHold", m.on_hold);
    };
}

} // namespace

rendered_event render_peer_notice(call::notice const& n, peer_call_view const& c, call::side to) {
    return std::visit(notice_writer{{c.facts.id}, c, to}, n);
}

rendered_event render_peer_final(call::notice const& n, call_id const& call) {
    return std::visit(final_writer{call}, n);
}

std::string render_peer_ok(call::acknowledgement const& a, peer_call_view const& c) {
    return std::visit(ok_writer{c}, a);
}

std::string render_peer_ended_ok(call::ack_ended const& a, call_id const& call) {
    return object_text(100, [&](json_object& o) {
        o.boolean("ok", true).id("callId", call).number("durationInSeconds", a.figures.duration_s);
    });
}

std::string render_resumed(call::call_machine const& m, call::side as, std::array<call::media_state, 2> const& media) {
    auto const& facts = m.facts();
    return object_text(2 * usual_size, [&](json_object& o) {
        o.id("callId", facts.id)
            .text("callType", to_string(facts.type))
            .text("status", to_string(m.status()))
            .text("role", to_string(as))
            .object("peer", display_of(facts.of(other(as)).who))
            .object("media", media_of(media[static_cast<std::size_t>(as)]))
            .object("peerMedia", media_of(media[static_cast<std::size_t>(other(as))]));
        if (auto at = m.accepted_at())
            o.text("acceptedAt", iso8601(*at));
        else
            o.raw("acceptedAt", "null");
    });
}

void write_peer_presence(json_object& o, call::display const& who, call::presence now) {
    write_display(o, who);
    o.text("status", to_string(now));
}

std::string render_contact(ports::related const& r, call::presence now) {
    return object_text(160, [&](json_object& o) {
        write_peer_presence(o, r.who, now);
        o.boolean("mutual", r.between.are_contacts);
    });
}

std::string render_user_online(call::display const& who, call::presence now) {
    return object_text(160, [&](json_object& o) {
        o.object("user", [&](json_object& user) { write_peer_presence(user, who, now); });
    });
}

std::string render_user_offline(account_id const& who, wall_time last_seen) {
    return object_text(120, [&](json_object& o) { o.text("userId", who.text()).text("lastSeen", iso8601(last_seen)); });
}

std::string render_busy(account_id const& to, call_id const& call) {
    return object_text(100, [&](json_object& o) { o.text("to", to.text()).id("callId", call); });
}

} // namespace ringback::gateway
