#pragma once

#include "redis/value.hpp"

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
    reply_reader();
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

    value root_; ///< the reply that is being read
    std::unique_ptr<redisReader, freed> reader_;
};

} // namespace ringback::redis
