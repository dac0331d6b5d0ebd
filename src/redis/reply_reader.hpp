#pragma once

#include "redis/value.hpp"

#include <cstddef>
#include <expected>
#include <hiredis/read.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ringback::redis {

/// Cuts a stream of bytes into replies, however it is chunked. The parser is hiredis'; the replies are built as values
/// at once, without a copy in between.
class reply_reader {
public:
    /// More than any reply of ours has.
    static constexpr std::size_t most_items = 16 * 1024 * 1024;

    /// `max_items`: of all arrays of one reply. Their places are made before they come: a server gone wrong must not
    /// make us reserve gigabytes.
    explicit reply_reader(std::size_t max_items = most_items);
    reply_reader(reply_reader const&) = delete;
    reply_reader& operator=(reply_reader const&) = delete;
    ~reply_reader();

    void feed(std::string_view bytes);
    /// The next whole reply; none: it needs more bytes. An error is for ever: what follows cannot be told apart.
    [[nodiscard]] std::expected<std::optional<value>, std::string> next();

private:
    struct building; // what hiredis calls
    struct freed {
        void operator()(redisReader* reader) const noexcept;
    };

    std::size_t const max_items_;
    value root_;               ///< the reply that is being read
    std::size_t promised_ = 0; ///< items of its arrays, whether they have come or not
    std::unique_ptr<redisReader, freed> reader_;
};

} // namespace ringback::redis
