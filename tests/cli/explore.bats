#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# airlock explore: reports, exit statuses, bad input. AIRLOCK is the program, DRIVERS the folder of the drivers, which
# are for ARCH.

faulty() { # ARGUMENT...: explores a driver that fails, in a second
    run "$AIRLOCK" explore "$DRIVERS/fault-f1-uninitialised.sys" --load nt --unload fltmc --bound 1 "$@"
}

fixed() { # ARGUMENT...: its repaired twin
    run "$AIRLOCK" explore "$DRIVERS/fixed-f1-uninitialised.sys" --load nt --unload fltmc --bound 1 "$@"
}

says() { # STATUS TEXT ARGUMENT...: airlock explore ARGUMENT... exits with STATUS, TEXT in its output
    local status_wanted=$1 text=$2
    shift 2
    run "$AIRLOCK" explore "$@"
    echo "$output"
    [ "$status" -eq "$status_wanted" ]
    [[ "$output" == *"$text"* ]]
}

report=$BATS_TEST_TMPDIR/report.json
trap=nt!KiPageFault code=0xffffffffc0000005
[ "$ARCH" = x64 ] || trap=nt!KiTrap0E code=0xc0000005

@test "a failure: status 1; plan, bug check, both threads, race, schedule, window, replay line, verdict" {
    faulty
    echo "$output"
    [ "$status" -eq 1 ]
    for text in "Scenario  load by NtLoadDriver, and at the same time unload by fltmc unload" \
        "In order  load: 0x00000000 (STATUS_SUCCESS), then unload: 0x00000000 (STATUS_SUCCESS)" \
        "bound 1: " "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED (7e)" "EXCEPTION_CODE: 0xC0000005" \
        "fault_f1_uninitialised!UnloadCallback" "$trap" "(TrapFrame @ " \
        "fault_f1_uninitialised!DriverEntry" "nt!IopLoadDriver" "RACE      " "SCHEDULE  1 preemption" \
        "WINDOW    " "REPLAY    airlock replay $DRIVERS/fault-f1-uninitialised.sys a1:win7:nt:fltmc:" "VERDICT   "; do
        echo "want: $text"
        [[ "$output" == *"$text"* ]]
    done
}

@test "no failure: status 0, and how far that reaches" {
    fixed
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"VERDICT   clean-to-bound: no failure in "* ]]
    [[ "$output" == *"every schedule with at most 1 preemption was covered"* ]]
    [[ "$output" != *"FAILURE"* ]]
}

logged() { # BODY...: puts a shell script before llvm-symbolizer, which leaves a line in $starts for each start
    starts=$BATS_TEST_TMPDIR/starts
    : >"$starts"
    printf '#!/bin/sh\necho started >>%q\n%s\n' "$starts" "$1" >"$BATS_TEST_TMPDIR/llvm-symbolizer"
    chmod +x "$BATS_TEST_TMPDIR/llvm-symbolizer"
    unset LLVM_SYMBOLIZER_PATH
    PATH=$BATS_TEST_TMPDIR:$PATH
}

@test "llvm-symbolizer: started once for a report, and not for one without names" {
    logged 'exec llvm-symbolizer "$@"'
    faulty
    echo "$output"
    [[ "$output" == *"fault_f1_uninitialised!UnloadCallback"*"f1-uninitialised.c @ "* ]]
    [ "$(wc -l <"$starts")" -eq 1 ]
    logged 'exec llvm-symbolizer "$@"'
    faulty -q
    [ "$status" -eq 1 ]
    [ ! -s "$starts" ]
    faulty -q --json "$report"
    [ "$(wc -l <"$starts")" -eq 1 ]
    grep -q '/f1-uninitialised\.c"' "$report"
}

@test "llvm-symbolizer: ended before an exploration, whose processes would inherit the connection" {
    logged 'exec llvm-symbolizer "$@"'
    run "$AIRLOCK" explore "$DRIVERS/fault-loop-forever.sys" -j 2
    echo "$output"
    [ "$status" -eq 1 ]
    [ "$(wc -l <"$starts")" -eq 2 ] # for what fails in order, and for the report
}

@test "llvm-symbolizer: one that dies or talks nonsense costs the lines, and nothing else" {
    local body
    for body in 'head -n 3 | llvm-symbolizer "$@"' 'exit 1' 'while read line; do echo nonsense; done'; do
        logged "$body"
        faulty
        echo "$output"
        [ "$status" -eq 1 ]
        [ "$(wc -l <"$starts")" -eq 1 ]
        [[ "$output" == *"fault_f1_uninitialised!UnloadCallback"*"nt!IopLoadDriver"*"VERDICT   "* ]]
    done
    logged 'exit 1'
    faulty
    [[ "$output" != *".c @ "* ]]
}

@test "quiet: the verdict alone" {
    faulty -q
    [ "$status" -eq 1 ]
    [ "${#lines[@]}" -eq 1 ]
    [[ "${lines[0]}" == "fault-f1-uninitialised.sys (win7, load=nt, unload=fltmc): "*", 1 failure, "* ]]
    fixed -q
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 1 ]
}

@test "JSON: the keys that the schema promises" {
    faulty --json "$report"
    [ "$status" -eq 1 ]
    [[ "$output" == *"Written   $report"* ]]
    jq -e '.schema == "airlock.explore/1"
        and (.driver | has("file") and has("sha256") and .machine == "'$ARCH'")
        and has("os") and (.scenario | has("load") and has("unload"))
        and has("verdict") and has("claim") and (.limits | length) == 3 and .max_stall == null and .complete and .bound == 1
        and (.executions > 0) and (.points > 0) and (.seconds > 0)
        and (.window | .instructions > 0 and .of > .instructions)
        and (.failures | length == 1)' "$report"
    jq -e --arg code $code '.failures[0] | .class == "F1" and .preemptions == 1 and (.schedule | startswith("a1:win7:nt:fltmc:"))
        and .bugcheck.code == 126 and .bugcheck.name == "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED"
        and (.bugcheck.args | length == 4) and .bugcheck.args[0] == $code
        and (.threads | length == 2) and .threads[0].name == "unload" and .threads[1].name == "load"
        and (.threads[0] | has("state") and (.frames | any(startswith("fault_f1_uninitialised!UnloadCallback"))))' "$report"
}

@test "JSON to standard output comes alone" {
    run bash -c "'$AIRLOCK' explore '$DRIVERS/fixed-f1-uninitialised.sys' --load nt --bound 0 --json - 2>/dev/null | jq -e .complete"
    [ "$status" -eq 0 ]
    [ "$output" = true ]
}

@test "the report depends neither on the run nor on the number of jobs" {
    for jobs in 1 2 1; do
        faulty -j $jobs --json - 2>/dev/null
        echo "$output" | sed -n '/^{/,$p' | jq 'del(.seconds)' >"$report.$jobs"
        [ -s "$report.1" ]
        cmp "$report.1" "$report.$jobs"
    done
}

@test "a driver that fails alone, without any unload beside it, is told so" {
    run "$AIRLOCK" explore "$DRIVERS/fault-fail.sys" --load nt --unload nt --bound 0
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"In order  load: 0xC0000365 (STATUS_FAILED_DRIVER_ENTRY)"* ]]
    [[ "$output" == *"LEFT      when the driver was gone, this was not:"* ]]
}

@test "a loop is found, and named" {
    run "$AIRLOCK" explore "$DRIVERS/fault-loop-forever.sys" --load nt --unload nt --bound 0
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"LOOP      fault_loop_forever!DriverEntry"* ]]
}

@test "a budget that ends is no pass: status 5" {
    says 5 "this is not a pass" "$DRIVERS/fixed-f2-freed-in-use.sys" --load nt --unload fltmc --max-executions 2
}

@test "files that are no drivers: a sentence, status 2" {
    says 2 "no-such.sys: No such file or directory" "$BATS_TEST_TMPDIR/no-such.sys"
    says 2 "Is a directory" "$BATS_TEST_TMPDIR"
    : >"$BATS_TEST_TMPDIR/empty.sys"
    says 2 "empty.sys: " "$BATS_TEST_TMPDIR/empty.sys"
    echo "this is no driver" >"$BATS_TEST_TMPDIR/text.sys"
    says 2 "text.sys: " "$BATS_TEST_TMPDIR/text.sys"
    for size in 1 64 400 1000 4000 9000; do
        head -c $size "$DRIVERS/isolate.sys" >"$BATS_TEST_TMPDIR/cut.sys"
        says 2 "cut.sys: " "$BATS_TEST_TMPDIR/cut.sys"
    done
}

@test "an import that no Windows has is named, and nothing is run: status 3" {
    says 3 "ntoskrnl.exe!AirlockNoSuchFunction" "$DRIVERS/fault-unknown-import.sys"
    [[ "$output" == *"nothing was run"* ]]
    [[ "$output" != *"Explored"* ]]
}

@test "a report that cannot be written is an error" {
    says 4 "cannot write $BATS_TEST_TMPDIR/none/report.json: " "$DRIVERS/fixed-leak.sys" --load nt --unload nt --bound 0 \
        --json "$BATS_TEST_TMPDIR/none/report.json"
}
