// One process of a cluster over Redis, whose clients make it do what tests/e2e wants to see other nodes hear.
//
//     cluster_server --redis URL [--port N] [--shards N] [--most-rooms N] [--timeout MS] [--specific]
//                    [--streams] [--recovery MS] [--max-entries N]
//
// With --streams it joins the cluster of the streams adapter instead of the classic one; --recovery is for how long a
// lost session is kept. It writes `listening on port N`. In the namespaces `/` and `/other`, and in `/dynamic-…` which
// live as long as they have clients:
//
//     join room / leave room   → acknowledged when other nodes reach it
//     data json                → the socket's data
//     emit to event …          → the event to `to`, {rooms, except, local, volatile}
//     ask to event …           → the same with acknowledgements, for at most `to.timeout` ms: (complete, asked,
//     answers) change to kind rooms     → kind is join, leave, disconnect or close fetch to                 → the
//     sockets: [{id, rooms, data, address, headers, query, issued, secure}] tell event …             → to the other
//     servers consult event …          → the same with answers: (complete, answers)
//
// A server event `hello` of another node is emitted to all sockets here as `hello` and answered with its first argument
// in capitals; `silent` is never answered.
#include "base/json_text.hpp"
#include "base/log.hpp"
#include "bus/redis/classic_link.hpp"
#include "bus/redis/streams_link.hpp"
#include "net/end_signals.hpp"
#include "net/server.hpp"
#include "net/socketio_server.hpp"
#include "socketio/arguments.hpp"
#include "socketio/json_value.hpp"
#include "socketio/json_view.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace ringback;
using namespace std::chrono_literals;
using namespace socketio;

namespace {

std::string text(std::string_view raw) { return string_value(raw).value_or(""); }

std::vector<std::string> texts(std::string_view raw) {
    std::vector<std::string> all;
    for (auto item : json_array_view{raw})
        all.push_back(text(item));
    return all;
}

/// The first argument says whom.
broadcast_operator target(socketio::socket& s, event const& e) {
    auto member = [&](std::string_view name) { return find_member(e.first_arg(), name).value_or(""); };
    auto to = s.of().all();
    for (auto const& room : texts(member("rooms")))
        to.to(room);
    for (auto const& room : texts(member("except")))
        to.except(room);
    if (member("local") == "true") to.local();
    if (member("volatile") == "true") to.as_volatile();
    if (auto ms = integer_value(member("timeout"))) to.timeout(std::chrono::milliseconds{*ms});
    return to;
}

/// The arguments from the `index`-th on.
std::string_view rest(event const& e, std::size_t index) {
    auto first = e.arg(index);
    return first.empty() ? first : e.args.substr(static_cast<std::size_t>(first.data() - e.args.data()));
}

/// What a closure may keep to answer later.
auto answering(socketio::socket& s, event const& e) {
    return [who = s.handle(), id = e.ack_id](std::string const& args) {
        if (socketio::socket* still = who.get()) still->acknowledge(id, args);
    };
}

json_text described(socket_description const& s) {
    return object("id", s.id, "rooms", s.rooms, "data", json_text{s.data}, "address", s.address, "headers", s.headers,
                  "query", s.query, "issued", s.issued_ms, "secure", s.secure);
}

std::string listed(std::vector<std::string> const& raw) {
    std::string all = "[";
    for (auto const& one : raw)
        all.append(all.size() > 1 ? "," : "").append(one);
    return all += ']';
}

void ask(socketio::socket& s, event const& e) {
    target(s, e).emit_with_ack(
        text(e.arg(1)), rest(e, 2),
        [answer = answering(s, e)](broadcast_answers got) {
            std::vector<std::string> acks;
            for (auto const& ack : got.acks)
                acks.push_back("[" + ack.args + "]");
            answer(arguments(got.complete, got.asked, json_text{listed(acks)}));
        },
        e.attachments);
}

void change(socketio::socket& s, event const& e) {
    auto kind = text(e.arg(1));
    if (kind == "join") target(s, e).sockets_join(texts(e.arg(2)));
    if (kind == "leave") target(s, e).sockets_leave(texts(e.arg(2)));
    if (kind == "disconnect" || kind == "close") target(s, e).disconnect_sockets(kind == "close");
    s.acknowledge(e.ack_id);
}

void fetch(socketio::socket& s, event const& e) {
    target(s, e).fetch_sockets([answer = answering(s, e)](std::vector<socket_description> found) {
        std::vector<std::string> all;
        for (auto const& one : found)
            all.push_back(described(one).text);
        answer(listed(all));
    });
}

void serve(nsp& where) {
    where.on("join", [](socketio::socket& s, event const& e) {
        s.join(text(e.first_arg()));
        s.of().when_joined([answer = answering(s, e)] { answer({}); });
    });
    where.on("leave", [](socketio::socket& s, event const& e) {
        s.leave(text(e.first_arg()));
        s.acknowledge(e.ack_id);
    });
    where.on("data", [](socketio::socket& s, event const& e) {
        s.set_data(std::string{e.first_arg()});
        s.acknowledge(e.ack_id);
    });
    where.on("emit", [](socketio::socket& s, event const& e) {
        target(s, e).emit(text(e.arg(1)), rest(e, 2), e.attachments);
        s.acknowledge(e.ack_id);
    });
    where.on("ask", ask).on("change", change).on("fetch", fetch);
    where.on("tell", [](socketio::socket& s, event const& e) {
        s.of().server_side_emit(text(e.first_arg()), std::string{rest(e, 1)});
        s.acknowledge(e.ack_id);
    });
    where.on("consult", [](socketio::socket& s, event const& e) {
        s.of().server_side_emit(text(e.first_arg()), std::string{rest(e, 1)},
                                [answer = answering(s, e)](std::vector<std::string> answers, bool complete) {
                                    answer(arguments(complete, json_text{listed(answers)}));
                                });
    });
    if (where.owner().shard() > 0) return;
    where.on_server_side("hello", [&where](std::string_view args, nsp::server_reply reply) {
        where.all().local().emit("hello", args);
        auto said = text(json_array_view::of_items(args).item(0));
        for (char& c : said)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
        reply(arguments(said));
    });
    where.on_server_side("silent", [](std::string_view, nsp::server_reply) {});
}

} // namespace

int main(int argc, char** argv) {
    start_logging("info", log_format::text);
    net::server_config config;
    hub_config sockets;
    bus::classic_config classic;
    bus::streams_config streams;
    bool has_streams = false;
    std::string url;
    config.listen = {{"127.0.0.1", 0}};
    config.shards = 2;
    for (int i = 1; i < argc; ++i) {
        std::string_view option = argv[i];
        if (option == "--specific") classic.publish_on_specific_response_channel = true;
        if (option == "--streams") has_streams = true;
        if (i + 1 == argc) break;
        if (option == "--redis") url = argv[i + 1];
        if (option == "--port") config.listen[0].port = static_cast<std::uint16_t>(std::atoi(argv[i + 1]));
        if (option == "--shards") config.shards = static_cast<std::uint32_t>(std::atoi(argv[i + 1]));
        if (option == "--most-rooms") classic.most_room_channels = static_cast<std::size_t>(std::atoi(argv[i + 1]));
        if (option == "--max-entries") streams.max_entries = static_cast<std::size_t>(std::atoi(argv[i + 1]));
        if (option == "--recovery") sockets.recovery.window = std::chrono::milliseconds{std::atoi(argv[i + 1])};
        if (option == "--timeout")
            classic.cluster.requests_timeout = streams.cluster.requests_timeout =
                std::chrono::milliseconds{std::atoi(argv[i + 1])};
    }
    auto redis = redis::parse_url(url);
    if (!redis) {
        spdlog::error("--redis: {}", redis.error());
        return 2;
    }

    net::end_signals ends;
    net::server server{config};
    auto join = [&](shard_adapter::poster post) {
        auto first = server.at(0).loop().get_executor();
        return has_streams ? bus::make_streams_adapter(std::move(post), first, *redis, streams)
                           : bus::make_classic_adapter(std::move(post), first, *redis, classic);
    };
    net::socketio_server io{server, sockets, machine_clock(), join};
    io.set_up([](hub& hub) {
        serve(hub.of("/"));
        serve(hub.of("/other"));
        serve(hub.of([](std::string_view name, std::string_view) { return name.starts_with("/dynamic-"); }));
    });
    server.start();
    fmt::print("listening on port {}\n", server.bound()[0].port);
    std::fflush(stdout);
    (void)ends.wait();
    server.stop();
}
