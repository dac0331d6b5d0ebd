"""Turns docs/library.md into sources that a compiler can judge. The page's blocks: `cmake` and the `cpp` block with a
main are the project of its quick start; `cpp file` blocks stand in a namespace; other `cpp` blocks are statements. Its
tables of settings become comparisons with the structs that they are about, and have to name every field."""
import re

BLOCK = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What the page says that its examples have around them.
NAMES = ("net::server_config& config, net::server& server, net::socketio_server& io, socketio::hub& hub, "
         "socketio::nsp& chat, socketio::socket& s, socketio::event const& e")
HEAD = """#include <ringback/redis.hpp>
#include <ringback/socketio.hpp>

#include <iostream>
#include <regex>
#include <thread>

using namespace ringback;
namespace sio = ringback::socketio;
using namespace std::chrono_literals;
"""
FIELD = re.compile(r"^    [\w:<>, ()]+?[ >](\w+)(?:\{.*\}| = .*)?;", re.MULTILINE)


def settings_of(page):
    """{struct: {field: default or None}} from the tables headed `setting of …`."""
    tables, struct = {}, None
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("| ") else []
        head = re.match(r"setting of `([\w:]+)`", cells[0]) if cells else None
        if head:
            struct = tables[head.group(1)] = {}
        elif not cells:
            struct = None if not line.startswith("|") else struct
        elif struct is not None and cells[0].startswith("`"):
            default = re.fullmatch(r"`(.*)`", cells[1])
            struct[cells[0].strip("`")] = default.group(1) if default else None
    return tables


def fields_in(source, struct):
    """The names of the fields of a plain struct."""
    name = struct.split("::")[-1]
    for header in source.rglob("*.hpp"):
        found = re.search(rf"^struct {name} {{\n(.*?)^}};", header.read_text(), re.MULTILINE | re.DOTALL)
        if found:
            return set(FIELD.findall(re.sub(r"//.*", "", found.group(1))))
    raise SystemExit(f"docs/library.md: there is no struct {struct}")


def comparisons(page, source):
    lines = []
    for struct, settings in settings_of(page).items():
        missing, unknown = fields_in(source, struct) - set(settings), set(settings) - fields_in(source, struct)
        if missing or unknown:
            raise SystemExit(f"docs/library.md: {struct}: not in the table {missing}, not in the struct {unknown}")
        lines += [f'    wrong += differs("{struct}::{field}", {struct}{{}}.{field}, decltype({struct}{{}}.{field}){{{default}}});'
                  for field, default in settings.items() if default is not None]
    return lines


def write(page, source, project):
    """Writes manual.cpp and quick_start/ into `project`."""
    text = page.read_text()
    declarations, statements, quick_start = [], [], project / "quick_start"
    quick_start.mkdir()
    for language, word, code in BLOCK.findall(text):
        if language == "cmake":
            (quick_start / "CMakeLists.txt").write_text(code)
        elif language == "cpp" and "int main(" in code:
            (quick_start / "server.cpp").write_text(code)
        elif language == "cpp" and word == "file":
            declarations.append(f"namespace block_{len(declarations)} {{\n{code}}}\n")
        elif language == "cpp":
            statements.append(f"[[maybe_unused]] void statements_{len(statements)}({NAMES}) {{\n{code}}}\n")
    checks = comparisons(text, source)
    if not (statements and checks and (quick_start / "CMakeLists.txt").exists()):
        raise SystemExit(f"{page}: its examples or settings were not found")
    (project / "manual.cpp").write_text("\n".join([
        HEAD, *declarations, *statements,
        "template <class Value>\nunsigned differs(char const* name, Value const& is, Value const& documented) {",
        '    if (is == documented) return 0;\n    std::cout << "docs/library.md has another default: " << name << std::endl;',
        "    return 1;\n}\n", "unsigned wrong_defaults() {\n    unsigned wrong = 0;", *checks, "    return wrong;\n}\n"]))
