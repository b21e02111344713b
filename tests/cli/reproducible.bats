#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A driver built in another directory has the same bytes. DRIVERS holds what the build made, ARCH what it is for.

@test "a build gives the same bytes in another directory" {
    local elsewhere=$BATS_TEST_TMPDIR/some/where/else
    cmake -S "$SOURCE/drivers" -B "$elsewhere" -G Ninja -DAIRLOCK_OUTPUT="$elsewhere/out" \
        -DCMAKE_TOOLCHAIN_FILE="$SOURCE/cmake/mingw-${ARCH:-x64}.cmake" >/dev/null
    cmake --build "$elsewhere" --target isolate >/dev/null
    cmp "$DRIVERS/isolate.sys" "$elsewhere/out/isolate.sys"
}
