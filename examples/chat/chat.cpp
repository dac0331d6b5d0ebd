#include "chat.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace ringback::chat {
using namespace socketio;
using namespace std::chrono_literals;
namespace {

constexpr std::string_view everybody = "members";
constexpr std::size_t max_name_bytes = 64;
constexpr std::size_t max_text_bytes = 4000;
constexpr auto quiet_after = 3s;

/// A socket has one once it has joined.
struct member final : socket_state {
    explicit member(std::string n) : name{std::move(n)} {}
    std::string name;
    std::uint32_t keystrokes = 0;
    bool is_typing = false;
};

/// The text of an argument without the blanks around it; empty when it is no string or longer than `most`.
std::string text_of(std::string_view raw, std::size_t most) {
    std::string text = string_value(raw).value_or("");
    auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    text.erase(text.begin(), std::ranges::find_if_not(text, is_blank));
    while (!text.empty() && is_blank(text.back()))
        text.pop_back();
    return text.size() <= most ? text : "";
}

void refuse(socket& s, event const& e, std::string_view why) {
    s.acknowledge(e.ack_id, arguments(object("ok", false, "why", why)));
}

void stop_typing(socket& s) {
    if (std::exchange(s.state<member>().is_typing, false)) s.to(everybody).emit("quiet", arguments(s.id()));
}

/// Nobody says that they stopped typing, and who vanishes cannot: each keystroke waits a while, and the last one tells.
task on_typing(socket& s, event const&) {
    if (!s.has_state()) co_return;
    auto& typist = s.state<member>();
    std::uint32_t stroke = ++typist.keystrokes;
    if (!std::exchange(typist.is_typing, true)) s.to(everybody).emit("typing", arguments(s.id(), typist.name));

    socket_handle who = s.handle(); // s may have ended when the time is over
    co_await who.wait(quiet_after);
    if (socket* still = who.get(); still && still->state<member>().keystrokes == stroke) stop_typing(*still);
}

} // namespace

void chat_room::set_up(hub& hub) {
    hub.of("/")
        .on_connection([this](socket& s) {
            // After a short loss a client is the same socket as before, with its room and what was said meanwhile.
            if (!s.is_recovered()) return;
            enter(s, string_value(find_member(s.data(), "name").value_or("")).value_or(""));
            s.emit("members", arguments(members_.load()));
        })
        .on("join", [this](socket& s, event const& e) { on_join(s, e); })
        .on("say", [this](socket& s, event const& e) { on_say(s, e); })
        .on("typing", on_typing)
        .on_disconnect([this](socket& s, disconnect_reason, moment) { leave(s); });
}

void chat_room::on_join(socket& s, event const& e) {
    if (s.has_state()) return refuse(s, e, "You are here already.");
    std::string name = text_of(e.first_arg(), max_name_bytes);
    if (name.empty()) return refuse(s, e, "Choose a name of 1 to 64 bytes.");
    s.set_data(object("name", name).text);
    s.join(everybody);
    enter(s, std::move(name));
    s.acknowledge(e.ack_id, arguments(object("ok", true, "members", members_.load())));
}

void chat_room::enter(socket& s, std::string name) {
    if (name.empty()) return; // it was lost before it had joined
    unsigned now_here = ++members_;
    s.to(everybody).emit("joined", arguments(name, now_here));
    s.keep(std::make_unique<member>(std::move(name)));
}

void chat_room::leave(socket& s) {
    if (!s.has_state()) return;
    stop_typing(s);
    unsigned still_here = --members_;
    s.to(everybody).emit("left", arguments(s.state<member>().name, still_here));
}

void chat_room::on_say(socket& s, event const& e) {
    if (!s.has_state()) return refuse(s, e, "Join first.");
    std::string text = text_of(e.first_arg(), max_text_bytes);
    if (text.empty()) return refuse(s, e, "A message has 1 to 4000 bytes.");
    stop_typing(s);
    s.to(everybody).emit("said", arguments(s.state<member>().name, text, iso8601(s.of().owner().now().wall)));
    s.acknowledge(e.ack_id, arguments(object("ok", true)));
}

} // namespace ringback::chat
