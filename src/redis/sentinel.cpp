#include "redis/sentinel.hpp"

#include "redis/command.hpp"

#include <array>

namespace ringback::redis {
namespace {

std::optional<endpoint> endpoint_of(std::string_view host, std::optional<std::int64_t> port) {
    if (host.empty() || !port || *port < 1 || *port > 65'535) return std::nullopt;
    return endpoint{std::string{host}, static_cast<std::uint16_t>(*port)};
}

} // namespace

std::string question_for_master(std::string_view name) { return command("SENTINEL", "get-master-addr-by-name", name); }

std::optional<endpoint> master_in(value const& answer) {
    auto parts = answer.items();
    if (parts.size() != 2) return std::nullopt;
    return endpoint_of(parts[0].text(), parts[1].integer());
}

std::optional<endpoint> master_in_change(std::string_view message, std::string_view name) {
    std::array<std::string_view, 5> words; // name, old address, old port, new address, new port
    for (auto& word : words) {
        auto end = message.find(' ');
        word = message.substr(0, end);
        message.remove_prefix(end == message.npos ? message.size() : end + 1);
    }
    if (words[0] != name || !message.empty()) return std::nullopt;
    return endpoint_of(words[3], value::of_text(std::string{words[4]}).integer());
}

} // namespace ringback::redis
