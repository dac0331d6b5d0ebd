# Sourced by ./dev: the real LiveKit server for the tests, built once by the Go toolchain and kept in the cache of the
# user. Without Go, or when it cannot be built, those tests skip, and say so.

livekit_version=v1.13.5 # the newest that `go install` takes: later ones replace modules of their own

livekit_server() { echo "${XDG_CACHE_HOME:-$HOME/.cache}/ringback/livekit/$livekit_version/server"; }

# need_livekit: leaves the program's path in LIVEKIT_SERVER for the tests, or LIVEKIT_MISSING with the reason.
need_livekit() {
    local server said
    server=$(livekit_server)
    unset LIVEKIT_SERVER LIVEKIT_MISSING
    if [ ! -x "$server" ]; then
        if ! command -v go > /dev/null; then
            export LIVEKIT_MISSING="there is no go to build LiveKit with"
        else
            say "building LiveKit $livekit_version (once; it takes minutes)"
            said=$(mktemp)
            GOFLAGS="-buildvcs=false -p=$(jobs)" GOBIN=$(dirname "$server") \
                nice go install "github.com/livekit/livekit-server/cmd/server@$livekit_version" > "$said" 2>&1 ||
                { cat "$said" && export LIVEKIT_MISSING="LiveKit $livekit_version could not be built"; }
            rm -f "$said"
        fi
    fi
    if [ -n "${LIVEKIT_MISSING:-}" ]; then
        say "without LiveKit: $LIVEKIT_MISSING"
    else
        export LIVEKIT_SERVER=$server
    fi
}
