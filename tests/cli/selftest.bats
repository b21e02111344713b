#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The drivers of drivers/selftest: they stop the system if the lab's kernel does not do what they expect of Windows.

@test "structured exception handling, as clang compiles it" {
  [ -e "$DRIVERS/selftest-seh.sys" ] || skip "needs clang"
  for os in xp win7 win8; do
    run "$AIRLOCK" explore "$DRIVERS/selftest-seh.sys" --os $os --load sc --unload sc --bound 0
    echo "$os: $output"
    [ "$status" -eq 0 ]
  done
}
