# Sourced by ./dev: CMake presets, the web page, and starting the server.

# A file that includes Beast takes about 1 GB to compile.
jobs() {
    local cores gigabytes
    cores=$(nproc)
    gigabytes=$(awk '/^MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)
    [ "$gigabytes" -ge 1 ] || gigabytes=1
    echo "${RINGBACK_JOBS:-$((cores < gigabytes ? cores : gigabytes))}"
}

# build_preset PRESET [TARGET…]
build_preset() {
    local preset=$1
    shift
    say "building ${*:-everything} ($preset)"
    # The globs of the sources are checked by the build itself, so one configuration is enough until the presets change.
    if ! cmp -s CMakePresets.json "build/$preset/.presets"; then
        cmake --preset "$preset" --log-level=WARNING
        cp CMakePresets.json "build/$preset/.presets"
    fi
    cmake --build "build/$preset" --parallel "$(jobs)" ${1:+--target "$@"}
}

web_is_current() {
    [ -d web/dist ] && [ -z "$(find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -newer web/dist -print -quit)" ]
}
build_web() {
    web_is_current && return 0
    npm_packages web
    say "building the web page"
    (cd web && npm run --silent build)
    touch web/dist
}

build_release() {
    build_web
    build_preset release ringback
}

# option_value NAME ARGUMENT…: prints the value of `--name value` or `--name=value`, or fails.
option_value() {
    local wanted=$1
    shift
    while [ $# -gt 0 ]; do
        case $1 in
            "$wanted") echo "${2-}" && return 0 ;;
            "$wanted"=*) echo "${1#*=}" && return 0 ;;
        esac
        shift
    done
    return 1
}

# Starts the server with data in build/run-data, where all who sign in to the demo see each other. What the caller names wins.
serve() {
    local data=build/run-data listen options=()
    mkdir -p "$data"
    if [ ! -s "$data/secret" ]; then
        (umask 077 && head -c 48 /dev/urandom | base64 -w 0 > "$data/secret")
    fi
    option_value --data "$@" > /dev/null || options+=(--data "$data")
    option_value --config "$@" > /dev/null || options+=(--set "auth.secret_file=$data/secret" --set server.demo=true --set peer.directory=everyone)
    listen=$(option_value --listen "$@") || { listen=127.0.0.1:8000 && options+=(--listen "$listen"); }
    say "http://$listen/ (end with Ctrl-C)"
    exec build/release/ringback serve "${options[@]}" "$@"
}
