#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The drivers of drivers/faults: what each plants is found, and its repaired twin passes in the same scenario. 32-bit
# drivers run on Windows XP.

os=win7
[ "$ARCH" = x64 ] || os=xp

nt_nt="--load nt --unload nt"
nt_fltmc="--load nt --unload fltmc"
sc_sc="--load sc --unload sc"

# pair NAME CLASS OPTION...: fault-NAME has a failure of that class (regular expression), fixed-NAME has none.
pair()
{
  local name=$1 class=$2 report=$BATS_TEST_TMPDIR/report.json
  shift 2
  planted "fault-$name" "$class" "$@"
  run "$AIRLOCK" explore "$DRIVERS/fixed-$name.sys" --os $os "$@" --json "$report"
  echo "fixed-$name $*: status $status"
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$(jq -r .complete "$report")" = true ]
}

planted() # DRIVER CLASS OPTION...
{
  local driver=$1 class=$2 report=$BATS_TEST_TMPDIR/report.json
  shift 2
  run "$AIRLOCK" explore "$DRIVERS/$driver.sys" --os $os "$@" --json "$report"
  echo "$driver $*: status $status, want class $class"
  echo "$output"
  [ "$status" -eq 1 ]
  jq -r '.failures[].class' "$report" | grep -qxE "$class"
}

@test "F1: the unload callback meets uninitialised globals" { pair f1-uninitialised F1 $nt_fltmc; }
@test "F2: the unload callback frees what DriverEntry uses" { pair f2-freed-in-use F2 $nt_fltmc; }
@test "F2: the unload routine has no patience any more" { pair f2-impatient F2 $sc_sc; }
@test "F2: the unload routine waits until a time" {
    planted fault-f2-deadline F2 $sc_sc
    jq -r '.limits[]' "$BATS_TEST_TMPDIR/report.json" | grep -q "^the driver looks at the clock"
    planted fault-f2-impatient F2 $sc_sc
    ! jq -r '.limits[]' "$BATS_TEST_TMPDIR/report.json" | grep -q "clock"
}
@test "F2: the unload routine does not wait if the driver was loaded long ago" {
    run "$AIRLOCK" explore "$DRIVERS/fault-f2-elapsed.sys" --os $os $sc_sc --json "$BATS_TEST_TMPDIR/report.json"
    echo "$output"
    [ "$status" -eq 0 ]
    jq -r '.limits[]' "$BATS_TEST_TMPDIR/report.json" | grep -q "the clock, .* --model clock=jumps"
    planted fault-f2-elapsed F2 $sc_sc --model clock=jumps
}
@test "F3: a thread created after the clean-up" { pair f3-late-thread F3 $nt_nt; }
@test "F3: a timer armed after the clean-up" { pair f3-late-timer F3 $nt_fltmc; }
@test "F4: the image goes while a thread ends" { pair f4-thread-tail F4 $sc_sc; }
@test "F4: the image goes while DriverEntry ends" { pair f4-entry-tail F4 $nt_nt; }
@test "F5: the I/O manager's walk over a deleted device" { pair f5-device-walk F5 $nt_nt; }
@test "F7: a wait for an event that is never set" { pair f7-missing-signal F7 $sc_sc; }
@test "deadlock of two locks" { pair deadlock deadlock $nt_nt; }
@test "leak of a device and of pool" { pair leak leak $sc_sc; }
@test "double free" { pair double-free 'F2|bugcheck' $nt_nt; }
@test "overrun by one byte" { pair overrun bugcheck $nt_nt; }
@test "DriverEntry fails: leak of pool" { pair fail leak $nt_nt; }
@test "F1: an order at a word, the other order at a lock" { pair early-look F1 $nt_fltmc; }
@test "DriverEntry loops for ever" { planted fault-loop-forever livelock $nt_nt; }

noted() # DRIVER: explores it, which passes; what it notes of data races, one a line
{
  local report=$BATS_TEST_TMPDIR/report.json
  run "$AIRLOCK" explore "$DRIVERS/$1.sys" --os $os $nt_fltmc --json "$report"
  echo "$1: status $status"
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$(jq -r .complete "$report")" = true ]
  notes=$(jq -r '.data_races[] | .object + ": " +
    ([.accesses[] | .thread + " " + .access + "s in " + (.symbol | split("+")[0])] | sort | join(", "))' "$report")
  echo "notes: $notes"
}

@test "a data race that fails nothing is a note; what is interlocked, or under a lock, is none" {
  noted fault-data-race
  [ "$notes" = "fault_data_race!Phase: load writes in fault_data_race!DriverEntry, unload reads in fault_data_race!UnloadCallback" ]
  [[ "$output" == *"NOTES     data races, of which nothing fails"* ]]
  [[ "$output" == *"fault_data_race!Phase: "*"data-race.c @ "*" / "*"data-race.c @ "* ]]
  noted fixed-data-race
  [ -z "$notes" ]
  [[ "$output" != *NOTES* ]]
}

@test "an import that no Windows has is named, before anything is run" {
  run "$AIRLOCK" explore "$DRIVERS/fault-unknown-import.sys"
  echo "$output"
  [ "$status" -eq 3 ]
  [[ "$output" == *AirlockNoSuchFunction* ]]
}
