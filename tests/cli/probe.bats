#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# airlock probe, on the drivers of this project and on files that are none. AIRLOCK is the program, DRIVERS their folder,
# ARCH what they are for.

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
