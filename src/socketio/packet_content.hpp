#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::socketio {

/// What an event or an acknowledgement carries. `args` is raw JSON: the arguments separated by commas, or empty. A
/// binary argument is an attachment, and `{"_placeholder":true,"num":i}` stands for it in `args`. Views live as long
/// as what they were made from.
struct packet_content {
    std::string_view args{};
    std::span<std::string const> attachments{};
};

/// The same, to be kept.
struct owned_content {
    std::string args;
    std::vector<std::string> attachments{};

    owned_content() = default;
    explicit owned_content(packet_content const& what)
        : args{what.args},
          attachments{what.attachments.begin(), what.attachments.end()} {}
    [[nodiscard]] packet_content view() const noexcept { return {args, attachments}; }
};

} // namespace ringback::socketio
