#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# airlock triage: logs of many shapes and what it says of each, tests/golden/triage/NAME.log and NAME.txt; the reports of
# this program itself; the lab's answer. AIRLOCK_UPDATE_GOLDEN=1 bats tests/cli/triage.bats writes the golden files anew.

logs=$SOURCE/tests/golden/triage

# What is said of a log, with the exit status that its name promises.
wanted_status() {
    case $1 in
    race-* | article* | gone-* | hang-* | failed-load-*) echo 1 ;;
    no-race-* | insufficient-*) echo 0 ;;
    *) echo 2 ;;
    esac
}

# planted NAME RULE CONFIDENCE STATUS OPTION...: the report on a planted failure comes back as that.
planted() {
    local name=$1 rule=$2 confidence=$3 wanted=$4 report=$BATS_TEST_TMPDIR/report
    shift 4
    "$AIRLOCK" explore "$DRIVERS/fault-$name.sys" "$@" >"$report" 2>/dev/null || [ $? -eq 1 ]
    run "$AIRLOCK" triage "$report" --json "$report.json"
    echo "fault-$name: status $status"
    echo "$output"
    [ "$status" -eq "$wanted" ]
    jq -r '.findings[0] | "\(.rule) \(.confidence) \(.driver)"' "$report.json" | tee /dev/stderr |
        grep -qx "$rule $confidence fault[_-]${name//-/[_-]}"
}

@test "every log: text as in the golden file, status as its name says" {
    cd "$logs"
    faults=0
    for log in *.log; do
        "$AIRLOCK" triage "$log" >"$BATS_TEST_TMPDIR/text" 2>&1 && got=0 || got=$?
        if [ -n "$AIRLOCK_UPDATE_GOLDEN" ]; then
            cp "$BATS_TEST_TMPDIR/text" "${log%.log}.txt"
        fi
        diff -u "${log%.log}.txt" "$BATS_TEST_TMPDIR/text" || faults=$((faults + 1))
        [ "$got" -eq "$(wanted_status "$log")" ] || { echo "$log: status $got"; faults=$((faults + 1)); }
    done
    [ $faults -eq 0 ]
}

@test "at least 30 logs besides the article" {
    [ "$(find "$logs" -name '*.log' ! -name 'article*' | wc -l)" -ge 30 ]
}

@test "the article: race, driver, DriverEntry creates a work queue, StopWorkerQueues faults" {
    run "$AIRLOCK" triage "$logs/article.log"
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"load/unload race of Driver: DriverEntry is creating a work queue "*", StopWorkerQueues faults "* ]]
}

@test "the article's driver at hand: reproduced, and the replay line replays it" {
    run "$AIRLOCK" triage "$logs/article.log" --driver "$DRIVERS/isolate.sys" --json "$BATS_TEST_TMPDIR/triage.json"
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"LAB       reproduced: both stacks of the log"* ]]
    [[ "$output" == *"calling nt!PsCreateSystemThread"* ]]
    jq -e '.lab.answer == "reproduced" and .lab.failures > 0' "$BATS_TEST_TMPDIR/triage.json"
    line=$(jq -r .lab.replay "$BATS_TEST_TMPDIR/triage.json")
    run bash -c "$AIRLOCK ${line#airlock }"
    [ "$status" -eq 1 ]
    [[ "$output" == *"isolate!StopWorkerQueues"* ]]
}

@test "a repaired driver: not reproduced; the log's verdict stands" {
    run "$AIRLOCK" triage "$logs/race-legacy-driver.log" --driver "$DRIVERS/fixed-deadlock.sys" -q
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"the lab: not reproduced: no failure in "* ]]
}

@test "time that ends proves nothing, and that is said" {
    run "$AIRLOCK" triage "$logs/article.log" --driver "$DRIVERS/isolate-library.sys" --max-time 0.001s
    echo "$output"
    [ "$status" -eq 1 ]
    [[ "$output" == *"this proves nothing"* ]]
}

@test "our own reports: F1" { planted f1-uninitialised load-unload-race high 1 --load nt --unload fltmc; }
@test "our own reports: F2" { planted f2-freed-in-use load-unload-race high 1 --load nt --unload fltmc; }
@test "our own reports: F3, a thread" { planted f3-late-thread unload-while-running high 1 --load nt --unload nt; }
@test "our own reports: F3, a timer" { planted f3-late-timer unload-while-running high 1 --load nt --unload fltmc; }
@test "our own reports: F4, a thread's tail" { planted f4-thread-tail unload-while-running high 1 --load sc --unload sc; }
@test "our own reports: F4, DriverEntry's tail" { planted f4-entry-tail load-unload-race high 1 --load nt --unload nt; }
@test "our own reports: F5" { planted f5-device-walk load-unload-race high 1 --load nt --unload nt; }
@test "our own reports: F7" { planted f7-missing-signal hang medium 1 --load sc --unload sc; }
@test "our own reports: deadlock" { planted deadlock load-unload-race medium 1 --load nt --unload nt; }
@test "our own reports: loop" { planted loop-forever hang high 1 --load nt --unload nt; }
@test "our own reports: leak" { planted leak left-behind high 0 --load sc --unload sc; }
@test "our own reports: a failed load leaks" { planted fail left-behind high 0 --load nt --unload nt; }
@test "our own reports: a DriverEntry that undoes too little" {
    planted entry-unwind left-behind high 0 --load sc --unload sc --fail each
}
@test "our own reports: double free" { planted double-free insufficient low 0 --load nt --unload nt; }

@test "our own reports: an overrun is no race" {
    "$AIRLOCK" explore "$DRIVERS/fault-overrun.sys" --load nt --unload nt >"$BATS_TEST_TMPDIR/report" 2>/dev/null || [ $? -eq 1 ]
    run "$AIRLOCK" triage -q "$BATS_TEST_TMPDIR/report"
    [ "$status" -eq 0 ]
    [[ "$output" == *"no load/unload race in this log" ]]
}

@test "JSON: the keys that the schema promises" {
    run "$AIRLOCK" triage "$logs/article.log" --json -
    [ "$status" -eq 1 ]
    echo "$output" | jq -e '.schema == "airlock.triage/1" and .files == ["'"$logs"'/article.log"]
        and .lines > 0 and .threads == 2 and .recognised and .lab == null and (.bugchecks | length == 0)
        and (.findings | length == 1)
        and (.findings[0] | .rule == "load-unload-race" and .confidence == "high" and .driver == "Driver"
            and (.title, .mechanism, .affected | type == "string") and (.remedies | length > 0) and (.next | length > 0)
            and .scenario == {"os": "win7", "load": "sc", "unload": "fltmc"}
            and (.evidence | length > 3 and all(has("file") and has("line") and has("text") and has("why")))
            and (.threads | length == 2 and .[0].role == "load" and .[1].role == "unload" and .[1].crashed
                and (.[0].frames | all(has("module") and has("function") and has("line")))))'
}

@test "evidence quotes lines that are there" {
    run "$AIRLOCK" triage "$logs/race-kP.log" --json "$BATS_TEST_TMPDIR/json"
    jq -r '.findings[0].evidence[] | "\(.line) \(.text | sub("[+ ].*"; ""))"' "$BATS_TEST_TMPDIR/json" >"$BATS_TEST_TMPDIR/quotes"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/quotes")" -gt 3 ]
    while read -r line text; do
        sed -n "${line}p" "$logs/race-kP.log" | grep -qF "${text#*!}" || { echo "$line: no $text"; false; }
    done <"$BATS_TEST_TMPDIR/quotes"
}

@test "several files; standard input; the same bytes twice" {
    run "$AIRLOCK" triage "$logs/no-race-power.log" "$logs/article.log"
    [ "$status" -eq 1 ]
    [[ "$output" == *"$logs/article.log:28: "* ]]
    run bash -c "'$AIRLOCK' triage - <'$logs/article.log' | tee '$BATS_TEST_TMPDIR/1'"
    [[ "$output" == *"load/unload race: Driver"* ]]
    "$AIRLOCK" triage - <"$logs/article.log" >"$BATS_TEST_TMPDIR/2" || [ $? -eq 1 ]
    cmp "$BATS_TEST_TMPDIR/1" "$BATS_TEST_TMPDIR/2"
}

@test "what cannot be read: a sentence, status 2" {
    for argument in "$BATS_TEST_TMPDIR/none.log" "$BATS_TEST_TMPDIR" "$DRIVERS/isolate.sys"; do
        run "$AIRLOCK" triage "$argument"
        echo "$argument: $status: $output"
        [ "$status" -eq 2 ]
        [[ "$output" == "airlock: $argument: "* ]]
    done
    run "$AIRLOCK" triage
    [ "$status" -eq 2 ]
    [[ "$output" == *"needs a log file, or - for standard input"* ]]
    run "$AIRLOCK" triage "$logs/article.log" --driver "$BATS_TEST_TMPDIR/none.sys"
    [ "$status" -eq 2 ]
    [[ "$output" == *"none.sys: No such file"* ]]
}
