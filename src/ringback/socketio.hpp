#pragma once

/// The whole library, `ringback::socketio`: what a program includes that wants to be a Socket.IO server.
/// docs/library.md is its manual. Layers, from below: base, websocket (RFC 6455), engineio (Engine.IO v4 and v3),
/// socketio (Socket.IO v5), net (sockets, HTTP, threads).

#include "base/base64.hpp"
#include "base/json_text.hpp"
#include "base/log.hpp"
#include "net/end_signals.hpp"
#include "net/server.hpp"
#include "net/socketio_server.hpp"
#include "net/static_files.hpp"
#include "socketio/arguments.hpp"
#include "socketio/hub.hpp"
#include "socketio/json_value.hpp"
#include "socketio/json_view.hpp"
#include "socketio/task.hpp"
