# Sourced by ./dev: installs what is missing, and nothing that is there. Asking dpkg takes milliseconds and no network.

packages_build=(g++ cmake ninja-build ccache pkg-config zlib1g-dev libboost1.81-dev libcjose-dev libjansson-dev libssl-dev
    libsoci-dev libsqlite3-dev libpq-dev libtomlplusplus-dev libcli11-dev libspdlog-dev libfmt-dev libgtest-dev libgmock-dev
    prometheus-cpp-dev libcurl4-openssl-dev libhiredis-dev)
packages_tests=(python3 python3-yaml openssl postgresql-15 redis-server haproxy nginx iproute2 util-linux)
packages_lint=(python3 clang-format-19 clang-tidy-19)
packages_browser=(chromium coturn)
packages_fuzz=(clang-19 libclang-rt-19-dev)

say() { printf '\n== %s\n' "$*"; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo > /dev/null; then
        sudo "$@"
    else
        echo "./dev: installing packages needs root or sudo" >&2
        return 1
    fi
}

# need GROUP…: build, web, tests, lint, browser, fuzz.
need() {
    local wanted=() group
    for group in "$@"; do
        case $group in
            build) wanted+=("${packages_build[@]}") ;;
            tests) wanted+=("${packages_tests[@]}") ;;
            lint) wanted+=("${packages_lint[@]}") ;;
            browser) wanted+=("${packages_browser[@]}") ;;
            fuzz) wanted+=("${packages_fuzz[@]}") ;;
            web) ;;
        esac
        case $group in web | tests | browser) node_is_recent || wanted+=(nodejs npm) ;; esac
    done
    [ ${#wanted[@]} -gt 0 ] || return 0
    install_packages "${wanted[@]}"
}

# A Node.js that did not come from Debian is as good, as long as npm is beside it.
node_is_recent() {
    command -v npm > /dev/null && node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)' 2> /dev/null
}

install_packages() {
    local missing=() installed package
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2> /dev/null || true)
    for package in "$@"; do
        grep -qxF "installed $package" <<< "$installed" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${missing[*]}"
    as_root apt-get -q update
    without_services as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${missing[@]}"
    # Nor after the next start of the machine.
    for package in "${missing[@]}"; do
        case $package in coturn | haproxy | nginx | redis-server) as_root update-rc.d "$package" disable > /dev/null ;; esac
    done
}

# Runs an installation that starts no service: tests start the servers that they need, on ports of their own. A policy that
# is there already is the machine's own affair. A subshell, so that ours goes however this ends.
without_services() (
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'as_root rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" > /dev/null
        as_root chmod +x "$policy"
    fi
    "$@"
)

# npm_packages FOLDER: installs what its package-lock.json names, when that changed since the last time.
npm_packages() {
    local stamp=$1/node_modules/.installed-lock
    cmp -s "$1/package-lock.json" "$stamp" && return 0
    say "npm install in $1"
    # Installs the locked versions and leaves the lock file alone. Not `npm ci`: that of npm 11 refuses a lock file in which
    # optional packages of other platforms are missing, as they are when it was made behind a registry that lacks them.
    (cd "$1" && npm install --no-save --prefer-offline --no-audit --no-fund --loglevel=error)
    cp "$1/package-lock.json" "$stamp"
}
