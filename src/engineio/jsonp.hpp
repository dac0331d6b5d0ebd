#pragma once

#include <string>
#include <string_view>

namespace ringback::engineio {

/// Polling through script elements, for pages without XMLHttpRequest (query key `j`, every revision).

/// The script that answers a GET: it calls `___eio[index]` with the payload. `index` is request_query::jsonp, digits
/// only. U+2028 and U+2029 are escaped: JSON allows them in strings, older JavaScript does not.
[[nodiscard]] std::string jsonp_script(std::string_view index, std::string_view payload);

/// The payload in a POSTed form's field `d`; empty when there is none. Clients write `\n` for a line break, which forms
/// would turn into CRLF, and `\\n` for those two characters.
[[nodiscard]] std::string jsonp_payload(std::string_view form);

} // namespace ringback::engineio
