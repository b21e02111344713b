#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The library closes the race: the cheap part of what tools/proofs explores. Each test explores the usual minifilter with
# the library, DriverEntry succeeding and then failing at each of its calls.

closed() # OPTION...
{
  local fail
  for fail in "" "--fail each"; do
    # shellcheck disable=SC2086
    run "$AIRLOCK" explore "$DRIVERS/skeleton-library.sys" "$@" $fail -q
    echo "$* $fail: status $status"
    echo "$output"
    [ "$status" -eq 0 ]
  done
}

@test "without it the skeleton is open" {
  run "$AIRLOCK" explore "$DRIVERS/skeleton.sys" -q
  [ "$status" -eq 1 ]
}

@test "sc start against fltmc unload" { closed; }
@test "sc start against NtUnloadDriver" { closed --unload nt; }
@test "NtLoadDriver against fltmc unload, Windows XP" { closed --os xp --load nt; }
@test "every model switch turned" {
  closed --model load-lock=load-and-unload --model filter-link=last --model unload-lock=held \
    --model second-unregister=wait --model fltmc-unload=filter --model unload-test=atomic --model unload-reference=found --model clock=jumps
}
@test "Windows 8: the unload waits, fails, or is put off" {
  for way in wait fail defer; do
    closed --os win8 --model win8-serialise=$way
  done
}
