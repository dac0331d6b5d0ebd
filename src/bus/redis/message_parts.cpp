#include "bus/redis/message_parts.hpp"

#include "base/json_text.hpp"
#include "socketio/binary_placeholders.hpp"
#include "socketio/json_value.hpp"
#include "socketio/json_view.hpp"
#include "socketio/msgpack_reader.hpp"
#include "websocket/utf8.hpp"

namespace ringback::bus {

using namespace socketio;

std::optional<json_message> read_message(std::string_view bytes, message_limits const& limits) {
    if (bytes.empty() || bytes.size() > limits.max_bytes) return std::nullopt;
    if (bytes.front() == '{') {
        if (!websocket::is_utf8(bytes) || !check_json(bytes, limits.max_depth)) return std::nullopt;
        // Views of JSON take a value without blanks around it.
        return json_message{std::string{bytes.substr(0, bytes.find_last_of('}') + 1)}, {}};
    }
    json_message read;
    msgpack_reader in{bytes, limits.max_bytes};
    if (!in.value(read.text, read.attachments, limits.max_depth) || !in.at_end()) return std::nullopt;
    return read;
}

std::string_view member(std::string_view object, std::string_view name) {
    return find_member(object, name).value_or(std::string_view{});
}

std::optional<std::string> text_of(std::string_view raw) {
    if (kind_of(raw) == json_kind::number) return std::string{raw};
    return string_value(raw);
}

std::optional<std::vector<std::string>> texts_of(std::string_view raw) {
    std::vector<std::string> texts;
    if (raw.empty() || raw == "null") return texts;
    if (kind_of(raw) != json_kind::array) return std::nullopt;
    for (auto item : json_array_view{raw}) {
        auto text = text_of(item);
        if (!text) return std::nullopt;
        texts.push_back(std::move(*text));
    }
    return texts;
}

std::optional<audience> audience_of(std::string_view raw_options) {
    if (kind_of(raw_options) != json_kind::object) return std::nullopt;
    auto rooms = texts_of(member(raw_options, "rooms"));
    auto except = texts_of(member(raw_options, "except"));
    if (!rooms || !except) return std::nullopt;
    return audience{std::move(*rooms), std::move(*except)};
}

emit_flags flags_of(std::string_view raw_options) {
    auto flags = member(raw_options, "flags");
    return {.is_volatile = bool_value(member(flags, "volatile")).value_or(false),
            .compress = bool_value(member(flags, "compress")).value_or(true)};
}

bool read_event(std::string_view raw_array, std::vector<std::string> attachments, std::string& name,
                owned_content& content) {
    if (kind_of(raw_array) != json_kind::array) return false;
    auto items = json_array_view{raw_array};
    auto first = items.item(0);
    auto text = string_value(first);
    // A placeholder of the sender's own that names nothing would cost every receiver its connection.
    if (!text || (!attachments.empty() && !placeholders_fit(raw_array, static_cast<std::uint32_t>(attachments.size()))))
        return false;
    name = std::move(*text);
    auto rest = raw_array.substr(static_cast<std::size_t>(first.data() + first.size() - raw_array.data()));
    rest.remove_suffix(1);
    std::size_t from = rest.find_first_not_of(" \t\r\n,");
    content.args = from == std::string_view::npos ? std::string_view{} : rest.substr(from);
    content.attachments = std::move(attachments);
    return true;
}

owned_content content_of(std::string_view raw, std::vector<std::string> attachments) {
    owned_content content;
    if (!attachments.empty() && !placeholders_fit(raw, static_cast<std::uint32_t>(attachments.size()))) return content;
    content.args = raw;
    content.attachments = std::move(attachments);
    return content;
}

void append_texts(std::string& out, std::vector<std::string> const& texts) {
    out += '[';
    for (std::string const& text : texts) {
        if (out.back() != '[') out += ',';
        append_json_string(out, text);
    }
    out += ']';
}

void append_audience(std::string& out, audience const& of) {
    out += R"("rooms":)";
    append_texts(out, of.rooms);
    out += R"(,"except":)";
    append_texts(out, of.except);
}

void append_event_array(std::string& out, std::string_view name, std::string_view raw_args) {
    out += '[';
    append_json_string(out, name);
    if (!raw_args.empty()) out.append(",").append(raw_args);
    out += ']';
}

} // namespace ringback::bus
