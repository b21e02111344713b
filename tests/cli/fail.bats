#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# explore --fail: calls of DriverEntry that fail on purpose.

by_sc="--load sc --unload sc"

@test "an error path that forgets a device: found only if the call before it fails" {
  run "$AIRLOCK" explore "$DRIVERS/fault-entry-unwind.sys" $by_sc -q
  echo "$output"
  [ "$status" -eq 0 ]
  run "$AIRLOCK" explore "$DRIVERS/fault-entry-unwind.sys" $by_sc --fail 3 --json "$BATS_TEST_TMPDIR/report.json"
  echo "$output"
  [ "$status" -eq 1 ]
  [[ "$output" == *"call 3 of the 3 in DriverEntry that can fail: IoCreateSymbolicLink returns STATUS_INSUFFICIENT_RESOURCES"* ]]
  [ "$(jq -r '.failures[0].class, .scenario.fail.name' "$BATS_TEST_TMPDIR/report.json" | paste -sd ' ')" = "leak IoCreateSymbolicLink" ]
}

@test "its repaired twin passes at each call" {
  run "$AIRLOCK" explore "$DRIVERS/fixed-entry-unwind.sys" $by_sc --fail each --json "$BATS_TEST_TMPDIR/report.json"
  echo "$output"
  [ "$status" -eq 0 ]
  jq -r '.schema, (.runs[] | "\(.scenario.fail.call) \(.scenario.fail.name) \(.scenario.fail.failure) \(.verdict)")' \
    "$BATS_TEST_TMPDIR/report.json" | diff - <(printf '%s\n' airlock.explore-each/1 \
    '1 ExAllocatePoolWithTag NULL closed' '2 IoCreateDevice STATUS_INSUFFICIENT_RESOURCES closed' \
    '3 IoCreateSymbolicLink STATUS_INSUFFICIENT_RESOURCES closed')
}

@test "each: one line for each call, and the worst of the exit statuses" {
  run "$AIRLOCK" explore "$DRIVERS/fault-entry-unwind.sys" $by_sc --fail each
  echo "$output"
  [ "$status" -eq 1 ]
  [[ "$output" == *"   2  IoCreateDevice "*" closed "*"   3  IoCreateSymbolicLink "*" open "* ]]
}

@test "a schedule names the call that fails, and replays" {
  "$AIRLOCK" explore "$DRIVERS/skeleton.sys" --fail 3 -q --json "$BATS_TEST_TMPDIR/report.json" || [ $? -eq 1 ]
  id=$(jq -r '.failures[0].schedule' "$BATS_TEST_TMPDIR/report.json")
  [[ "$id" == *:fail=3:* ]]
  run "$AIRLOCK" replay "$DRIVERS/skeleton.sys" "$id" -q
  echo "$output"
  [ "$status" -eq 1 ]
  run "$AIRLOCK" replay "$DRIVERS/skeleton.sys" "${id/:fail=3:/:fail=0:}" -q
  echo "$output"
  [ "$status" -eq 2 ]
}

@test "calls that the driver does not make, and other nonsense, are refused" {
  run "$AIRLOCK" explore "$DRIVERS/fixed-entry-unwind.sys" --fail 4
  echo "$output"
  [ "$status" -eq 2 ]
  [[ "$output" == *"makes 3 calls that can fail"* ]]
  run "$AIRLOCK" explore "$DRIVERS/fixed-entry-unwind.sys" --fail some
  [ "$status" -eq 2 ]
  run "$AIRLOCK" explore "$DRIVERS/fixed-entry-unwind.sys" --fail 0
  [ "$status" -eq 2 ]
}

@test "a routine found by name can fail, and MmGetSystemRoutineAddress itself" {
  run "$AIRLOCK" explore "$DRIVERS/selftest-byname.sys" --fail each --load nt --unload nt
  echo "$output"
  [ "$status" -eq 0 ]
  [[ "$output" == *"   1  MmGetSystemRoutineAddress "*"   2  ExAllocatePoolWithTag "* ]]
}

@test "x86: a call that fails takes its arguments off the stack as any other does" {
  [ "$ARCH" = x86 ] || skip "x64 callers take their arguments off"
  run "$AIRLOCK" explore "$DRIVERS/selftest-stack.sys" --load sc --unload sc --fail each
  echo "$output"
  [ "$status" -eq 0 ]
  [[ "$output" == *"   1  FltAllocateGenericWorkItem "*"   7  IoAllocateMdl "* ]]
}
