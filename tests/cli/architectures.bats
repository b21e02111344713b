#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The same source built for x64 and for x86 gets the same verdict, with the same classes of failure.

outcome() { # ARCH NAME: "closed", or "open F1 F4"
    "$AIRLOCK" explore "$(dirname "$DRIVERS")/$1/$2.sys" --os xp -q --json "$BATS_TEST_TMPDIR/$1.json" >/dev/null 2>&1 ||
        [ $? -eq 1 ]
    jq -r '[.verdict] + ([.failures[].class] | unique) | join(" ")' "$BATS_TEST_TMPDIR/$1.json"
}

same() { # NAME OUTCOME
    x64=$(outcome x64 "$1")
    x86=$(outcome x86 "$1")
    echo "$1: x64: $x64; x86: $x86; want: $2"
    [ "$x64" = "$2" ]
    [ "$x86" = "$2" ]
}

@test "the article's driver" { same isolate "open F1 F4 F5"; }
@test "a reference taken in the unload callback" { same isolate-reference "open F1"; }
@test "a flag in a device" { same isolate-device-flag "narrowed F5"; }
@test "the library" { same isolate-library closed; }
@test "the skeleton with the library" { same skeleton-library closed; }

each() { # ARCH NAME: a line for each call that can fail
    "$AIRLOCK" explore "$(dirname "$DRIVERS")/$1/$2.sys" --fail each -q --json "$BATS_TEST_TMPDIR/$1.json" >/dev/null 2>&1 ||
        [ $? -eq 1 ]
    jq -r '.runs[] | [.scenario.fail.name, .verdict] + ([.failures[].class] | unique) | join(" ")' "$BATS_TEST_TMPDIR/$1.json"
}

@test "each call of DriverEntry that can fail" {
    diff <(each x64 skeleton) <(each x86 skeleton)
    diff <(each x86 skeleton) - <<'END'
FltRegisterFilter closed
FltBuildDefaultSecurityDescriptor open F1 F2 F5
FltCreateCommunicationPort open F1 F2 F5
FltStartFiltering open F1 F2 F4 F5
END
}

matrix() { # ARCH OS: lines "isolate.sys sc nt narrowed"
    local drivers
    drivers=$(dirname "$DRIVERS")/$1
    "$SOURCE/tools/matrix" "$AIRLOCK" "$drivers" -q --os "$2" --json "$BATS_TEST_TMPDIR/matrix-$1.json" >/dev/null ||
        [ $? -eq 1 ]
    jq -r '.rows[] | "\(.driver) \(.load) \(.unload) \(.verdict)"' "$BATS_TEST_TMPDIR/matrix-$1.json" | sort
}

@test "the matrix of remedies" {
    local x64 x86
    x64=$(matrix x64 xp)
    x86=$(matrix x86 xp)
    [ "$(wc -l <<<"$x86")" -eq 18 ]
    diff <(echo "$x64") <(echo "$x86")
}

@test "the skeleton with the library, on Windows XP for x86, by every way to load and to unload" {
    for load in sc nt; do
        for unload in fltmc sc nt; do
            run "$AIRLOCK" explore "$(dirname "$DRIVERS")/x86/skeleton-library.sys" --os xp --load $load --unload $unload -q
            echo "$output"
            [ "$status" -eq 0 ]
        done
    done
}
