#include "store/sql/words.hpp"

#include <algorithm>
#include <array>

namespace ringback::store {

namespace {

struct word {
    std::string_view name, sqlite, postgres;
};

constexpr std::array words{
    word{"{integer}", "INTEGER", "BIGINT"},
    word{"{key_text}", "TEXT", "TEXT COLLATE \"C\""},
    word{"{number_key}", "INTEGER NOT NULL PRIMARY KEY", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"},
    word{"{strict}", "STRICT", ""},
    word{"{strict_by_key}", "STRICT, WITHOUT ROWID", ""},
    word{"{for_update}", "", "FOR UPDATE"},
    word{"{for_share}", "", "FOR SHARE"},
    word{"{least}", "MIN", "LEAST"},
    word{"{greatest}", "MAX", "GREATEST"},
};
constexpr std::string_view only_sqlite = "{sqlite}", only_postgres = "{postgres}";

} // namespace

database database_of(soci::session& sql) {
    return sql.get_backend_name() == "postgresql" ? database::postgres : database::sqlite;
}

std::string spoken(std::string_view text, database which) {
    if (text.starts_with(which == database::sqlite ? only_postgres : only_sqlite)) return {};
    for (auto mark : {only_sqlite, only_postgres})
        if (text.starts_with(mark)) text.remove_prefix(mark.size());
    std::string made;
    while (!text.empty()) {
        auto const brace = text.find('{');
        made.append(text.substr(0, brace));
        if (brace == std::string_view::npos) break;
        text.remove_prefix(brace);
        auto const* found = std::ranges::find_if(words, [&](word const& w) { return text.starts_with(w.name); });
        if (found == words.end()) {
            made.push_back('{');
            text.remove_prefix(1);
            continue;
        }
        made.append(which == database::sqlite ? found->sqlite : found->postgres);
        text.remove_prefix(found->name.size());
    }
    return made;
}

} // namespace ringback::store
