#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# airlock compare: the matrix, its exit statuses, the same bytes whatever the jobs. AIRLOCK is the program, DRIVERS the
# folder of the drivers.

open=$DRIVERS/fault-f1-uninitialised.sys
plain=$DRIVERS/fixed-leak.sys # no minifilter; an unload beside its load fails on Windows 7, and not on Windows 8

compare() { # STATUS ARGUMENT...: exits with STATUS
    local wanted=$1
    shift
    run "$AIRLOCK" compare "$@"
    echo "$output"
    [ "$status" -eq "$wanted" ]
}

@test "a row for each driver, Windows and route: status 1, for one fails" {
    compare 1 "$open" "$plain" --os win7,win8 --load nt --unload fltmc,nt --max-executions 300 -q
    [ "${#lines[@]}" -eq 9 ]
    [[ "${lines[0]}" == DRIVER*VERDICT* ]]
    [[ "${lines[1]}" =~ ^fault-f1-uninitialised\ +win7\ +nt\ +fltmc\ +narrowed\  ]]
    [[ "${lines[3]}" =~ ^fault-f1-uninitialised\ +win8\ +nt\ +fltmc\  ]]
    [[ "${lines[5]}" =~ ^fixed-leak\ +win7\ +nt\ +fltmc\ +closed\  ]]
}

@test "fltmc unload is not tried with what is no minifilter, unless it is asked for" {
    compare 0 "$plain" --os win8 -q
    [ "${#lines[@]}" -eq 2 ]
    [[ "${lines[1]}" =~ ^fixed-leak\ +win8\ +sc\ +nt\ +closed\  ]]
}

@test "the same bytes whatever the jobs: table, JSON, picture" {
    for jobs in 1 2 5; do
        compare 1 "$open" "$plain" --os win7,win8 --load nt --max-executions 200 -q -j $jobs \
            --json "$BATS_TEST_TMPDIR/$jobs.json" --svg "$BATS_TEST_TMPDIR/$jobs.svg"
        echo "$output" >"$BATS_TEST_TMPDIR/$jobs.txt"
        for kind in txt json svg; do
            cmp "$BATS_TEST_TMPDIR/1.$kind" "$BATS_TEST_TMPDIR/$jobs.$kind"
        done
    done
    jq -e '.schema == "airlock.compare/1" and (keys == ["rows", "schema"]) and (.rows | length == 6)
        and ([.rows[].driver] | unique == ["fault-f1-uninitialised.sys", "fixed-leak.sys"])
        and (.rows[0] | keys == ["complete", "driver", "executions", "latency", "load", "model", "os", "stall", "unload",
            "verdict", "window"])
        and .rows[0].verdict == "narrowed" and .rows[0].window > 0 and .rows[0].executions > 0' "$BATS_TEST_TMPDIR/1.json"
    grep -q '^<svg xmlns="http://www.w3.org/2000/svg"' "$BATS_TEST_TMPDIR/1.svg"
}

@test "what an unload takes: three seconds of virtual time with event-delay" {
    compare 5 "$DRIVERS/isolate-event-delay.sys" --unload nt --os win8 --max-executions 1 -q --json "$BATS_TEST_TMPDIR/r.json"
    jq -e '.rows[0].latency == 3 and .rows[0].complete == false and .rows[0].verdict == "not-finished"' \
        "$BATS_TEST_TMPDIR/r.json"
}

@test "a budget that ends is no pass: status 5" {
    compare 5 "$DRIVERS/fixed-f2-freed-in-use.sys" "$plain" --os win8 --load nt --max-executions 2
    [[ "$output" == *"not-finished"* ]]
    [[ "$output" == *"its absence is no pass"* ]]
}

@test "options belong to the driver before them; before the first, to all" {
    compare 5 "$plain" "$DRIVERS/isolate-library.sys" --with "$DRIVERS/gate.sys" --start gate \
        --reg 'gate\Parameters\Targets=isolate-library' --unload nt --os win8 --max-executions 1 -q
    [[ "${lines[1]}" =~ ^fixed-leak\  ]]
    [[ "${lines[2]}" =~ ^isolate-library,\ gate\  ]]
    compare 2 --start gate "$plain"
    [[ "$output" == *"there is no driver for the service 'gate'"* ]]
}

@test "a switch that is not at its default is named, in table, JSON and picture" {
    compare 0 "$plain" --os win8 --model filter-link=last --json "$BATS_TEST_TMPDIR/r.json" --svg "$BATS_TEST_TMPDIR/r.svg"
    [[ "$output" == *"Model     filter-link=last (default first)"* ]]
    jq -e '.rows[0].model == {"filter-link": "last"}' "$BATS_TEST_TMPDIR/r.json"
    grep -qF "Model: filter-link=last" "$BATS_TEST_TMPDIR/r.svg"
}

@test "bad input: a sentence that names it" {
    compare 2
    [[ "$output" == *"compare needs a driver file"* ]]
    compare 2 "$plain" no-such.sys
    [[ "$output" == *"no-such.sys: No such file"* ]]
    compare 2 "$plain" --os win7,win95
    [[ "$output" == *"--os takes xp, win7 or win8, not 'win95'"* ]]
    compare 2 "$plain" --unload fltmc,
    compare 3 "$plain" "$DRIVERS/fault-unknown-import.sys"
    compare 4 "$plain" --svg "$BATS_TEST_TMPDIR/none/r.svg"
    [[ "$output" == *"cannot write $BATS_TEST_TMPDIR/none/r.svg"* ]]
}
