#include "app/secret_files.hpp"

#include "app/settings_table.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <ranges>
#include <string_view>
#include <utility>
#include <variant>

namespace ringback::app {
namespace {

struct file_key {
    std::string_view section, secret, file;
};
constexpr std::array file_keys{
    file_key{"auth", "secret", "secret_file"},
    file_key{"cluster", "redis_url", "redis_url_file"},
    file_key{"livekit", "api_secret", "api_secret_file"},
    file_key{"turn", "secret", "secret_file"},
    file_key{"webhooks", "secret", "secret_file"},
};

std::optional<std::string> first_bytes(std::filesystem::path const& file) {
    constexpr std::size_t most = 64 * 1024; // a device file would never end
    std::error_code ec;
    std::ifstream in{file, std::ios::binary};
    if (std::filesystem::is_directory(file, ec) || !in) return std::nullopt;
    std::string text(most, '\0');
    in.read(text.data(), most);
    if (in.bad()) return std::nullopt;
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

void strip_line_end(std::string& text) {
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
}

/// Where a setting can be two secrets, each has a line of the file.
raw_value value_of(setting_key const& secret, std::string text) {
    if (!std::holds_alternative<secrets_kind>(secret.kind)) return {raw_value::bare_text{std::move(text)}};
    raw_value::list lines;
    for (auto line : std::views::split(text, '\n')) {
        lines.emplace_back(line.begin(), line.end());
        if (lines.back().ends_with('\r')) lines.back().pop_back();
    }
    return {std::move(lines)};
}

void read_one(settings& s, file_key const& names, setting_errors& errors) {
    auto const* secret = find_setting(names.section, names.secret);
    auto const* file = find_setting(names.section, names.file);
    auto const& path = std::get<text_kind>(file->kind).where.of(s);
    if (path.empty()) return;
    auto prefix = std::string{names.section}.append(".");
    auto refuse = [&](std::string_view why) {
        errors.push_back(prefix + std::string{names.file} + " = " + file->toml(s) + ": " + std::string{why});
    };

    if (secret->toml(s) != secret->toml(settings{}))
        return refuse("allowed is one of " + prefix + std::string{names.secret} + " and " + prefix +
                      std::string{names.file} + ", not both");
    auto text = first_bytes(path);
    if (!text) return refuse("the file cannot be read");
    strip_line_end(*text);
    if (text->empty()) return refuse("the file has to hold a secret");
    if (!secret->read(s, value_of(*secret, *std::move(text)))) refuse("the file has to hold " + secret->allowed());
}

} // namespace

void read_secret_files(settings& s, setting_errors& errors) {
    for (auto const& names : file_keys)
        read_one(s, names, errors);
}

} // namespace ringback::app
