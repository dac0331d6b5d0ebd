#include "redis/reply_reader.hpp"

#include <new>
#include <utility>

namespace ringback::redis {
/// hiredis calls these from C: they must not throw. A null pointer tells it that there is no memory. An item is built
/// in its place: the array above it has its size before the first item comes, so places never move.
struct reply_reader::building {
    static value& place(redisReadTask const* task) noexcept {
        if (!task->parent) return static_cast<reply_reader*>(task->privdata)->root_;
        auto& above = *static_cast<value*>(task->parent->obj);
        return std::get<std::vector<value>>(above.content_)[static_cast<std::size_t>(task->idx)];
    }

    static void* text(redisReadTask const* task, char* bytes, std::size_t size) noexcept {
        auto& here = place(task);
        if (task->type == REDIS_REPLY_ERROR)
            here.content_ = value::error_text{std::string(bytes, size)};
        else
            here.content_.emplace<std::string>(bytes, size);
        return &here;
    }

    static void* array(redisReadTask const* task, int size) noexcept {
        auto& reader = *static_cast<reply_reader*>(task->privdata);
        reader.promised_ += static_cast<std::size_t>(size);
        if (reader.promised_ > reader.max_items_) return nullptr;
        auto& here = place(task);
        here.content_.emplace<std::vector<value>>(static_cast<std::size_t>(size));
        return &here;
    }

    static void* integer(redisReadTask const* task, long long number) noexcept {
        auto& here = place(task);
        here.content_ = std::int64_t{number};
        return &here;
    }

    static void* nil(redisReadTask const* task) noexcept {
        auto& here = place(task);
        here.content_ = std::monostate{};
        return &here;
    }

    static void forget(void*) noexcept {} // the root is ours

    static inline redisReplyObjectFunctions functions{text, array, integer, nil, forget};
};

void reply_reader::freed::operator()(redisReader* reader) const noexcept { redisReaderFree(reader); }

reply_reader::reply_reader(std::size_t max_items)
    : max_items_{max_items},
      reader_{redisReaderCreateWithFunctions(&building::functions)} {
    if (!reader_) throw std::bad_alloc{};
    reader_->privdata = this;
}

reply_reader::~reply_reader() = default;

void reply_reader::feed(std::string_view bytes) {
    // A failure is kept in the reader and told by next().
    (void)redisReaderFeed(reader_.get(), bytes.data(), bytes.size());
}

std::expected<std::optional<value>, std::string> reply_reader::next() {
    void* whole = nullptr;
    if (redisReaderGetReply(reader_.get(), &whole) != REDIS_OK) return std::unexpected{std::string{reader_->errstr}};
    if (!whole) return std::nullopt;
    promised_ = 0;
    return std::exchange(root_, value{});
}

} // namespace ringback::redis
