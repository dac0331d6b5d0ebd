#include "gateway/payloads.hpp"

#include "base/clock.hpp"
#include "gateway/json_object.hpp"

#include <variant>

namespace ringback::gateway {
namespace {

constexpr std::size_t usual_size = 384; ///< without media credentials

auto display_of(call::display const& who) {
    return [&who](json_object& o) { write_display(o, who); };
}

void write_details(json_object& o, call::account const& who) {
    write_display(o, call::display_of(who));
    o.text("language", who.language).text("about", who.about);
}

void write_figures(json_object& o, call::figures const& f, call::side of) {
    o.number("durationInSeconds", f.duration_s);
    if (of == call::side::caller)
        o.number("coinsSpent", f.coins_spent);
    else
        o.number("coinsEarned", f.coins_earned);
}

/// The final notices; the others have no payload without their call.
struct final_writer {
    call_id const& call;
    call::side to;

    rendered_event operator()(call::rejected const& n) const { return with_reason("call:rejected", n.reason); }
    rendered_event operator()(call::missed const& n) const { return with_reason("call:missed", to_string(n.reason)); }
    rendered_event operator()(call::cancelled const& n) const { return with_reason("call:cancelled", reason_text(n)); }
    rendered_event operator()(call::ended const& n) const {
        return {"call:ended", object_text(140, [&](json_object& o) {
                    o.id("callId", call).text("reason", to_string(n.reason));
                    write_figures(o, n.figures, to);
                })};
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
    call::call_facts const& facts;
    std::string_view media;

    using final_writer::operator();
    rendered_event operator()(call::incoming const&) const {
        return {"call:incoming", object_text(usual_size, [&](json_object& o) {
                    o.id("callId", facts.id)
                        .text("callType", to_string(facts.type))
                        .object("caller", display_of(facts.caller.who))
                        .text("expiresAt", iso8601(facts.expires_at));
                })};
    }
    rendered_event operator()(call::ringing const&) const {
        return {"call:ringing", object_text(usual_size, [&](json_object& o) {
                    o.id("callId", facts.id).object("telecaller", display_of(facts.callee.who));
                })};
    }
    rendered_event operator()(call::accepted const&) const {
        return {"call:accepted", object_text(usual_size + media.size(), [&](json_object& o) {
                    o.id("callId", facts.id);
                    if (to == call::side::callee)
                        o.text("callType", to_string(facts.type)).object("caller", display_of(facts.caller.who));
                    o.raw("livekit", media);
                })};
    }
};

struct ok_writer {
    call::call_facts const& facts;
    std::string_view media;

    std::string operator()(call::ack_opened const& a) const {
        return ok([&](json_object& o) { o.text("expiresAt", iso8601(a.expires_at)); });
    }
    std::string operator()(call::ack_accepted const&) const {
        return ok([&](json_object& o) {
            o.text("callType", to_string(facts.type))
                .text("role", "callee")
                .object("peer", display_of(facts.caller.who))
                .raw("livekit", media);
        });
    }
    std::string operator()(call::ack_done const&) const { return render_done_ok(facts.id); }
    std::string operator()(call::ack_ended const& a) const { return render_ended_ok(a, facts.id); }
    // Between peers only (peer_payloads.cpp).
    std::string operator()(call::ack_joined const&) const { return render_done_ok(facts.id); }
    std::string operator()(call::ack_resumed const&) const { return render_done_ok(facts.id); }

    template <class Write>
    [[nodiscard]] std::string ok(Write&& write) const {
        return object_text(usual_size + media.size(), [&](json_object& o) {
            o.boolean("ok", true).id("callId", facts.id);
            write(o);
        });
    }
};

} // namespace

void write_display(json_object& o, call::display const& who) {
    o.text("_id", who.id.text()).text("name", call::name_in_payload(who)).text_or_null("profile", who.profile);
}

rendered_event render_notice(call::notice const& n, call::call_facts const& facts, call::side to,
                             std::string_view media) {
    return std::visit(notice_writer{{facts.id, to}, facts, media}, n);
}

rendered_event render_final(call::notice const& n, call_id const& call, call::side to) {
    return std::visit(final_writer{call, to}, n);
}

std::string render_ok(call::acknowledgement const& a, call::call_facts const& facts, std::string_view media) {
    return std::visit(ok_writer{facts, media}, a);
}

std::string render_ended_ok(call::ack_ended const& a, call_id const& call) {
    return object_text(140, [&](json_object& o) {
        o.boolean("ok", true).id("callId", call);
        write_figures(o, a.figures, a.side);
    });
}

std::string render_done_ok(call_id const& call) {
    return object_text(64, [&](json_object& o) { o.boolean("ok", true).id("callId", call); });
}

std::string render_refreshed_ok(call_id const& call, std::string_view media) {
    return object_text(64 + media.size(),
                       [&](json_object& o) { o.boolean("ok", true).id("callId", call).raw("livekit", media); });
}

std::string render_media(ports::media_credentials const& c) {
    return object_text(c.token.size() + c.url.size() + c.room.size() + 48, [&](json_object& o) {
        o.text("token", c.token.reveal()).text("url", c.url).text("roomName", c.room);
    });
}

std::string render_changed(call::call_facts const& facts, call::call_status now, call::closing const* closing) {
    return object_text(usual_size, [&](json_object& o) {
        o.id("callId", facts.id)
            .text("status", to_string(now))
            .text("callType", to_string(facts.type))
            .object("caller", display_of(facts.caller.who))
            .object("callee", display_of(facts.callee.who));
        if (!closing) return;
        o.text("endReason", to_string(closing->reason))
            .number("durationInSeconds", closing->figures.duration_s)
            .number("coinsSpent", closing->figures.coins_spent)
            .number("coinsEarned", closing->figures.coins_earned);
    });
}

std::string render_presence(account_id const& telecaller, call::presence now, call::account const* who) {
    return object_text(usual_size, [&](json_object& o) {
        o.text("telecallerId", telecaller.text()).text("presence", to_string(now));
        if (who)
            o.object("telecaller", [&](json_object& details) { write_details(details, *who); });
        else
            o.raw("telecaller", "null");
    });
}

void append_listed_telecaller(std::string& out, call::account const& who, call::presence now, call::tariff const& t) {
    append_object(out, [&](json_object& o) {
        write_details(o, who);
        o.text("presence", to_string(now)).object("rates", [&](json_object& rates) {
            rates.number("audio", t.audio.user).number("video", t.video.user);
        });
    });
}

} // namespace ringback::gateway
