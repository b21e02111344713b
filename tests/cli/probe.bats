#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# airlock probe, on the drivers of this project and on files that are none. AIRLOCK is the program, DRIVERS their folder,
# ARCH what they are for, LOAD_DRIVERS the folder of those that belong to tests.

probe() { # STATUS TEXT ARGUMENT...: exits with STATUS, TEXT in its output
    local status_wanted=$1 text=$2
    shift 2
    run "$AIRLOCK" probe "$@"
    echo "$output"
    [ "$status" -eq "$status_wanted" ]
    [[ "$output" == *"$text"* ]]
}

@test "the article's driver is a minifilter that loads on every Windows of the lab" {
    probe 0 "$ARCH, minifilter" "$DRIVERS/isolate.sys"
    probe 0 "VERDICT   can be explored under xp, win7, win8" "$DRIVERS/isolate.sys"
    probe 0 "$(sha256sum <"$DRIVERS/isolate.sys" | cut -d' ' -f1)" "$DRIVERS/isolate.sys"
    probe 0 "approximated  FltStartFiltering" "$DRIVERS/isolate.sys"
    probe 0 "modelled      KeSetEvent" -v "$DRIVERS/isolate.sys"
}

@test "quiet: the verdict alone" {
    probe 0 "isolate.sys: can be explored under" -q "$DRIVERS/isolate.sys"
    [ "${#lines[@]}" -eq 1 ]
}

@test "an import that the lab has not: named, status 3" {
    probe 3 "missing       " "$DRIVERS/fault-unknown-import.sys"
    probe 3 "cannot be run: 1 import missing" "$DRIVERS/fault-unknown-import.sys"
}

@test "an import that no Windows has: no Windows loads the driver" {
    probe 3 "missing       AirlockNoSuchFunction: no Windows that is known here has it" "$DRIVERS/fault-unknown-import.sys"
    for os in xp win7 win8; do
        [[ "$output" == *" $os"*" does not load: lacks 1 import; no Windows that is known here has it"* ]]
    done
    [[ "$output" == *"ntoskrnl.exe!AirlockNoSuchFunction (no Windows that is known here has it)"* ]]
    probe 3 '"profiles"' --json - "$DRIVERS/fault-unknown-import.sys"
    jq -e '[.profiles[] | .loads == false and (.first == null) and .lacks == [{"module": "ntoskrnl.exe",
        "name": "AirlockNoSuchFunction"}]] | all' <<<"$output"
}

@test "each Windows: whether the driver can load there, every import that it lacks, and the first Windows that has it" {
    probe 0 "VERDICT   can be explored under win8" "$LOAD_DRIVERS/newer.sys"
    [[ "$output" == *"xp    does not load: lacks 1 import; win8 is the first that has it"* ]]
    [[ "$output" == *"win7  does not load: lacks 1 import; win8 is the first that has it"* ]]
    [[ "$output" == *"ntoskrnl.exe!KeQuerySystemTimePrecise (since win8)"* ]]
    probe 0 '"profiles"' --json - "$LOAD_DRIVERS/newer.sys"
    [ "$(jq -c '[.profiles[].loads]' <<<"$output")" = "[false,false,true]" ]
    [ "$(jq -c '.profiles[1].lacks' <<<"$output")" = \
        '[{"module":"ntoskrnl.exe","name":"KeQuerySystemTimePrecise","since":"win8"}]' ]
}

# Windows XP for x64 is version 5.2.
@test "what came with Windows Server 2003 is lacking on xp for x86 alone" {
    probe 0 "ntoskrnl.exe" "$LOAD_DRIVERS/guarded.sys"
    if [ "$ARCH" = x86 ]; then
        [[ "$output" == *"xp    does not load: lacks 2 imports; 2003 is the first that has them all"* ]]
        [[ "$output" == *"ntoskrnl.exe!KeEnterGuardedRegion (since 2003)"* ]]
        [[ "$output" == *"ntoskrnl.exe!KeLeaveGuardedRegion (since 2003)"* ]]
        [[ "$output" == *"can be explored under win7, win8"* ]]
    else
        [[ "$output" == *"can be explored under xp, win7, win8"* ]]
    fi
}

@test "explore on a Windows that lacks an import: named, nothing is run, status 3" {
    run "$AIRLOCK" explore "$LOAD_DRIVERS/newer.sys" --os win7
    echo "$output"
    [ "$status" -eq 3 ]
    [[ "$output" == *"fails with STATUS_DRIVER_ENTRYPOINT_NOT_FOUND before DriverEntry; nothing was run"* ]]
    [[ "$output" == *"ntoskrnl.exe!KeQuerySystemTimePrecise: first in win8"* ]]
}

@test "an image that does not fit into the lab: the file and the limit, status 3" {
    probe 3 "cannot be run: its image has 33579008 bytes, 33554432 at most fit into the lab" "$LOAD_DRIVERS/huge.sys"
    probe 0 "can be explored under xp, win7, win8" "$LOAD_DRIVERS/large.sys"
    run "$AIRLOCK" explore "$LOAD_DRIVERS/huge.sys" --load nt --unload nt
    echo "$output"
    [ "$status" -eq 3 ]
    [[ "$output" == *"huge.sys is too large: its image has 33579008 bytes, 33554432 at most fit into the lab"* ]]
    run "$AIRLOCK" explore "$LOAD_DRIVERS/large.sys" --load nt --unload nt --bound 0 -q
    echo "$output"
    [[ "$output" == "large.sys (win7, load=nt, unload=nt): "*"every schedule with at most 0 preemptions was covered" ]]
}

@test "JSON on standard output, and in a file" {
    probe 0 '"schema": "airlock.probe/1"' --json - "$DRIVERS/isolate.sys"
    [ "${lines[0]}" = "{" ]
    [ "${lines[-1]}" = "}" ]
    probe 0 "VERDICT" --json "$BATS_TEST_TMPDIR/probe.json" "$DRIVERS/isolate.sys"
    grep -q '"kind": "minifilter"' "$BATS_TEST_TMPDIR/probe.json"
    probe 4 "cannot write" --json "$BATS_TEST_TMPDIR/none/probe.json" "$DRIVERS/isolate.sys"
}

@test "files that are no drivers: one sentence, status 2" {
    head -c 1000 "$DRIVERS/isolate.sys" >"$BATS_TEST_TMPDIR/cut.sys"
    echo "hello" >"$BATS_TEST_TMPDIR/text.sys"
    : >"$BATS_TEST_TMPDIR/empty.sys"
    probe 2 "truncated" "$BATS_TEST_TMPDIR/cut.sys"
    probe 2 "not a Windows executable" "$BATS_TEST_TMPDIR/text.sys"
    probe 2 "not a Windows executable" "$BATS_TEST_TMPDIR/empty.sys"
    probe 2 "No such file" "$BATS_TEST_TMPDIR/absent.sys"
    probe 2 "Is a directory" "$BATS_TEST_TMPDIR"
}
