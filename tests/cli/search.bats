#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# How far a search reaches: stalls, random walks.

@test "a delay: closed by timing, the smallest stall is found" {
    run "$AIRLOCK" explore "$DRIVERS/isolate-event-delay.sys" --max-stall 10ms --find-stall --json "$BATS_TEST_TMPDIR/report.json"
    [ "$status" -eq 0 ]
    [[ $output == *"VERDICT   closed-by-timing: no failure in "* ]]
    [[ $output == *"closed while no thread stalls longer than 10 ms"* ]]
    [[ $output == *"STALL     it fails from a stall of "* ]]
    # 3 s of pause, stalled at one of a few steps or at each of them
    jq -e '.verdict == "closed-by-timing" and .max_stall == 10000000 and .failures == [] and .complete
        and .smallest_stall > 300000000 and .smallest_stall <= 3000000000' "$BATS_TEST_TMPDIR/report.json"
}

@test "a limited number of delays: closed by timing, the smallest stall is found" {
    local route="--load sc --unload sc"
    run "$AIRLOCK" explore "$DRIVERS/fault-f2-impatient.sys" $route --max-stall 10ms --find-stall --json "$BATS_TEST_TMPDIR/report.json"
    echo "$output"
    [ "$status" -eq 0 ]
    # 20 times 50 ms, stalled at one of a few steps or at each of them
    jq -e '.verdict == "closed-by-timing" and .complete and .smallest_stall > 100000000 and .smallest_stall <= 1000000000' \
        "$BATS_TEST_TMPDIR/report.json"
    run "$AIRLOCK" explore "$DRIVERS/fault-f2-impatient.sys" $route --max-stall 1s -q
    [ "$status" -eq 1 ]
}

@test "random walks, when the exploration is cut" {
    run "$AIRLOCK" explore "$DRIVERS/isolate.sys" --max-executions 20 --random 1s --pct 3 --json "$BATS_TEST_TMPDIR/report.json"
    [ "$status" -eq 1 ]
    [[ $output == *" random walks, "*"each finds a failure of depth 3"* ]]
    jq -e '.walks | .count > 0 and .depth == 3 and .threads > 2 and .steps > 50' "$BATS_TEST_TMPDIR/report.json"
}

@test "no walks, when it is complete" {
    run "$AIRLOCK" explore "$DRIVERS/fixed-fail.sys" --load nt --random 1m --json "$BATS_TEST_TMPDIR/report.json"
    [ "$status" -eq 0 ]
    jq -e '.complete and (has("walks") | not)' "$BATS_TEST_TMPDIR/report.json"
}

@test "usage" {
    run "$AIRLOCK" explore "$DRIVERS/isolate.sys" --max-stall soon
    [ "$status" -eq 2 ]
    [[ $output == *"--max-stall takes a time such as 20us, 5ms or 2s, not 'soon'"* ]]
    run "$AIRLOCK" explore "$DRIVERS/isolate.sys" --pct 0
    [ "$status" -eq 2 ]
    run "$AIRLOCK" explore "$DRIVERS/isolate.sys" --max-stall 1s --pct 2
    [ "$status" -eq 2 ]
    [[ $output == *"contradict each other"* ]]
}

@test "the two steps that decide" {
    run "$AIRLOCK" explore "$DRIVERS/fault-f1-uninitialised.sys" --load nt --json "$BATS_TEST_TMPDIR/report.json"
    [ "$status" -eq 1 ]
    [[ $output == *"DECIDES   unload reads fault_f1_uninitialised!PendingRequests.Flink: NULL; swapped: itself"* ]]
    [[ $output == *"at fault_f1_uninitialised!UnloadCallback+0x"*"f1-uninitialised.c @ "* ]]
    [[ $output == *"load writes it, too late: NULL, then itself"* ]]
    [[ $output == *"with these two swapped it passes (checked)"* ]]
    jq -e '.failures[0].decides | contains("load, at fault_f1_uninitialised!DriverEntry")
        and contains("writes it, which comes too late: with these two swapped it passes")' "$BATS_TEST_TMPDIR/report.json"
    jq -e '.failures[0].critical_pair | .object == "fault_f1_uninitialised!PendingRequests.Flink"
        and .first.thread == "unload" and .first.access == "read" and (.first.line > 0)
        and .second.thread == "load" and .second.access == "write" and .second.late' "$BATS_TEST_TMPDIR/report.json"
}

@test "the schedule with the two swapped is in the report, and passes" {
    for driver in fault-f1-uninitialised fault-early-look; do
        run "$AIRLOCK" explore "$DRIVERS/$driver.sys" --load nt --json "$BATS_TEST_TMPDIR/report.json"
        [ "$status" -eq 1 ]
        run "$AIRLOCK" replay "$DRIVERS/$driver.sys" "$(jq -r '.failures[0].critical_pair.passing_schedule' "$BATS_TEST_TMPDIR/report.json")"
        echo "$output"
        [ "$status" -eq 0 ]
    done
}

@test "memory that went too early is named: who allocated it, which field it is, who frees it" {
    run "$AIRLOCK" explore "$DRIVERS/fault-f2-freed-in-use.sys" --load nt --json "$BATS_TEST_TMPDIR/report.json"
    echo "$output"
    [ "$status" -eq 1 ]
    jq -e '.failures[0].critical_pair | (.object | test("^a pool block of 0x[48] bytes that was allocated by fault_f2_freed_in_use!DriverEntry$"))
        and .first.does == "frees" and (.first.called_by | startswith("fault_f2_freed_in_use!UnloadCallback+"))
        and .second.thread == "load" and .second.before == "it is gone"' "$BATS_TEST_TMPDIR/report.json"
    run "$AIRLOCK" explore "$DRIVERS/isolate.sys" --os "$([ "$ARCH" = x64 ] && echo win7 || echo xp)" --json "$BATS_TEST_TMPDIR/report.json"
    [ "$status" -eq 1 ]
    jq -e '[.failures[].critical_pair.object] | index("DRIVER_OBJECT.DeviceObject")' "$BATS_TEST_TMPDIR/report.json"
}
