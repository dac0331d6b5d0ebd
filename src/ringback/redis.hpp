#pragma once

/// What a program includes that joins its Socket.IO server to others over Redis, its own and those of Node.js: the
/// target `ringback::redis`. docs/library.md is its manual.

#include "bus/redis/classic_link.hpp"
#include "bus/redis/streams_link.hpp"
#include "redis/config.hpp"
