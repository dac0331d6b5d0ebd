#pragma once

#include "base/ids.hpp"
#include "call/call_types.hpp"
#include "ports/call_registry.hpp"
#include "redis/value.hpp"
#include "registry/redis/cluster_news.hpp"

#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The texts in which our scripts and we talk to each other. What cannot be read is nullopt, or left out of a list. So
/// is what has times that cannot be reckoned with from `now` on.
namespace ringback::registry {

/// The arguments of a script: four words about who speaks, which are filled in when it is sent, and the script's own.
class script_words {
public:
    script_words() : words_(4) {}

    script_words& add(std::string word) {
        words_.push_back(std::move(word));
        return *this;
    }
    template <std::integral Number>
    script_words& add(Number number) {
        return add(std::to_string(+number));
    }
    template <typename Enum>
        requires std::is_enum_v<Enum>
    script_words& add(Enum value) {
        return add(static_cast<unsigned>(value));
    }
    void speak_as(std::uint32_t node, std::string shard, std::uint64_t session, std::string epoch) {
        words_[0] = std::to_string(node);
        words_[1] = std::move(shard);
        words_[2] = std::to_string(session);
        words_[3] = std::move(epoch);
    }
    [[nodiscard]] std::span<std::string const> all() const noexcept { return words_; }

private:
    std::vector<std::string> words_;
};

[[nodiscard]] std::string text_of(call::device_ref const& device); ///< `realm node shard slot generation`
[[nodiscard]] std::optional<call::device_ref> read_device(std::string_view text);
[[nodiscard]] std::vector<call::device_ref> read_devices(redis::value const& list);
[[nodiscard]] std::optional<ports::involvement> read_involvement(std::string_view text);
[[nodiscard]] std::optional<ports::presence_change> read_change(std::string_view text);
[[nodiscard]] ports::presence_changes read_changes(redis::value const& list);
[[nodiscard]] std::optional<departure> read_departure(redis::value const& item, moment now);
/// An event as it was kept; `until.mono` is reckoned from `now`.
[[nodiscard]] std::optional<ports::kept_event> read_kept(std::string_view text, account_id const& account, moment now);

/// What a script published: the node that it ran for, and the changes.
struct published {
    std::uint32_t node = 0;
    ports::presence_changes changes;
};
[[nodiscard]] std::optional<published> read_published(std::string_view text);

/// The item of this number, nil when there is none.
[[nodiscard]] redis::value const& item(redis::value const& list, std::size_t number);

/// A call that rings for longer than it may: `call node shard times`, how often some node has heard that of it.
struct overdue_call {
    call_id call;
    place home;
    std::uint32_t times = 0;
};
[[nodiscard]] std::optional<overdue_call> read_overdue(std::string_view text);
[[nodiscard]] std::optional<std::uint32_t> read_node(redis::value const& number);

} // namespace ringback::registry
