#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The library as an author's compiler sees it: no warning, small, nothing on the I/O path, nothing that Windows XP lacks.

load build

@test "under 4 KB of code, for x64 and x86, by GCC and clang" {
  mingw x86_64-w64-mingw32 library/airlock.c "$BATS_TEST_TMPDIR/x64.o" -Wconversion
  mingw i686-w64-mingw32 library/airlock.c "$BATS_TEST_TMPDIR/x86.o" -Wconversion
  if command -v clang >/dev/null; then
    clang_msvc library/airlock.c "$BATS_TEST_TMPDIR/clang.o" -Wconversion
  fi
  for object in "$BATS_TEST_TMPDIR"/*.o; do
    echo "$object: $(code_bytes "$object") bytes of code"
    [ "$(code_bytes "$object")" -gt 500 ]
    [ "$(code_bytes "$object")" -lt 4096 ]
  done
}

@test "the I/O path of a driver has the same instructions with and without the library" {
  for triplet in x86_64-w64-mingw32 i686-w64-mingw32; do
    mingw $triplet drivers/skeleton/skeleton.c "$BATS_TEST_TMPDIR/before.o"
    mingw $triplet drivers/skeleton/skeleton-library.c "$BATS_TEST_TMPDIR/after.o"
    prefix= postfix=
    for function in PreCreate PostCreate PortMessage; do
      name=$(llvm-nm "$BATS_TEST_TMPDIR/before.o" | awk '{ print $NF }' | grep -E "^_?$function(@[0-9]+)?\$")
      instructions "$BATS_TEST_TMPDIR/before.o" "$name" > "$BATS_TEST_TMPDIR/before"
      instructions "$BATS_TEST_TMPDIR/after.o" "$name" > "$BATS_TEST_TMPDIR/after"
      echo "$triplet $function: $(wc -l < "$BATS_TEST_TMPDIR/before") lines"
      [ -s "$BATS_TEST_TMPDIR/before" ]
      diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
    done
  done
}

@test "library, isolate and gate load on Windows XP SP3" {
  for driver in "$DRIVERS"/{isolate,isolate-library,skeleton-library,gate}.sys; do
    loads_on_xp "$driver"
  done
}

@test "clang in Microsoft's mode, linked by lld-link: no warning, loads on XP, closed" {
  need_clang
  cd "$BATS_TEST_TMPDIR"
  clang_msvc library/airlock.c airlock.obj
  clang_msvc drivers/skeleton/skeleton-library.c skeleton.obj
  link_msvc skeleton-library.sys skeleton.obj airlock.obj
  loads_on_xp skeleton-library.sys
  run "$AIRLOCK" explore skeleton-library.sys -q
  echo "$output"
  [ "$status" -eq 0 ]
}

@test "clang in Microsoft's mode: isolate and gate" {
  need_clang
  cd "$BATS_TEST_TMPDIR"
  for source in driver workerqueue; do
    clang_msvc drivers/isolate/$source.c $source.obj -DREMEDY='"remedies/library.h"'
  done
  clang_msvc library/airlock.c airlock.obj
  link_msvc isolate-library.sys driver.obj workerqueue.obj airlock.obj
  loads_on_xp isolate-library.sys
  for source in driver config register export; do
    clang_msvc drivers/gate/$source.c $source.obj
  done
  link_msvc gate.sys driver.obj config.obj register.obj export.obj
  loads_on_xp gate.sys
}
