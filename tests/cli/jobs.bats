#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# One exploration in several processes, and one that is killed and taken up again: the same report, byte for byte.

bats_require_minimum_version 1.5.0

setup_file() {
    export driver="$DRIVERS/isolate-threads.sys"
    export whole="$BATS_FILE_TMPDIR/whole"
    report "$whole" -j 1
}

report() { # FILE OPTION...: the report, into the file
    local file="$1"
    shift
    "$AIRLOCK" explore "$driver" "$@" >"$file" 2>/dev/null || [ $? -eq 1 ]
}

@test "two and five processes: the same report" {
    for jobs in 2 5; do
        report "$BATS_TEST_TMPDIR/$jobs" -j "$jobs"
        cmp "$whole" "$BATS_TEST_TMPDIR/$jobs"
    done
}

@test "killed ten times: the same report" {
    local file="$BATS_TEST_TMPDIR/checkpoint" size=0 kills=0
    : >"$file"
    while [ "$kills" -lt 10 ]; do
        "$AIRLOCK" explore "$driver" -q -j 2 --checkpoint "$file" >/dev/null 2>&1 3>&- &
        # whenever it has written something more, it is killed: at once, or in the middle of what it writes
        while kill -0 $! 2>/dev/null && [ "$(stat -c %s "$file")" -le "$size" ]; do :; done
        kill -KILL $! 2>/dev/null || break
        wait $! || true
        size=$(stat -c %s "$file")
        kills=$((kills + 1))
    done
    [ "$kills" -gt 3 ]
    report "$BATS_TEST_TMPDIR/resumed" -j 2 --checkpoint "$file"
    cmp "$whole" "$BATS_TEST_TMPDIR/resumed"
    # cut anywhere, and once more from what is complete
    truncate -s -5 "$file"
    report "$BATS_TEST_TMPDIR/cut" -j 1 --checkpoint "$file"
    cmp "$whole" "$BATS_TEST_TMPDIR/cut"
}

@test "a file that is no checkpoint, or another's, is left alone" {
    printf 'letters\n' >"$BATS_TEST_TMPDIR/letters"
    run "$AIRLOCK" explore "$driver" --checkpoint "$BATS_TEST_TMPDIR/letters"
    echo "$output"
    [ "$status" -eq 2 ]
    [[ "$output" == *"letters: not a checkpoint"* ]]
    [ "$(cat "$BATS_TEST_TMPDIR/letters")" = letters ]
    "$AIRLOCK" explore "$DRIVERS/isolate.sys" -q --checkpoint "$BATS_TEST_TMPDIR/other" || [ $? -eq 1 ]
    run "$AIRLOCK" explore "$driver" --checkpoint "$BATS_TEST_TMPDIR/other"
    echo "$output"
    [ "$status" -eq 2 ]
    [[ "$output" == *"other: the checkpoint of another exploration"* ]]
    run "$AIRLOCK" explore "$driver" --checkpoint "$BATS_TEST_TMPDIR/no/such/folder"
    [ "$status" -eq 2 ]
}

@test "data races: the same notes from any number of processes, and from what a file has kept" {
    driver="$DRIVERS/fault-data-race.sys"
    report "$BATS_TEST_TMPDIR/one" --load nt -j 1
    grep -q '^NOTES ' "$BATS_TEST_TMPDIR/one"
    report "$BATS_TEST_TMPDIR/three" --load nt -j 3
    cmp "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/three"
    for pass in first second; do
        report "$BATS_TEST_TMPDIR/$pass" --load nt -j 2 --checkpoint "$BATS_TEST_TMPDIR/file"
        cmp "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/$pass"
    done
}
