#pragma once

#include "socketio/socket_handle.hpp"

#include <coroutine>

namespace ringback::socketio {

/// What a coroutine returns that nobody waits for: the handler of an event or a connection, or a middleware. It runs at
/// once until it first suspends, goes on on the shard's thread, and frees itself at its end. Reference parameters and
/// views end with the first suspension: take socket::handle() and event::to_owned() before. The callable of a coroutine
/// handler lives as long as it is registered, so its captures do too.
///
///     nsp.on("order", [](socket& s, event const& e) -> task {
///         auto who = s.handle();                             // s may end while this waits
///         auto ack = e.ack_id;
///         auto answer = co_await who.ask("confirm", {}, 5s); // expected<owned_content, ack_error>
///         if (socket* still = who.get(); still && ack && answer) still->acknowledge(*ack, "true");
///     });
///
/// An exception that leaves it is told to hub_config::on_task_error and closes the client it ran for; without a socket
/// among the coroutine's parameters there is nobody to tell, and the process ends as with a thread's.
struct task {
    struct promise_type {
        promise_type() = default;
        template <class... Rest>
        explicit promise_type(socket& s, Rest const&...) : for_whom_{handle_of(s)} {}
        template <class Callable, class... Rest>
        promise_type(Callable const&, socket& s, Rest const&...) : for_whom_{handle_of(s)} {}

        task get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception();

    private:
        static socket_handle handle_of(socket& s);
        socket_handle for_whom_;
    };
};

} // namespace ringback::socketio
