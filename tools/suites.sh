# Sourced by ./dev: the suites, and how their results are counted. A suite leaves "passed failed skipped" in
# build/results/<suite>; what it does not leave, because it broke before it could count, is one failure.

results=build/results
suites=(lint unit web e2e browser interop)

cpp_files() { find src tests examples bench -type f \( -name '*.cpp' -o -name '*.hpp' \) -not -path '*/node_modules/*' -print0 2> /dev/null; }

suite_lint() {
    need build web lint
    npm_packages web
    [ -f build/dev/build.ninja ] || cmake --preset dev --log-level=WARNING
    python3 tools/lint.py --build build/dev --jobs "$(jobs)" --count "$results/lint" "$@"
}

suite_unit() {
    need build tests
    build_preset dev
    unit_tests build/dev "$results/unit"
}

# unit_tests BUILD COUNT: every test of CTest, counted by the tests inside the GoogleTest programs.
unit_tests() {
    local build=$1 count=$2 outcome=0
    rm -rf "$build/test-results"
    mkdir -p "$build/test-results"
    GTEST_OUTPUT="json:$PWD/$build/test-results/" GTEST_BRIEF=1 ctest --test-dir "$build" --parallel "$(jobs)" \
        --output-on-failure --output-junit "$PWD/$build/test-results/ctest.xml" || outcome=$?
    python3 tools/count_ctest.py "$build" > "$count"
    return $outcome
}

# The web page's own unit tests; node:test ends with its count, whose mark depends on the version.
suite_web() {
    need web
    npm_packages web
    local log=$results/web.log outcome=0
    (cd web && npm test --silent) > "$log" 2>&1 || outcome=$?
    [ "$outcome" = 0 ] && grep -E '^(#|ℹ) (tests|pass|fail) ' "$log" || cat "$log"
    awk '/^(#|ℹ) (pass|fail|skipped) [0-9]+$/ {n[$2] = $3} END {print n["pass"] + 0, n["fail"] + 0, n["skipped"] + 0}' "$log" > "$results/web"
    return $outcome
}

suite_e2e() {
    need build web tests
    build_release
    build_preset dev ringback # its failpoints
    build_preset release conformance_server interop_server cluster_server cluster_chat chat_server
    node_suite tests/e2e "$results/e2e" "$@"
}

suite_browser() {
    need build web tests browser
    need_livekit
    npm_packages tests/e2e # LiveKit's SDK is used by both
    build_release
    build_preset release chat_server
    node_suite tests/browser "$results/browser" "$@"
}

# node_suite FOLDER COUNT [FILE…]: the files wait for sockets more than they compute, so more run at once than there are cores.
node_suite() {
    local folder=$1 count=$2
    shift 2
    [ $# -gt 0 ] || set -- "$folder"/*_test.mjs
    npm_packages "$folder"
    npm_packages examples/chat
    RESULTS_FILE=$count node tools/run_node_tests.mjs "$@"
}

# Runs one suite in a process of its own, so that `set -e` holds in it whatever the caller asks of its result.
run_suite() {
    local suite=$1 outcome=0 started=$SECONDS
    shift
    mkdir -p "$results"
    rm -f "$results/$suite"
    say "$suite"
    set +e
    (
        set -e
        "suite_$suite" "$@"
    )
    outcome=$?
    set -e
    local passed=0 failed=0 skipped=0
    [ -s "$results/$suite" ] && read -r passed failed skipped < "$results/$suite"
    [ "$outcome" = 0 ] || [ "$failed" -gt 0 ] || failed=1
    echo "$passed $failed $skipped $((SECONDS - started))" > "$results/$suite"
}

# The table, and the line that scripts read. Fails when a test failed, or when none ran.
summary() {
    local suite passed failed skipped seconds all_passed=0 all_failed=0 all_skipped=0
    printf '\n%-10s %8s %8s %8s %8s\n' suite passed failed skipped seconds
    for suite in "$@"; do
        read -r passed failed skipped seconds < "$results/$suite"
        printf '%-10s %8d %8d %8d %8d\n' "$suite" "$passed" "$failed" "$skipped" "$seconds"
        all_passed=$((all_passed + passed)) all_failed=$((all_failed + failed)) all_skipped=$((all_skipped + skipped))
    done
    printf '\n%d passed, %d failed' "$all_passed" "$all_failed"
    [ "$all_skipped" = 0 ] || printf ', %d skipped' "$all_skipped"
    printf '\n'
    [ "$all_failed" = 0 ] && [ "$all_passed" -gt 0 ]
}

one_suite() {
    run_suite "$@"
    summary "$1"
}

all_suites() {
    local suite
    need build web tests lint browser
    for suite in "${suites[@]}"; do run_suite "$suite"; done
    summary "${suites[@]}"
}

# The sanitizers write to files, so that a report is found even when the process that made it was about to end anyway.
sanitized() {
    local preset=$1
    shift
    need build web tests
    run_suite "$preset" "$@"
    summary "$preset"
}
suite_asan() { sanitized_suite asan "$@"; }
suite_tsan() { sanitized_suite tsan "$@"; }
sanitized_suite() {
    local preset=$1 reports=$PWD/build/$1/reports outcome=0 part
    shift
    build_web
    build_preset "$preset"
    rm -rf "$reports" "$results/$preset".*
    mkdir -p "$reports"
    export ASAN_OPTIONS="halt_on_error=1:detect_stack_use_after_return=1:strict_string_checks=1:log_path=$reports/asan"
    export UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1:log_path=$reports/ubsan"
    export TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1:log_path=$reports/tsan"
    export RINGBACK_SANITIZER=$preset RINGBACK_REPORTS=$reports RINGBACK_BIN=$PWD/build/$preset/ringback
    without_randomisation unit_tests "build/$preset" "$results/$preset.unit" || outcome=1
    without_randomisation node_suite tests/e2e "$results/$preset.e2e" "$@" || outcome=1
    add_counts "$results/$preset.unit" "$results/$preset.e2e" > "$results/$preset"
    for part in "$reports"/*; do
        [ -s "$part" ] || continue
        say "sanitizer report ${part##*/}"
        cat "$part"
        outcome=1
    done
    return $outcome
}
add_counts() { cat "$@" | awk '{for (i = 1; i <= 3; i++) sum[i] += $i} END {print sum[1], sum[2], sum[3]}'; }

# ThreadSanitizer of GCC 12 does not know the address layouts of kernels with 32 bits of randomisation.
without_randomisation() {
    if setarch -R true 2> /dev/null; then
        export -f unit_tests node_suite npm_packages jobs say
        setarch -R bash -euo pipefail -c '"$@"' bash "$@"
    else
        "$@"
    fi
}

# chaos [SECONDS [SEED]]: the random faults of cluster_chaos_test.mjs for that long; the same seed decides the same.
chaos() {
    need build web tests
    build_release
    mkdir -p "$results"
    export RINGBACK_CHAOS_SECONDS=${1:-60} RINGBACK_CHAOS_SEED=${2:-$((RANDOM * 32768 + RANDOM + 1))}
    say "chaos for $RINGBACK_CHAOS_SECONDS s with seed $RINGBACK_CHAOS_SEED"
    node_suite tests/e2e "$results/chaos" tests/e2e/cluster_chaos_test.mjs
}

bench() {
    need build web tests
    build_release
    npm_packages tests/e2e
    node tools/bench.mjs
}

# fuzz [SECONDS]: each decoder's harness for that long, beginning with its kept corpus; a finding stops it.
fuzz() {
    need build fuzz
    local seconds=${1:-60} harnesses=(tests/fuzz/*_fuzz.cpp) harness subject
    harnesses=("${harnesses[@]##*/}")
    harnesses=("${harnesses[@]%.cpp}")
    build_preset fuzz "${harnesses[@]}"
    export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 # it only prints by default
    for harness in "${harnesses[@]}"; do
        subject=${harness%_fuzz}
        mkdir -p "build/fuzz/found/$subject"
        say "$harness, $seconds s"
        "build/fuzz/tests/fuzz/$harness" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="build/fuzz/found/" \
            "build/fuzz/found/$subject" "tests/fuzz/corpus/$subject"
    done
}
