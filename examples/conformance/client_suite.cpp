#include "client_suite.hpp"

#include "base/clock.hpp"
#include "base/json_text.hpp"
#include "socketio/handshake.hpp"
#include "socketio/json_value.hpp"
#include "socketio/json_view.hpp"
#include "socketio/task.hpp"

#include <boost/asio/steady_timer.hpp>

#include <memory>

namespace conformance {

using namespace ringback;
using namespace ringback::socketio;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view first_attachment = R"({"_placeholder":true,"num":0})";

std::string now_json(socketio::socket& s) { return json_string(iso8601(s.of().owner().now().wall)); }

bool is_binary(std::string_view raw) { return raw == first_attachment; }

void serve_texts(nsp& main) {
    main.on("hi", [](socketio::socket& s, event const&) { s.emit("hi"); })
        .on("echo",
            [](socketio::socket& s, event const& e) {
                if (e.ack_id) s.acknowledge(*e.ack_id, e.first_arg(), e.attachments);
            })
        .on("false", [](socketio::socket& s, event const&) { s.emit("false", "false"); })
        .on("getUtf8",
            [](socketio::socket& s, event const&) {
                for (auto text : {"てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string"})
                    s.emit("takeUtf8", json_string(text));
            })
        .on("getDate", [](socketio::socket& s, event const&) { s.emit("takeDate", now_json(s)); })
        .on("getDateObj",
            [](socketio::socket& s, event const&) { s.emit("takeDateObj", R"({"date":)" + now_json(s) + "}"); })
        .on("getAckDate",
            [](socketio::socket& s, event const& e) {
                if (e.ack_id) s.acknowledge(*e.ack_id, now_json(s));
            })
        .on("ack", [](socketio::socket& s, event const&) -> task {
            auto who = s.handle();
            auto answer = co_await who.ask("ack");
            socketio::socket* still = who.get();
            if (!still || !answer) co_return;
            auto args = json_array_view::of_items(answer->args);
            auto test = find_member(args.item(1), "test");
            if (args.item(0) == "5" && test && bool_value(*test) != false) still->emit("got it");
        });
}

void serve_binary(nsp& main) {
    static std::vector<std::string> const sample{"asdfasdf"};
    main.on("doge", [](socketio::socket& s, event const&) { s.emit("doge", first_attachment, sample); })
        .on("getbin", [](socketio::socket& s, event const&) { s.emit("takebin", first_attachment, sample); });
    auto answer_binary = [&](std::string asked, std::string_view answer) {
        main.on(std::move(asked), [answer](socketio::socket& s, event const& e) {
            if (is_binary(e.first_arg())) s.emit(answer);
        });
    };
    auto answer_mixed = [&](std::string asked, std::string_view answer) {
        main.on(std::move(asked), [answer](socketio::socket& s, event const& e) {
            auto member = [&](std::string_view name) { return find_member(e.first_arg(), name).value_or(""); };
            if (string_value(member("hello")) == "lol" && is_binary(member("message")) &&
                string_value(member("goodbye")) == "gotcha")
                s.emit(answer);
        });
    };
    answer_binary("buffa", "buffack");
    answer_binary("blob", "back");
    answer_mixed("jsonbuff", "jsonbuff-ack");
    answer_mixed("jsonblob", "jsonblob-ack");
    // The last of a series is answered when all came in their order.
    auto answer_series = [&](std::vector<std::string> series, std::string_view answer) {
        auto key = series.back();
        for (std::size_t i = 0; i < series.size(); ++i)
            main.on(series[i], [i, last = series.size() - 1, answer, key](socketio::socket& s, event const&) {
                auto seen = integer_value(find_member(s.data(), key).value_or("0"));
                if (seen != static_cast<std::int64_t>(i)) return;
                s.set_data("{" + json_string(key) + ":" + std::to_string(i + 1) + "}");
                if (i == last) s.emit(answer);
            });
    };
    answer_series({"abuff1", "abuff2"}, "abuff2-ack");
    answer_series({"blob1", "blob2", "blob3"}, "blob3-ack");
}

} // namespace

void configure_client_suite(net::server_config& engine, hub_config& sockets) {
    engine.listen = {{"127.0.0.1", 3210}, {"::1", 3210}}; // `localhost` may be either
    engine.engine.ping_interval = 2s;
    sockets.recovery.window = 2min;
}

void delay_handshakes(net::server& server) {
    server.set_allow_request([&server](net::http_request const&, net::admission_decision decision) {
        // The hook answers from any thread: that of the first shard keeps the time.
        auto& loop = server.at(0).loop();
        auto wait = std::make_shared<boost::asio::steady_timer>(loop, 10ms);
        wait->async_wait(
            [wait, decision = std::move(decision)](boost::system::error_code) mutable { decision.allow(); });
    });
}

void serve_client_suite(hub& hub) {
    auto tell_id = [](socketio::socket& s, event const& e) {
        if (e.ack_id) s.acknowledge(*e.ack_id, json_string(s.id()));
    };
    hub.of("/foo").on("getId", tell_id);
    for (auto name : {"/timeout_socket", "/valid", "/asd"})
        hub.of(name);
    hub.of("/abc").on_connection(
        [](socketio::socket& s) { s.emit("handshake", handshake_json(s.request(), s.auth())); });
    hub.of("/no").use([](socketio::socket&, admission decision) { decision.refuse("Auth failed (custom namespace)"); });
    nsp& main = hub.of("/");
    main.use([](socketio::socket& s, admission decision) {
        if (find_member(query_json(s.request().query), "fail"))
            decision.refuse("Auth failed (main namespace)");
        else
            decision.accept();
    });
    main.on_connection([](socketio::socket& s) {
        s.on("getHandshake", [handshake = handshake_json(s.request(), s.auth())](socketio::socket& me, event const& e) {
            if (e.ack_id) me.acknowledge(*e.ack_id, handshake);
        });
    });
    main.on("getId", tell_id);
    serve_texts(main);
    serve_binary(main);
}

} // namespace conformance
