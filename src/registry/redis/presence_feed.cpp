#include "registry/redis/presence_feed.hpp"

#include "registry/redis/bounds.hpp"

#include <algorithm>
#include <utility>

namespace ringback::registry {

void presence_feed::begin_at(std::uint64_t version) { known_ = std::max(known_, version); }

std::vector<published> presence_feed::hear(std::string_view text) {
    std::vector<published> news;
    if (!is_behind_)
        take(text, news);
    else if (waiting_.size() < bounds::changes_kept) // beyond it the stream has them
        waiting_.emplace_back(text);
    return news;
}

std::vector<published> presence_feed::caught_up(std::vector<std::string_view> const& texts) {
    std::vector<published> news;
    for (std::string_view text : texts)
        take(text, news);
    for (std::string const& text : std::exchange(waiting_, {}))
        take(text, news);
    is_behind_ = false;
    return news;
}

// Scripts publish in the order of the versions.
void presence_feed::take(std::string_view text, std::vector<published>& news) {
    auto p = read_published(text);
    if (!p) return;
    std::erase_if(p->changes, [&](ports::presence_change const& c) { return c.version <= known_; });
    if (p->changes.empty()) return;
    known_ = p->changes.back().version;
    news.push_back(*std::move(p));
}

} // namespace ringback::registry
