# Sourced by ./dev: clients of other languages, real packages from their registries, against tests/interop/interop_server.
# A language's program prints a line for each check: `ok`, `FAILED` or `skip`. A language whose toolchain is missing, or
# whose registry cannot be reached, is skipped aloud. What is fetched and built for them lies below build/interop.

interop=build/interop
interop_languages=(python java rust go)

# suite_interop [LANGUAGE…]
suite_interop() {
    need build
    build_preset release interop_server
    mkdir -p "$interop"
    rm -f "$interop"/*.log
    [ $# -gt 0 ] || set -- "${interop_languages[@]}"
    local language plain msgpack
    interop_servers=()
    trap 'kill "${interop_servers[@]}"' EXIT
    interop_serve plain
    interop_serve msgpack --msgpack
    for language in "$@"; do
        say "interop: $language"
        interop_language "$language" 2>&1 | sed -u "s/^\(ok    \|FAILED\|skip  \) /&$language › /" | tee "$interop/$language.log"
    done
    awk '/^ok / {p++} /^FAILED / {f++} /^skip / {s++} END {print p + 0, f + 0, s + 0}' "$interop"/*.log > "$results/interop"
}

# interop_serve NAME [OPTION…]: leaves the server's address in the variable NAME of the caller.
interop_serve() {
    local name=$1 said=$interop/$1.port
    shift
    rm -f "$said"
    build/release/tests/interop/interop_server "$@" > "$said" 2> "$interop/$name.server" &
    interop_servers+=($!)
    timeout 10 sh -c 'until grep -q port "$1" 2> /dev/null; do sleep 0.05; done' sh "$said"
    printf -v "$name" 'http://127.0.0.1:%s' "$(awk '{print $NF}' "$said")"
}

# first_missing PROGRAM…
first_missing() {
    local program
    for program in "$@"; do command -v "$program" > /dev/null || { echo "$program" && return 0; }; done
}

# Fetches, builds and runs the program of one language. Always succeeds: its lines tell.
interop_language() {
    local language=$1 said=$interop/$1.fetch outcome=0 missing
    missing=$("${language}_missing")
    [ -z "$missing" ] || { echo "skip   everything (there is no $missing)" && return 0; }
    if ! "${language}_fetch" > "$said" 2>&1; then
        cat "$said"
        echo "skip   packages (they could not be fetched)"
        return 0
    fi
    "${language}_build" || { echo "FAILED build" && return 0; }
    "${language}_run" "$plain" "$msgpack" || outcome=$?
    [ "$outcome" = 0 ] || [ "$outcome" = 1 ] || echo "FAILED end (with $outcome)"
}

python_missing() {
    first_missing python3
    python3 -c 'import ensurepip, venv' 2> /dev/null || echo "venv for Python"
}
python_fetch() {
    local sources=tests/interop/python stamp=$interop/python/installed
    cmp -s "$sources/requirements.txt" "$stamp" && return 0
    python3 -m venv --clear "$interop/python" &&
        "$interop/python/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$sources/requirements.txt" &&
        cp "$sources/requirements.txt" "$stamp"
}
python_build() { :; }
python_run() { timeout 180 "$interop/python/bin/python" tests/interop/python/interop_client.py "$@"; }

# Maven knows no lock file: the pom names every version, and what is downloaded has to match the repository's checksums.
java_missing() { first_missing javac java mvn; }
java_fetch() {
    local sources=tests/interop/java stamp=$interop/java/fetched
    cmp -s "$sources/pom.xml" "$stamp" && return 0
    mvn --quiet --batch-mode --strict-checksums -f "$sources/pom.xml" dependency:copy-dependencies \
        -DoutputDirectory="$PWD/$interop/java/packages" && cp "$sources/pom.xml" "$stamp"
}
java_build() { javac -encoding UTF-8 -cp "$interop/java/packages/*" -d "$interop/java/classes" tests/interop/java/InteropClient.java; }
java_run() { timeout 180 java -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -cp "$interop/java/packages/*:$interop/java/classes" InteropClient "$1"; }

rust_missing() { first_missing cargo; }
rust_cargo() { CARGO_TARGET_DIR=$PWD/$interop/rust cargo "$@" --quiet --locked --manifest-path tests/interop/rust/Cargo.toml; }
rust_fetch() { rust_cargo fetch; }
rust_build() { rust_cargo build --offline --jobs "$(jobs)"; }
rust_run() { timeout 180 "$interop/rust/debug/interop_client" "$1"; }

go_missing() { first_missing go; }
go_fetch() { go -C tests/interop/go mod download; }
go_build() { go -C tests/interop/go build -mod=readonly -buildvcs=false -o "$PWD/$interop/go/interop_client" .; }
go_run() { timeout 180 "$interop/go/interop_client" "$1"; }
