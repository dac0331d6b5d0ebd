#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace ringback::socketio {

/// What comes from several shards or nodes and is handed on when the last has reported. One thread.
template <class Sum, class Handler>
struct gathering {
    std::size_t missing;
    Handler then;
    Sum sum{};

    template <class Add>
    void report(Add&& add) {
        add(sum);
        if (--missing == 0) then(std::move(sum));
    }
};

template <class T>
void append_all(std::vector<T>& to, std::vector<T> from) {
    std::ranges::move(from, std::back_inserter(to));
}

} // namespace ringback::socketio
