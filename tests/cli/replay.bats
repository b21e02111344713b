#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# airlock replay: the same execution again. AIRLOCK is the program, DRIVERS the folder of the drivers.

driver=$DRIVERS/fault-f1-uninitialised.sys

setup_file() {
    "$AIRLOCK" explore "$DRIVERS/fault-f1-uninitialised.sys" --load nt --unload fltmc --bound 1 -q \
        --json "$BATS_FILE_TMPDIR/report.json" || [ $? -eq 1 ]
}

setup() {
    report=$BATS_FILE_TMPDIR/report.json
    schedule=$(jq -r '.failures[0].schedule' "$report")
    head=${schedule%:*}
}

refused() { # TEXT SCHEDULE ARGUMENT...: is not replayed, and says why
    local text=$1 schedule=$2
    shift 2
    run "$AIRLOCK" replay "$driver" "$schedule" "$@"
    echo "$output"
    [ "$status" -eq 2 ]
    [[ "$output" == *"$text"* ]]
}

@test "the failure of the report, to the last register: status 1" {
    run "$AIRLOCK" replay "$driver" "$schedule" --json "$BATS_TEST_TMPDIR/replay.json"
    [ "$status" -eq 1 ]
    [[ "$output" == *"REPLAYED  $schedule: F1, "* ]]
    # how many executions of the exploration ended so, and where else the other side stood, or which two steps decide, one execution cannot tell
    jq -S '.failures[0] | del(.executions, .moments, .decides, .critical_pair)' "$report" >"$BATS_TEST_TMPDIR/want"
    jq -S '.failure | del(.executions, .moments, .decides, .critical_pair)' "$BATS_TEST_TMPDIR/replay.json" >"$BATS_TEST_TMPDIR/got"
    diff "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/got"
}

@test "the REPLAY line of the report works as it stands" {
    line=$(jq -r '.failures[0].replay' "$report")
    run bash -c "$AIRLOCK ${line#airlock }"
    [ "$status" -eq 1 ]
}

@test "every failure of a report replays to itself" {
    other=$BATS_TEST_TMPDIR/other.json
    "$AIRLOCK" explore "$DRIVERS/fault-f5-device-walk.sys" --load nt --unload nt --bound 1 -q --json "$other" || [ $? -eq 1 ]
    count=$(jq '.failures | length' "$other")
    [ "$count" -gt 0 ]
    for ((i = 0; i < count; i++)); do
        run "$AIRLOCK" replay "$DRIVERS/fault-f5-device-walk.sys" "$(jq -r ".failures[$i].schedule" "$other")" \
            --json "$BATS_TEST_TMPDIR/one.json"
        [ "$status" -eq 1 ]
        [ "$(jq -c '.failure | [.class, .title, .bugcheck.args]' "$BATS_TEST_TMPDIR/one.json")" = \
            "$(jq -c ".failures[$i] | [.class, .title, .bugcheck.args]" "$other")" ]
    done
}

@test "two traces are the same bytes: threads, symbols, source lines" {
    for i in 1 2; do
        "$AIRLOCK" replay "$driver" "$schedule" --trace >"$BATS_TEST_TMPDIR/$i" || [ $? -eq 1 ]
    done
    cmp "$BATS_TEST_TMPDIR/1" "$BATS_TEST_TMPDIR/2"
    grep -qE '^ +[0-9]+ +[0-9]+  fault_f1_uninitialised!DriverEntry(\+0x[0-9a-f]+)? \[.*\.[ch] @ [0-9]+\]$' "$BATS_TEST_TMPDIR/1"
    grep -qE '^ +[0-9]+ +[0-9]+  nt!IopLoadDriver(\+0x[0-9a-f]+)? ' "$BATS_TEST_TMPDIR/1"
}

@test "a schedule that passes: status 0" {
    run "$AIRLOCK" replay "$driver" "$head:default"
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"no failure"* ]]
}

@test "a schedule in a file" {
    echo "$schedule" >"$BATS_TEST_TMPDIR/schedule"
    run "$AIRLOCK" replay "$driver" "$BATS_TEST_TMPDIR/schedule" -q
    [ "$status" -eq 1 ]
    : >"$BATS_TEST_TMPDIR/empty"
    refused "the file is empty" "$BATS_TEST_TMPDIR/empty"
}

@test "what is no schedule is explained" {
    refused 'it does not begin with "a1:"' bogus
    refused "it is cut off" "a1:win7"
    refused "its scenario is unknown" "${head/win7/win95}:default"
    refused "cannot be read" "$head:1-"
    refused "unknown model switch" "$head:no-such=1:default"
}

@test "a schedule that does not fit is explained, not misapplied" {
    refused "of another driver file" "a1:win7:nt:fltmc:00000000:${head##*:}:default"
    refused "of another version of airlock" "${head%:*}:00000000:default"
    refused "the schedule is for win7, not win8" "$schedule" --os win8
    refused "NOT REPLAYED" "$head:0-99"
    deviation=${schedule##*:}
    refused "NOT REPLAYED" "$head:${deviation/+/+f}"
}

@test "a schedule of the other architecture is explained" {
    other=$(dirname "$DRIVERS")/x86
    [ "$ARCH" = x64 ] || other=$(dirname "$DRIVERS")/x64
    run "$AIRLOCK" replay "$other/fault-f1-uninitialised.sys" "$schedule"
    echo "$output"
    [ "$status" -eq 2 ]
    [[ "$output" == *"the schedule is of an $ARCH driver, and "* ]]
}

@test "a recipe for WinDbg: where to stop whom, what to type, what comes of it" {
    run "$AIRLOCK" replay "$driver" "$schedule" --windbg --json "$BATS_TEST_TMPDIR/replay.json"
    echo "$output"
    [ "$status" -eq 1 ]
    for text in "WINDBG    Windows 7 with two processors or more" "it ends in the schedule's failure." \
        "      kd> bu1 /1 fault_f1_uninitialised!DriverEntry+0x" "* the loading thread: fault_f1_uninitialised+0x" \
        "      kd> eb fault_f1_uninitialised!DriverEntry+0x" " eb fe" "NtLoadDriver for the service fault-f1-uninitialised" \
        'C:\> fltmc unload fault-f1-uninitialised' \
        "The system stops: SYSTEM_THREAD_EXCEPTION_NOT_HANDLED (7e), fault_f1_uninitialised!UnloadCallback"; do
        echo "want: $text"
        [[ "$output" == *"$text"* ]]
    done
    jq -e '.windbg | any(contains(" eb fe"))' "$BATS_TEST_TMPDIR/replay.json"
}

@test "a recipe gives back the bytes that were there" {
    run "$AIRLOCK" explore "$DRIVERS/fault-f2-freed-in-use.sys" --load nt --json "$BATS_TEST_TMPDIR/f2.json" -q
    run "$AIRLOCK" replay "$DRIVERS/fault-f2-freed-in-use.sys" "$(jq -r '.failures[0].schedule' "$BATS_TEST_TMPDIR/f2.json")" \
        --windbg
    echo "$output"
    [ "$status" -eq 1 ]
    restored=$(sed -n 's/^ *kd> eb .* \([0-9a-f][0-9a-f] [0-9a-f][0-9a-f]\)$/\1/p' <<<"$output" | grep -v '^eb fe$')
    offset=$(sed -n 's/.*thread: [a-z0-9_]*+0x\([0-9a-f]*\),.*/\1/p' <<<"$output")
    objdump=x86_64-w64-mingw32-objdump
    [ "$ARCH" = x64 ] || objdump=i686-w64-mingw32-objdump
    base=$($objdump -p "$DRIVERS/fault-f2-freed-in-use.sys" | sed -n 's/^ImageBase\s*//p')
    at=$((0x$base + 0x$offset))
    bytes=$($objdump -s --start-address=$at --stop-address=$((at + 2)) "$DRIVERS/fault-f2-freed-in-use.sys" |
        sed -n 's/^ [0-9a-f]* \([0-9a-f][0-9a-f]\)\([0-9a-f][0-9a-f]\) .*/\1 \2/p')
    echo "at $offset: $bytes, restored: $restored"
    [ -n "$bytes" ]
    [ "$restored" = "$bytes" ]
}

@test "no recipe is explained" {
    run "$AIRLOCK" replay "$driver" "$head:default" --windbg
    [ "$status" -eq 0 ]
    [[ "$output" == *"WINDBG    no recipe: the schedule ends in no failure"* ]]
}
